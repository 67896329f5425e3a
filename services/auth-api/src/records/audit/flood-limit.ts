/**
 * Limits events that anybody can cause without limit, so that a flood cannot fill the database. It writes the first events
 * of an address one by one, and the number of the others once a minute.
 */
import { definedOnly } from '@gatehouse/contracts/values';
import { addressGroup } from '@gatehouse/service-kit/limits';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { AuditEvent, AuditWriter } from './event.ts';

type FloodLimit = ReturnType<typeof createFloodLimit>;

/** Makes the limits of a service, each with numbers of its own. */
export function createFloodLimits(options: Pick<FloodLimitOptions, 'audit' | 'log'>) {
  const made: FloodLimit[] = [];
  return {
    limited(limits: FloodLimits): FloodLimit {
      const limit = createFloodLimit({ ...options, ...limits });
      made.push(limit);
      return limit;
    },
    close: () => Promise.all(made.map((limit) => limit.close())),
  };
}

/** Most events that are written one by one in a window: for one address, and in total. */
export interface FloodLimits {
  maxPerAddress: number;
  maxTotal: number;
}

interface FloodLimitOptions extends FloodLimits {
  audit: Pick<AuditWriter, 'write'>;
  log: Logger;
  windowMs?: number;
}

interface Counted {
  written: number;
  more: number;
  last: AuditEvent;
}

/** Stands for all further addresses. */
const others = 'others';

export function createFloodLimit(options: FloodLimitOptions) {
  const { audit, log, maxPerAddress, maxTotal, windowMs = 60_000 } = options;
  let addresses = new Map<string, Counted>();
  let written = 0;
  let timer: NodeJS.Timeout | undefined;

  async function writeNumbers(): Promise<void> {
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
    const address = addresses.has(given) || addresses.size < maxTotal ? given : others;
    const counted = addresses.get(address) ?? { written: 0, more: 0, last: event };
    addresses.set(address, counted);
    counted.last = event;
    return [address, counted];
  }

  return {
    async write(event: AuditEvent): Promise<void> {
      timer ??= setTimeout(() => {
        writeNumbers().catch((error) =>
          log.error({ err: error }, 'the number of refused sign-ins is missing in the audit trail'),
        );
      }, windowMs).unref();
      const [address, counted] = countedOf(event);
      if (address === others || counted.written >= maxPerAddress || written >= maxTotal) {
        counted.more += 1;
        return;
      }
      counted.written += 1;
      written += 1;
      await audit.write(event);
    },
    /** Writes the numbers that are left. */
    close: writeNumbers,
  };
}

const fieldsOfNumber = ['reason', 'method', 'operation'];

/** Makes one event for many: without user and contact centre, which differ among them. */
function numberOf(repeated: number, last: AuditEvent, address: string): AuditEvent {
  const { name, outcome, correlationId, clientAddress, fields } = last;
  const kept = Object.entries(fields ?? {}).filter(([field]) => fieldsOfNumber.includes(field));
  const fieldsOfAll = { ...Object.fromEntries(kept), repeated };
  return {
    name,
    outcome,
    correlationId,
    fields: fieldsOfAll,
    ...definedOnly({ clientAddress: address === others ? undefined : clientAddress }),
  };
}
