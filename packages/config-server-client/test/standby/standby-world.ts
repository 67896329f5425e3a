/** Creates a warm standby with pretended servers and a manual clock. */

import { ConfigServerError, type ConfigServerErrorCode } from '@gatehouse/people-directory';
import { defaultStandby, type StandbyOptions } from '../../src/client-options.ts';
import type { StandbyConnection } from '../../src/connection/connection.ts';
import type { Endpoint, EndpointSource } from '../../src/discovery/endpoint-source.ts';
import { EpochGuard } from '../../src/standby/epoch-guard.ts';
import { RefusedAccount } from '../../src/standby/refused-account.ts';
import { WarmStandby } from '../../src/standby/warm-standby.ts';
import { silentLogger } from '../../src/surroundings/log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

export type Condition = 'up' | ConfigServerErrorCode;

export class PretendConnection implements StandbyConnection {
  readonly endpoint: Endpoint;
  readonly serverEpoch: number;
  readonly #ended = Promise.withResolvers<ConfigServerError>();
  isEnded = false;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(endpoint: Endpoint, serverEpoch: number) {
    this.endpoint = endpoint;
    this.serverEpoch = serverEpoch;
  }

  get ended(): Promise<ConfigServerError> {
    return this.#ended.promise;
  }

  /** A request is in flight until `finishRequests`. */
  startRequest(): void {
    this.#drained = Promise.withResolvers<void>();
  }

  finishRequests(): void {
    this.#drained?.resolve();
  }

  drained(): Promise<void> {
    return this.#drained?.promise ?? Promise.resolve();
  }

  close(error: ConfigServerError): void {
    this.isEnded = true;
    this.#ended.resolve(error);
    this.#drained?.resolve();
  }

  lose(code: ConfigServerErrorCode = 'ConnectionLost'): void {
    this.close(new ConfigServerError(code, 'lost'));
  }
}

interface Shared {
  clock: ManualClock;
  account: RefusedAccount;
}

/** `shared` makes it a second link of the same client. */
export function createWorld(options: Partial<StandbyOptions> = {}, endpoints = twoServers, shared?: Shared) {
  const clock = shared?.clock ?? new ManualClock();
  const account = shared?.account ?? new RefusedAccount({ ...defaultStandby, ...options }, clock);
  let listed: readonly Endpoint[] = endpoints;
  const listeners = new Set<(endpoints: readonly Endpoint[]) => void>();
  const source: EndpointSource = {
    current: () => listed,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => undefined,
  };
  const world = {
    clock,
    account,
    conditions: new Map<string, Condition>(),
    epochs: new Map<string, number>(),
    /** `host@ms` of every attempt. */
    attempts: [] as string[],
    connections: [] as PretendConnection[],
    states: [] as string[],
    attemptTakesMs: 0,
    waitingCalls: 0,
    list(next: readonly Endpoint[]) {
      listed = next;
      for (const listener of listeners) listener(next);
    },
    get last(): PretendConnection {
      const connection = world.connections.at(-1);
      if (connection === undefined) throw new Error('nothing was opened yet');
      return connection;
    },
    /** Wait limits far away. */
    limits: (ms = 60_000) => ({ deadlineAtMs: clock.monotonicMs() + ms }),
    standby: undefined as unknown as WarmStandby<PretendConnection>,
  };
  world.standby = new WarmStandby<PretendConnection>({
    endpoints: source,
    open: async (endpoint, signal) => {
      world.attempts.push(`${endpoint.host}@${Math.round(clock.monotonicMs())}`);
      if (world.attemptTakesMs > 0) {
        await new Promise<void>((resolve) => {
          const timer = clock.setTimer(world.attemptTakesMs, resolve);
          signal.addEventListener('abort', () => {
            timer.cancel();
            resolve();
          });
        });
      }
      const condition = world.conditions.get(endpoint.host) ?? 'up';
      if (condition !== 'up') throw new ConfigServerError(condition, `is ${condition}`);
      const connection = new PretendConnection(endpoint, world.epochs.get(endpoint.host) ?? 1);
      world.connections.push(connection);
      return connection;
    },
    options: { ...defaultStandby, ...options },
    epochs: new EpochGuard(),
    account,
    clock,
    random: () => 0.5,
    log: silentLogger,
    onWaitingChanged: (calls) => {
      world.waitingCalls = calls;
    },
    onStateChanged: (state) => world.states.push(`${state}@${Math.round(clock.monotonicMs())}`),
  });
  return world;
}

export const twoServers: Endpoint[] = [
  { host: 'primary', port: 8888, role: 'primary' },
  { host: 'backup', port: 8888, role: 'backup' },
];
