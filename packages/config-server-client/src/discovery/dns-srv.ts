/** Finds the servers of one environment by DNS SRV records (RFC 2782), which it queries at an interval. */
import { Resolver } from 'node:dns/promises';
import { type Clock, systemClock } from '../surroundings/clock.ts';
import { type Logger, silentLogger } from '../surroundings/log.ts';
import type { Endpoint, EndpointSource } from './endpoint-source.ts';
import type { DiscoveryMetrics } from './known-endpoints.ts';
import { RegistryWatch } from './registry-watch.ts';
import { orderSrvRecords, type SrvRecord } from './srv-order.ts';

export interface DnsSrvEndpointsOptions {
  /** Full name of the record, such as `_ocs._tcp.config.example`. */
  name: string;
  /** Milliseconds from one look-up to the next. Default 30 000, at least 1 000. */
  refreshIntervalMs?: number;
  /** `address` or `address:port` of the name servers. Default: those of the machine. */
  nameServers?: readonly string[] | undefined;
  /** Used until the name is found for the first time. */
  initial?: readonly Endpoint[] | undefined;
  clock?: Clock;
  /** Uniform in [0, 1), for the choice by weight and for jitter. */
  random?: () => number;
  log?: Logger;
  metrics?: DiscoveryMetrics;
}

const answerLimitMs = 3_000;
const tries = 2;

/** Watches the targets of an SRV record. A failed or empty look-up keeps the last ones. Errors: TypeError for bad options. */
export function dnsSrvEndpoints(options: DnsSrvEndpointsOptions): EndpointSource {
  const { name, initial, metrics, refreshIntervalMs = 30_000, random = Math.random } = options;
  if (name === '') throw new TypeError('the name of the SRV record is missing');
  if (!(refreshIntervalMs >= 1_000)) {
    throw new TypeError('SRV records must not be asked for more than once a second');
  }
  const resolver = createResolver(options);
  const inOrder = createStableOrder(random);
  return new RegistryWatch({
    registry: `SRV record ${name}`,
    initial,
    log: options.log ?? silentLogger,
    metrics,
    clock: options.clock ?? systemClock,
    pace: {
      intervalMs: refreshIntervalMs,
      firstPauseMs: 1_000,
      maxPauseMs: refreshIntervalMs,
      random,
    },
    ask: async (signal) => {
      const records = await lookUp(resolver, name, signal);
      return { endpoints: inOrder(records), emptyBecause: `${name} names no server` };
    },
    describe: (failure) => {
      const reason = (failure as { code?: string }).code ?? 'unknown';
      return { reason, message: `the look-up of ${name} failed: ${reason}` };
    },
  });
}

function createResolver({ nameServers }: DnsSrvEndpointsOptions): Resolver {
  const resolver = new Resolver({ timeout: answerLimitMs, tries });
  if (nameServers !== undefined && nameServers.length > 0) resolver.setServers([...nameServers]);
  return resolver;
}

async function lookUp(resolver: Resolver, name: string, signal: AbortSignal): Promise<SrvRecord[]> {
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await resolver.resolveSrv(name);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Chooses by weight once for a set of records, so that the order does not change at every look-up. */
function createStableOrder(random: () => number): (records: readonly SrvRecord[]) => readonly Endpoint[] {
  let fingerprint = '';
  let ordered: readonly Endpoint[] = [];
  return (records) => {
    const usable = records.filter(({ name, port }) => name !== '' && name !== '.' && port > 0);
    if (usable.length === 0) return [];
    const next = usable
      .map(({ name, port, priority, weight }) => `${name}:${port} ${priority} ${weight}`)
      .sort()
      .join();
    if (next !== fingerprint) {
      fingerprint = next;
      ordered = orderSrvRecords(usable, random).map(({ name, port }) => {
        const host = name.replace(/\.$/, '');
        return { id: `${host}:${port}`, host, port };
      });
    }
    return ordered;
  };
}
