/** Registers a running server in Consul with a TTL check, renews the check, and removes the server at the end. */

import { type ConsulAccess, ConsulAgent, toConsulFailure } from '@gatehouse/config-server-client/consul';
import { type EndpointRole, QueryPace } from '@gatehouse/config-server-client/discovery';
import {
  type Clock,
  type Logger,
  pause,
  silentLogger,
  systemClock,
} from '@gatehouse/config-server-client/surroundings';

export interface ConsulRegistrationOptions extends ConsulAccess {
  /** Name of the service. */
  service: string;
  /** Unique among all instances of the agent. */
  id: string;
  /** Where clients reach this server. */
  host: string;
  port: number;
  tags?: readonly string[];
  /** Called at every renewal. */
  current(): ServerCondition;
  /** Consul marks the instance as critical after this time without a renewal. Default 15, at least 3. */
  ttlSeconds?: number;
  /** Consul removes an instance that is critical for this time. Default 600; Consul takes at least 60. */
  forgottenAfterSeconds?: number;
  clock?: Clock;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  log?: Logger;
}

export interface ServerCondition {
  role: EndpointRole;
  /** Asks clients to move away. */
  draining?: boolean;
  /** Default true. */
  healthy?: boolean;
}

export type ConsulRegistration = ReturnType<typeof registerInConsul>;

const callLimitMs = 5_000;

/** Returns at once and registers in the background: the server does not depend on Consul. @throws TypeError for wrong options */
export function registerInConsul(options: ConsulRegistrationOptions) {
  const { service, id, ttlSeconds = 15, clock = systemClock, log = silentLogger } = options;
  if (!(ttlSeconds >= 3)) throw new TypeError('the TTL of a Consul check must be at least 3 seconds');
  if (service === '' || id === '') throw new TypeError('a service needs a name and an id');
  const closing = new AbortController();
  const consul = createCalls(options, ttlSeconds, closing.signal);
  const registered = Promise.withResolvers<void>();
  const pace = new QueryPace({
    intervalMs: (ttlSeconds * 1_000) / 3,
    firstPauseMs: 1_000,
    maxPauseMs: 30_000,
    random: options.random ?? Math.random,
  });
  let wakeUp = new AbortController();
  /** The condition that Consul knows; undefined when it may have lost the registration. */
  let known: string | undefined;
  /** The last failure; undefined while Consul knows the server. */
  let problem: string | undefined = 'not registered yet';

  async function renew(condition: ServerCondition): Promise<void> {
    const described = JSON.stringify([condition.role, condition.draining === true]);
    if (known !== described) {
      await consul.register(condition);
      known = described;
    }
    await consul.renew(condition.healthy !== false);
    if (problem !== undefined) log.info({ service, id, role: condition.role }, 'registered in Consul');
    problem = undefined;
    registered.resolve();
  }

  function recordFailure(cause: unknown): void {
    const { reason, message } = toConsulFailure(cause);
    // An agent that restarted without its data has lost the registration.
    known = undefined;
    if (message !== problem)
      log.warn({ service, id, reason, problem: message }, 'Consul does not know of this server');
    problem = message;
  }

  const running = (async () => {
    while (!closing.signal.aborted) {
      wakeUp = new AbortController();
      const startedAtMs = clock.monotonicMs();
      let delayMs: number;
      try {
        await renew(options.current());
        delayMs = pace.afterAnswerMs(clock.monotonicMs() - startedAtMs);
      } catch (cause) {
        if (closing.signal.aborted) return;
        recordFailure(cause);
        delayMs = pace.afterFailureMs(clock.monotonicMs() - startedAtMs);
      }
      await pause(clock, delayMs, AbortSignal.any([closing.signal, wakeUp.signal]));
    }
  })();

  async function remove(): Promise<void> {
    closing.abort();
    await running;
    try {
      await consul.deregister();
      log.info({ service, id }, 'taken out of Consul');
    } catch (cause) {
      const { reason, message } = toConsulFailure(cause);
      log.warn({ service, id, reason, problem: message }, 'left in Consul until its TTL runs out');
    }
  }

  let closed: Promise<void> | undefined;
  return {
    /** Resolves when Consul knows the server for the first time; never rejects. */
    registered: registered.promise,
    /** Sends the current condition now instead of at the next renewal. */
    refresh: () => wakeUp.abort(),
    /** Removes the server from Consul; takes a few seconds at most and never fails. Idempotent. */
    close: (): Promise<void> => {
      closed ??= remove();
      return closed;
    },
  };
}

/** The three calls to the agent. @throws what toConsulFailure reads */
function createCalls(options: ConsulRegistrationOptions, ttlSeconds: number, signal: AbortSignal) {
  const { service, id, host, port, tags = [], forgottenAfterSeconds = 600, clock = systemClock } = options;
  const agent = new ConsulAgent(options, clock);
  const call = (send: Parameters<ConsulAgent['call']>[0]['send']) =>
    agent.call({ timeLimitMs: callLimitMs, signal, send });
  return {
    async register({ role, draining }: ServerCondition): Promise<void> {
      const meta = draining === true ? { role, drain: 'true' } : { role };
      const check = {
        name: `TTL of ${id}`,
        ttl: `${ttlSeconds}s`,
        deregistercriticalserviceafter: `${forgottenAfterSeconds}s`,
        // The types of the package require it; a TTL check has no timeout.
        timeout: '',
      };
      await call((consul, context) =>
        consul.agent.service.register({
          name: service,
          id,
          address: host,
          port,
          tags: [...tags],
          meta,
          check,
          ...context,
        }),
      );
    },
    /** A new check is critical: no client comes here before the first renewal. */
    async renew(isHealthy: boolean): Promise<void> {
      await call((consul, context) => {
        const check = { id: `service:${id}`, ...context };
        return isHealthy ? consul.agent.check.pass(check) : consul.agent.check.fail(check);
      });
    },
    /** Works after `signal` has been aborted, too. */
    async deregister(): Promise<void> {
      await agent.call({
        timeLimitMs: callLimitMs,
        send: (consul, context) => consul.agent.service.deregister({ id, ...context }),
      });
    },
  };
}
