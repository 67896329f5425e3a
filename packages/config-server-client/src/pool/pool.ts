/** Keeps one back end per environment: creates it on first use, replaces it after a change, closes it when idle. */
import type { PeopleDirectory } from '@gatehouse/people-directory';
import { type Clock, systemClock, type Timer } from '../surroundings/clock.ts';
import { type Logger, silentLogger } from '../surroundings/log.ts';
import { PooledBackend } from './pooled-backend.ts';

export interface BackendPoolOptions<Environment extends PooledEnvironment> {
  /** Builds the back end of one environment; called once per environment and version. */
  create(environment: Environment): PeopleDirectory;
  /** Closes a back end without calls and subscriptions after this time. Default 30 minutes. */
  idleCloseMs?: number;
  /** Limit for calls in flight on a replaced back end. Default 60 000. */
  drainMs?: number;
  clock?: Clock;
  log?: Logger;
}

export interface PooledEnvironment {
  id: string;
  /** Changes with the connection settings; numbers rise. */
  version: string | number;
}

interface Entry {
  version: string | number;
  backend: PooledBackend;
}

export function createBackendPool<Environment extends PooledEnvironment>(
  options: BackendPoolOptions<Environment>,
) {
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
    /**
     * The back end of the environment, always the same object for an id. After a change of the version, new calls go to
     * a new back end while calls in flight finish on the old one. A lower number was read before the last change and has
     * no effect.
     */
    get: (environment: Environment): PeopleDirectory =>
      link(environment, (known) => isLater(environment.version, known)),
    /** As `get` for a caller that read the environment after a change: any other version counts, also a restored lower one. */
    follow: (environment: Environment): PeopleDirectory =>
      link(environment, (known) => environment.version !== known),
    /** Closes the back end of a deleted environment; calls in flight may finish. */
    async remove(environmentId: string): Promise<void> {
      const entry = entries.get(environmentId);
      entries.delete(environmentId);
      await entry?.backend.drainAndClose();
    },
    /** The state of every environment in use. */
    states: () =>
      [...entries].map(([environmentId, { backend }]) => ({
        environmentId,
        state: backend.state,
        reason: backend.stateReason,
      })),
    /** Closes everything; pending calls fail with ClientClosed. Later `get` calls throw. */
    async closeAll(): Promise<void> {
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
