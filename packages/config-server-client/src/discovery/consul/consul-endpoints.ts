/** Finds the servers of one environment in Consul's health endpoint, and learns of changes by blocking queries. */
import { type Clock, systemClock } from '../../clock.ts';
import { type Logger, silentLogger } from '../../log.ts';
import type { Endpoint, EndpointSource } from '../endpoint-source.ts';
import type { DiscoveryMetrics } from '../known-endpoints.ts';
import { type RegistryAnswer, RegistryWatch } from '../registry-watch.ts';
import { nextIndex, type QueryIndex } from './blocking-index.ts';
import type { ConsulAccess } from './consul-access.ts';
import { ConsulAgent, type ConsulAnswer } from './consul-agent.ts';
import { ConsulFailure, toConsulFailure } from './consul-failure.ts';
import { parseHealthEntries } from './health-entries.ts';

export interface ConsulEndpointsOptions extends ConsulAccess {
  /** Name of the service in Consul. */
  service: string;
  /** Only instances with this tag. */
  tag?: string | undefined;
  /** Used until Consul answers for the first time. */
  initial?: readonly Endpoint[] | undefined;
  /** How long Consul may hold a query back while nothing changes. Default 55, at most 600. */
  waitSeconds?: number;
  clock?: Clock;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  log?: Logger;
  metrics?: DiscoveryMetrics;
}

/** A query that does not wait for a change. Consul itself holds one for 7 s while it has no leader. */
const plainTimeLimitMs = 10_000;

/**
 * The healthy instances of a service, from now on; nothing that happens to Consul takes a known server away.
 * Throws TypeError on an address or settings that cannot or must not be used.
 */
export function consulEndpoints(options: ConsulEndpointsOptions): EndpointSource {
  const { service, initial, metrics, waitSeconds = 55, clock = systemClock } = options;
  if (service === '') throw new TypeError('the name of the service in Consul is missing');
  if (!Number.isInteger(waitSeconds) || waitSeconds < 1 || waitSeconds > 600) {
    throw new TypeError('the wait of a Consul query must be 1 to 600 whole seconds');
  }
  const agent = new ConsulAgent(options, clock);
  let index: QueryIndex;
  return new RegistryWatch({
    registry: `Consul service ${service}`,
    initial,
    log: options.log ?? silentLogger,
    metrics,
    clock,
    pace: {
      intervalMs: 1_000,
      firstPauseMs: 1_000,
      longestPauseMs: 60_000,
      random: options.random ?? Math.random,
    },
    ask: async (signal) => {
      const asked = index;
      // The agent may come back with another history, in which a wait for our index would hide every change.
      index = undefined;
      const answer = await query(agent, { ...options, waitSeconds }, asked, signal);
      const read = readAnswer(answer, service);
      index = nextIndex(asked, answer.index);
      return read;
    },
    describe: toConsulFailure,
  });
}

function query(
  agent: ConsulAgent,
  { service, tag, waitSeconds }: { service: string; tag?: string | undefined; waitSeconds: number },
  index: QueryIndex,
  signal: AbortSignal,
): Promise<ConsulAnswer> {
  const waitMs = waitSeconds * 1_000;
  const blocking = index === undefined ? {} : { index: index.toString(), wait: `${waitSeconds}s` };
  return agent.call({
    // Consul adds up to a sixteenth of the wait, so that many watchers do not return at once.
    timeLimitMs: index === undefined ? plainTimeLimitMs : waitMs + waitMs / 16 + 6_000,
    signal,
    send: (consul, context) =>
      consul.health.service({ service, passing: true, ...(tag ? { tag } : {}), ...blocking, ...context }),
  });
}

function readAnswer({ body }: ConsulAnswer, service: string): RegistryAnswer {
  const entries = parseHealthEntries(body);
  if (entries === undefined) {
    throw new ConsulFailure('malformed', 'Consul answered something that is not a list of instances');
  }
  return {
    endpoints: entries.endpoints,
    emptyBecause:
      entries.unusable > 0
        ? `no instance of ${service} in Consul has a usable address and port`
        : // Without the right to read the service Consul answers the same: an empty list, not an error.
          `Consul lists no healthy instance of ${service}; if there are some, the token may not read them`,
  };
}
