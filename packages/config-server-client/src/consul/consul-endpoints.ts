/** Finds the servers of one environment in Consul, and follows changes by blocking queries. */

import type { Endpoint, EndpointSource } from '../discovery/endpoint-source.ts';
import type { DiscoveryMetrics } from '../discovery/known-endpoints.ts';
import { type RegistryAnswer, RegistryWatch } from '../discovery/registry-watch.ts';
import { type Clock, systemClock } from '../surroundings/clock.ts';
import { type Logger, silentLogger } from '../surroundings/log.ts';
import type { ConsulAccess } from './consul-access.ts';
import { type CallContext, ConsulAgent, type ConsulAnswer } from './consul-agent.ts';
import { ConsulFailure, toConsulFailure } from './consul-failure.ts';
import { parseHealthEntries } from './health-entries.ts';

export interface ConsulEndpointsOptions extends ConsulAccess {
  /** Name of the service in Consul. */
  service: string;
  /** Only instances with this tag. */
  tag?: string | undefined;
  /** Used until Consul answers for the first time. */
  initial?: readonly Endpoint[] | undefined;
  /** How long Consul may hold a query while nothing changes. Default 55, at most 600. */
  waitSeconds?: number;
  clock?: Clock;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  log?: Logger;
  metrics?: DiscoveryMetrics;
}

/** Limit of a query that does not wait for a change. Without a leader Consul holds it for 7 s. */
const plainTimeLimitMs = 10_000;

/**
 * Watches the healthy instances of a service. No failure of Consul removes a known server. Errors: TypeError for an
 * address or settings that are not usable or not allowed.
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
      maxPauseMs: 60_000,
      random: options.random ?? Math.random,
    },
    ask: async (signal) => {
      const asked = index;
      // After a failure the agent may have lost its state; waiting for the old index would hide every change.
      index = undefined;
      const answer = await query(agent, { ...options, waitSeconds }, asked, signal);
      const read = readAnswer(answer, service);
      index = nextIndex(asked, answer.index);
      return read;
    },
    describe: toConsulFailure,
  });
}

type HealthOptions = CallContext & { service: string; passing: boolean; tag?: string };

function query(
  agent: ConsulAgent,
  { service, tag, waitSeconds }: { service: string; tag?: string | undefined; waitSeconds: number },
  index: QueryIndex,
  signal: AbortSignal,
): Promise<ConsulAnswer> {
  const waitMs = waitSeconds * 1_000;
  return agent.call({
    // Consul adds up to a sixteenth of the wait as jitter.
    timeLimitMs: index === undefined ? plainTimeLimitMs : waitMs + waitMs / 16 + 6_000,
    signal,
    send: (consul, context) => {
      const options: HealthOptions = { service, passing: true, ...context };
      if (tag) options.tag = tag;
      if (index !== undefined) Object.assign(options, { index: index.toString(), wait: `${waitSeconds}s` });
      return consul.health.service(options);
    },
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

/** Undefined: the query does not wait for a change. */
type QueryIndex = bigint | undefined;

/**
 * The index for the next blocking query after an answer with the header `X-Consul-Index`. A missing, zero or unreadable
 * header counts as 1, so that the next query still waits. An index below the last one means that the agent lost its
 * state (restored snapshot, restart without data), so the watch starts again without an index.
 */
export function nextIndex(asked: QueryIndex, header: string | undefined): QueryIndex {
  const answered = parseIndex(header);
  return asked !== undefined && answered < asked ? undefined : answered;
}

/** An unsigned 64-bit number, which a double cannot hold. */
function parseIndex(header: string | undefined): bigint {
  if (header === undefined || !/^\d{1,20}$/.test(header)) return 1n;
  const index = BigInt(header);
  return index === 0n ? 1n : index;
}
