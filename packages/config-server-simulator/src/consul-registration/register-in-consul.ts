/** Makes a running server known in Consul with a TTL check, keeps it known, and takes it out at the end. */
import { type Clock, pause, systemClock } from '@gatehouse/config-server-client/clock';
import type { ConsulAccess } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { ConsulAgent } from '@gatehouse/config-server-client/discovery/consul/consul-agent';
import { toConsulFailure } from '@gatehouse/config-server-client/discovery/consul/consul-failure';
import type { EndpointRole } from '@gatehouse/config-server-client/discovery/endpoint-source';
import { QueryPace } from '@gatehouse/config-server-client/discovery/query-pace';
import { type Logger, silentLogger } from '@gatehouse/config-server-client/log';

export interface ConsulRegistrationOptions extends ConsulAccess {
  /** Name of the service. */
  service: string;
  /** Unique among all instances of the agent. */
  id: string;
  /** Where clients reach this server. */
  host: string;
  port: number;
  tags?: readonly string[];
  /** Asked at every renewal. */
  current(): ServerCondition;
  /** Without a renewal for so long the instance counts as broken. Default 15, at least 3. */
  ttlSeconds?: number;
  /** Consul forgets an instance that was broken for so long. Default 600; Consul takes at least 60. */
  forgottenAfterSeconds?: number;
  clock?: Clock;
  /** Uniform in [0, 1), for jitter only. */
  random?: () => number;
  log?: Logger;
}

export interface ServerCondition {
  role: EndpointRole;
  /** Clients are asked to move away. */
  draining?: boolean;
  /** Default true. */
  healthy?: boolean;
}

export interface ConsulRegistration {
  /** Resolves when Consul knows the server for the first time; never rejects. */
  readonly registered: Promise<void>;
  /** Tells Consul the current condition now, in place of at the next renewal. */
  refresh(): void;
  /** Takes the server out of Consul; waits a few seconds at most, never fails. Idempotent. */
  close(): Promise<void>;
}

const callLimitMs = 5_000;

/** Returns at once and goes on in the background: a server serves whether Consul is there or not. Throws TypeError. */
export function registerInConsul(options: ConsulRegistrationOptions): ConsulRegistration {
  const registration = new Registration(options);
  registration.start();
  return registration;
}

class Registration implements ConsulRegistration {
  readonly #options: ConsulRegistrationOptions;
  readonly #ttlSeconds: number;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #agent: ConsulAgent;
  readonly #registered = Promise.withResolvers<void>();
  readonly #closing = new AbortController();
  #wakeUp = new AbortController();
  /** What Consul was told last; undefined when it may have forgotten us. */
  #told: string | undefined;
  /** What went wrong last; undefined while Consul knows us. */
  #problem: string | undefined = 'not registered yet';
  #running: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: ConsulRegistrationOptions) {
    this.#options = options;
    this.#ttlSeconds = options.ttlSeconds ?? 15;
    if (!(this.#ttlSeconds >= 3)) throw new TypeError('the TTL of a Consul check must be at least 3 seconds');
    if (options.service === '' || options.id === '') throw new TypeError('a service needs a name and an id');
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? silentLogger;
    this.#agent = new ConsulAgent(options, this.#clock);
  }

  get registered(): Promise<void> {
    return this.#registered.promise;
  }

  start(): void {
    this.#running = this.#keepKnown();
  }

  refresh(): void {
    this.#wakeUp.abort();
  }

  close(): Promise<void> {
    this.#closed ??= this.#takeOut();
    return this.#closed;
  }

  async #keepKnown(): Promise<void> {
    const renewalMs = (this.#ttlSeconds * 1_000) / 3;
    const pace = new QueryPace({
      intervalMs: renewalMs,
      firstPauseMs: 1_000,
      longestPauseMs: 30_000,
      random: this.#options.random ?? Math.random,
    });
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#wakeUp = new AbortController();
      const startedAtMs = this.#clock.monotonicMs();
      const agoMs = () => this.#clock.monotonicMs() - startedAtMs;
      let delayMs: number;
      try {
        await this.#tell(this.#options.current());
        delayMs = pace.afterAnswerMs(agoMs());
      } catch (cause) {
        if (signal.aborted) return;
        this.#failed(cause);
        delayMs = pace.afterFailureMs(agoMs());
      }
      await pause(this.#clock, delayMs, AbortSignal.any([signal, this.#wakeUp.signal]));
    }
  }

  async #tell(condition: ServerCondition): Promise<void> {
    const described = JSON.stringify([condition.role, condition.draining === true]);
    if (this.#told !== described) {
      await this.#register(condition);
      this.#told = described;
    }
    await this.#renew(condition.healthy !== false);
    if (this.#problem !== undefined) {
      const { service, id } = this.#options;
      this.#log.info({ service, id, role: condition.role }, 'registered in Consul');
    }
    this.#problem = undefined;
    this.#registered.resolve();
  }

  async #register({ role, draining }: ServerCondition): Promise<void> {
    const { service, id, host, port, tags, forgottenAfterSeconds = 600 } = this.#options;
    const check = {
      name: `TTL of ${id}`,
      ttl: `${this.#ttlSeconds}s`,
      deregistercriticalserviceafter: `${forgottenAfterSeconds}s`,
      // Asked for by the types of the package; a TTL check has none.
      timeout: '',
    };
    await this.#call((consul, context) =>
      consul.agent.service.register({
        name: service,
        id,
        address: host,
        port,
        tags: [...(tags ?? [])],
        meta: { role, ...(draining === true ? { drain: 'true' } : {}) },
        check,
        ...context,
      }),
    );
  }

  /** A check begins as critical: nobody is sent here before the first renewal. */
  async #renew(isHealthy: boolean): Promise<void> {
    const id = `service:${this.#options.id}`;
    await this.#call((consul, context) => {
      const options = { id, ...context };
      return isHealthy ? consul.agent.check.pass(options) : consul.agent.check.fail(options);
    });
  }

  async #call(send: Parameters<ConsulAgent['call']>[0]['send']): Promise<void> {
    await this.#agent.call({ timeLimitMs: callLimitMs, signal: this.#closing.signal, send });
  }

  #failed(cause: unknown): void {
    const { reason, message } = toConsulFailure(cause);
    const { service, id } = this.#options;
    // An agent that was restarted without its data knows nothing of us: the next attempt begins from the start.
    this.#told = undefined;
    if (message !== this.#problem) {
      this.#log.warn({ service, id, reason, problem: message }, 'Consul does not know of this server');
    }
    this.#problem = message;
  }

  async #takeOut(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    const { service, id } = this.#options;
    try {
      await this.#agent.call({
        timeLimitMs: callLimitMs,
        send: (consul, context) => consul.agent.service.deregister({ id, ...context }),
      });
      this.#log.info({ service, id }, 'taken out of Consul');
    } catch (cause) {
      const { reason, message } = toConsulFailure(cause);
      this.#log.warn({ service, id, reason, problem: message }, 'left in Consul until its TTL runs out');
    }
  }
}
