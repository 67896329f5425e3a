/**
 * For events of which a stranger may cause as many as he likes, since refusing him costs next to nothing: the first ones of an
 * address are written one by one, what comes beyond is written as a number once a minute. So a flood cannot fill the database.
 */
import { addressGroup } from '@gatehouse/service-kit/limits/address-group';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { AuditEvent, AuditWriter } from './event.ts';

export interface FloodLimit extends Pick<AuditWriter, 'write'> {
  /** Writes the numbers that are left. */
  close(): Promise<void>;
}

/** Events written one by one in a window: of one address, and of all of them. */
export interface FloodLimits {
  mostOfAddress: number;
  mostOfAll: number;
}

export interface FloodLimitOptions extends FloodLimits {
  audit: Pick<AuditWriter, 'write'>;
  log: Logger;
  windowMs?: number;
}

interface Counted {
  written: number;
  more: number;
  last: AuditEvent;
}

/** Stands for the addresses beyond those that are told apart. */
const others = 'others';

export function createFloodLimit(options: FloodLimitOptions): FloodLimit {
  const { audit, log, mostOfAddress, mostOfAll, windowMs = 60_000 } = options;
  let addresses = new Map<string, Counted>();
  let written = 0;
  let timer: NodeJS.Timeout | undefined;

  async function tellNumbers(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const counted = [...addresses];
    addresses = new Map();
    written = 0;
    const flooded = counted.filter(([, { more }]) => more > 0);
    await Promise.all(flooded.map(([address, { more, last }]) => audit.write(numberOf(more, last, address))));
  }

  function countedOf(event: AuditEvent): [string, Counted] {
    const given = addressGroup(event.clientAddress ?? '');
    const address = addresses.has(given) || addresses.size < mostOfAll ? given : others;
    const counted = addresses.get(address) ?? { written: 0, more: 0, last: event };
    addresses.set(address, counted);
    counted.last = event;
    return [address, counted];
  }

  return {
    async write(event) {
      timer ??= setTimeout(() => {
        tellNumbers().catch((error) =>
          log.error({ err: error }, 'the number of refused sign-ins is missing in the audit trail'),
        );
      }, windowMs).unref();
      const [address, counted] = countedOf(event);
      if (address === others || counted.written >= mostOfAddress || written >= mostOfAll) {
        counted.more += 1;
        return;
      }
      counted.written += 1;
      written += 1;
      await audit.write(event);
    },
    close: tellNumbers,
  };
}

const fieldsOfNumber = ['reason', 'method', 'operation'];

/** Of many events: without the user and the contact centre, which were not the same. */
function numberOf(repeated: number, last: AuditEvent, address: string): AuditEvent {
  const { name, outcome, correlationId, clientAddress, fields } = last;
  const kept = Object.entries(fields ?? {}).filter(([field]) => fieldsOfNumber.includes(field));
  return {
    ...{ name, outcome, correlationId, fields: { ...Object.fromEntries(kept), repeated } },
    ...(address === others ? {} : { clientAddress }),
  };
}
