/** A Configuration Server in this process: the embedded default, the demo's and the tests' server. */
import { type Clock, systemClock } from '@gatehouse/config-server-client/clock';
import { type Logger, silentLogger } from '@gatehouse/config-server-client/log';
import { Authenticator } from './security/authenticator.ts';
import { HashQueue, type HashQueueOptions } from './security/hash-queue.ts';
import type { HashAlgorithm } from './security/password-hash.ts';
import { plantSeed, type SeedInput, seedSchema } from './seed/seed.ts';
import { changeEvent } from './server/change-events.ts';
import type { FaultHooks } from './server/fault-hooks.ts';
import { followEstate } from './server/follow-estate.ts';
import { defaultServerLimits, type ServerLimits } from './server/limits.ts';
import { listen } from './server/listener.ts';
import { RequestRefused } from './server/request-refused.ts';
import { type ServerRole, ServerState } from './server/server-state.ts';
import { SessionRegistry } from './server/session-registry.ts';
import { stepDown } from './server/step-down.ts';
import { wants } from './server/subscription.ts';
import type { ServerTlsOptions } from './server/tls-server.ts';
import { type Administration, createAdministration } from './store/administration.ts';
import { type Estate, openEstateFile, openMemoryEstate } from './store/estate.ts';

export interface SimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 8888; 0 takes a free one. */
  port?: number;
  seed: SeedInput;
  /** `test` is cheap and for tests only. Default scrypt. */
  hash?: HashAlgorithm;
  hashQueue?: HashQueueOptions;
  name?: string;
  role?: ServerRole;
  serverEpoch?: number;
  tls?: ServerTlsOptions | undefined;
  /**
   * Keeps the estate in this file; the seed then counts only for a new one. Default: memory. A primary writes the file;
   * a backup in another process follows it and takes over when the primary is gone; proxies follow it for reading.
   */
  file?: string | undefined;
  /** Entries that may be in the file beyond twice what the estate needs, before it is written anew. Default 20 000. */
  spareEntries?: number;
  limits?: Partial<ServerLimits>;
  clock?: Clock;
  log?: Logger;
}

export interface Simulator {
  readonly host: string;
  readonly port: number;
  /** Administration of the estate. */
  readonly store: Administration;
  /** Role, epoch and mode. */
  readonly state: ServerState;
  /** For tests of clients: set and clear at any time. */
  readonly faults: FaultHooks;
  /**
   * Stops being primary: tells the clients, serves what is in flight, then closes their connections. From the first
   * moment on it registers nobody. Resolves when they are gone, at the latest after `graceMs` (5 000).
   */
  stepDown(graceMs?: number): Promise<void>;
  /** `stepDown`, and the backup that follows the same file becomes primary. */
  switchover(graceMs?: number): Promise<void>;
  /** Registered clients. */
  sessionCount(): number;
  /** Forgets the change history, as if it were too old. */
  expireHistory(): void;
  /** Cuts all connections without a word. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Listens when the promise resolves. Errors: ZodError for a bad seed, EADDRINUSE, those of `openEstateFile`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const {
    file,
    role = 'primary',
    name = 'simulator',
    serverEpoch,
    spareEntries,
    log = silentLogger,
  } = options;
  const estate =
    file === undefined
      ? openMemoryEstate(serverEpoch)
      : await openEstateFile(file, { toWrite: role === 'primary', holder: name, spareEntries, log });
  try {
    return await serveEstate(estate, options);
  } catch (error) {
    await estate.close();
    throw error;
  }
}

async function serveEstate(estate: Estate, options: SimulatorOptions): Promise<Simulator> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLogger;
  const host = options.host ?? '127.0.0.1';
  const algorithm = options.hash ?? 'scrypt';
  const limits = { ...defaultServerLimits, ...options.limits };
  const now = () => clock.nowMs();

  const { store } = estate;
  const changeLog = store.log;
  const sessions = new SessionRegistry(limits, clock);
  const state = new ServerState(options.name ?? 'simulator', options.role ?? 'primary', estate.epoch);
  const queue = new HashQueue(options.hashQueue);
  const sessionsOf = (personDbid: number) => sessions.countOf(personDbid);
  const authenticator = new Authenticator({ store, queue, algorithm, now, sessionsOf });
  const faults: FaultHooks = {};

  if (estate.isNew) {
    const planter = createAdministration({
      store,
      authenticator,
      algorithm,
      now,
      assertWritable: () => undefined,
    });
    await plantSeed(seedSchema.parse(options.seed), planter);
    await estate.planted();
  }
  changeLog.subscribe((change) => {
    for (const session of sessions.all) {
      if (wants(session.subscriptions, change)) session.send(changeEvent(change));
    }
  });
  state.onModeChanged((operationalMode) => {
    for (const session of sessions.all) {
      if (session.identity !== undefined)
        session.send({ name: 'EventOperationalModeChanged', body: { operationalMode } });
    }
  });

  const context = { store, authenticator, sessions, state, limits, faults, clock, log };
  const listener = await listen({ host, port: options.port ?? 8888, tls: options.tls }, context);
  log.debug({ host, port: listener.port, role: state.role, name: state.name }, 'open for clients');

  const following = options.file === undefined ? undefined : followEstate(estate, context);
  let closing: Promise<void> | undefined;
  return {
    host,
    port: listener.port,
    store: createAdministration({
      store,
      authenticator,
      algorithm,
      now,
      assertWritable: () => {
        if (!state.takesChanges) throw new RequestRefused('ReadOnly', 'this server takes no changes');
      },
    }),
    state,
    faults,
    stepDown: (graceMs = 5_000) => stepDown(context, graceMs),
    switchover: async (graceMs = 5_000) => {
      if (following === undefined)
        throw new Error('a switchover needs an estate in a file that a backup follows');
      await Promise.all([stepDown(context, graceMs), following.handOver()]);
    },
    sessionCount: () => [...sessions.all].filter(({ identity }) => identity !== undefined).length,
    expireHistory: () => changeLog.expire(),
    dropConnections: () => {
      for (const session of [...sessions.all]) session.drop();
    },
    close: () => {
      closing ??= (async () => {
        const closed = listener.close();
        for (const session of [...sessions.all]) session.close('shutting-down');
        await closed;
        await following?.stop();
        await estate.close();
      })();
      return closing;
    },
  };
}
