/** One back end per environment: created on first use, re-targeted when its configuration changes, closed when idle. */
import type { ConfigurationBackend } from '../backend.ts';
import { type Clock, systemClock, type Timer } from '../clock.ts';
import { type Logger, silentLogger } from '../log.ts';
import { PooledBackend } from './pooled-backend.ts';

export interface BackendPoolOptions<Environment extends PooledEnvironment> {
  /** Builds the back end of one environment; called once per environment and version. */
  create(environment: Environment): ConfigurationBackend;
  /** Closes a back end that was not used and has no subscription for this long. Default 30 minutes. */
  idleCloseMs?: number;
  /** Longest wait for calls in flight on a replaced back end. Default 60 000. */
  drainMs?: number;
  clock?: Clock;
  log?: Logger;
}

export interface PooledEnvironment {
  id: string;
  /** Changes whenever the connection settings do; numbers rise. */
  version: string | number;
}

export interface BackendPool<Environment extends PooledEnvironment> {
  /**
   * The back end of the environment; the same object for the same id, whatever its version. When the version differs
   * from the last one, new calls go to a newly created back end while calls in flight finish on the old one. A lower
   * number is what somebody read before the last change: it changes nothing.
   */
  get(environment: Environment): ConfigurationBackend;
  /** The same for whoever was told of a change and read it after: counts whatever its version, as after a restore. */
  follow(environment: Environment): ConfigurationBackend;
  /** Closes the back end of an environment that was deleted; calls in flight may finish. */
  remove(environmentId: string): Promise<void>;
  /** State of every environment that is in use now. */
  states(): { environmentId: string; state: ConfigurationBackend['state']; reason: string | undefined }[];
  /** Closes everything; pending calls settle with ClientClosed. Later `get` calls throw. */
  closeAll(): Promise<void>;
}

interface Entry {
  version: string | number;
  backend: PooledBackend;
}

/** See BackendPool. */
export function createBackendPool<Environment extends PooledEnvironment>(
  options: BackendPoolOptions<Environment>,
): BackendPool<Environment> {
  const clock = options.clock ?? systemClock;
  const idleCloseMs = options.idleCloseMs ?? 30 * 60_000;
  const drainMs = options.drainMs ?? 60_000;
  const log = options.log ?? silentLogger;
  const entries = new Map<string, Entry>();
  let closed = false;
  let sweep: Timer | undefined;

  const sweepIdle = () => {
    sweep = undefined;
    for (const [id, entry] of entries) {
      if (entry.backend.idleMs() < idleCloseMs) continue;
      entries.delete(id);
      void entry.backend.close();
    }
    scheduleSweep();
  };
  const scheduleSweep = () => {
    if (sweep === undefined && entries.size > 0 && !closed)
      sweep = clock.setTimer(idleCloseMs / 2, sweepIdle);
  };

  const link = (environment: Environment, isNewer: (known: string | number) => boolean) => {
    if (closed) throw new Error('the back-end pool is closed');
    const known = entries.get(environment.id);
    if (known === undefined) {
      const backend = new PooledBackend(options.create(environment), { clock, drainMs, log });
      entries.set(environment.id, { version: environment.version, backend });
      scheduleSweep();
      return backend;
    }
    if (isNewer(known.version)) {
      known.backend.replace(options.create(environment));
      known.version = environment.version;
    }
    return known.backend;
  };

  return {
    get: (environment) => link(environment, (known) => isLater(environment.version, known)),
    follow: (environment) => link(environment, (known) => environment.version !== known),
    async remove(environmentId) {
      const entry = entries.get(environmentId);
      entries.delete(environmentId);
      await entry?.backend.drainAndClose();
    },
    states: () =>
      [...entries].map(([environmentId, { backend }]) => ({
        environmentId,
        state: backend.state,
        reason: backend.stateReason,
      })),
    async closeAll() {
      closed = true;
      sweep?.cancel();
      const all = [...entries.values()];
      entries.clear();
      await Promise.all(all.map(({ backend }) => backend.close()));
    },
  };
}

function isLater(version: string | number, known: string | number): boolean {
  return typeof version === 'number' && typeof known === 'number' ? version > known : version !== known;
}
