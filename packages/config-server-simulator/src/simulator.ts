/** Starts a Configuration Server in this process: the server of the demo and of the tests. */
import { randomUUID } from 'node:crypto';
import {
  type Clock,
  type Logger,
  silentLogger,
  systemClock,
} from '@gatehouse/config-server-client/surroundings';
import { type Administration, createAdministration } from './administration/administration.ts';
import type { FaultHooks } from './connections/fault-hooks.ts';
import { defaultServerLimits, type ServerLimits } from './connections/limits.ts';
import { listen } from './connections/listener.ts';
import { SessionRegistry } from './connections/session-registry.ts';
import type { ServerTlsOptions } from './connections/tls-server.ts';
import { RequestRefused } from './objects/request-refused.ts';
import { handleRequest } from './requests/handle-request.ts';
import { changeEvent } from './requests/notifications.ts';
import { type ServerContext, type ServerRole, ServerState } from './requests/server-context.ts';
import { Authenticator } from './security/authenticator.ts';
import { HashQueue, type HashQueueOptions } from './security/login-queues.ts';
import { plantSeed, type SeedInput, seedSchema } from './seed/seed.ts';
import { handOver, startWarmStandby } from './standby/warm-standby.ts';
import { ChangeLog } from './store/change-log.ts';
import { type EstateFile, openEstateFile } from './store/estate-file.ts';
import { ObjectStore } from './store/object-store.ts';
import type { HashAlgorithm } from './store/password-hash.ts';

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
  /** Without a file. Default 1. */
  serverEpoch?: number;
  tls?: ServerTlsOptions | undefined;
  /**
   * Keeps everything in this JSON file; the seed then counts only for a new file. Default: memory. A primary writes the
   * file; a backup in another process reads it and takes over when the primary is gone; a proxy only reads it.
   */
  file?: string | undefined;
  limits?: Partial<ServerLimits>;
  clock?: Clock;
  log?: Logger;
}

export interface Simulator {
  readonly host: string;
  readonly port: number;
  /** Creates and changes objects as an administrator does. */
  readonly store: Administration;
  /** Role, epoch and mode. */
  readonly state: ServerState;
  /** For tests of clients: set and clear at any time. */
  readonly faults: FaultHooks;
  /** Makes this primary a backup, and the backup that follows the same file primary. `graceMs`: default 5 000. */
  handOver(graceMs?: number): Promise<void>;
  /** Registered clients. */
  sessionCount(): number;
  /** Forgets the change history, as if it were too old. */
  expireHistory(): void;
  /** Resets all connections. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Listens when the promise resolves. @throws ZodError for a bad seed, EADDRINUSE, those of `openEstateFile` */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { role = 'primary', log = silentLogger } = options;
  const file =
    options.file === undefined
      ? undefined
      : await openEstateFile(options.file, { toWrite: role === 'primary', log });
  try {
    return await startServer(options, role, log, file);
  } catch (error) {
    await releaseQuietly(file, log);
    throw error;
  }
}

async function startServer(
  options: SimulatorOptions,
  role: ServerRole,
  log: Logger,
  file: EstateFile | undefined,
): Promise<Simulator> {
  const { host = '127.0.0.1', port = 8888, tls } = options;
  const context = createContext(options, role, log, file);
  const { store, authenticator, sessions, state, faults } = context;
  const administration = (assertWritable: () => void) => {
    const { hash: algorithm = 'scrypt' } = options;
    const now = () => context.clock.nowMs();
    return createAdministration({ store, authenticator, algorithm, now, assertWritable });
  };
  if (file === undefined || file.isNew) {
    await plantSeed(
      seedSchema.parse(options.seed),
      administration(() => undefined),
    );
    await file?.planted();
  }
  store.log.subscribe((change) => {
    for (const session of sessions.all) if (session.wants(change)) session.send(changeEvent(change));
  });
  const listener = await listen({ host, port, tls }, context, (message, refId, session) =>
    handleRequest(message, refId, session, context),
  );
  log.debug({ host, port: listener.port, role, name: state.name }, 'open for clients');

  const standby = file === undefined ? undefined : startWarmStandby(file, context);
  const close = async () => {
    const closed = listener.close();
    for (const session of [...sessions.all]) session.close('shutting-down');
    await closed;
    await standby?.stop();
    await releaseQuietly(file, log);
  };
  let closing: Promise<void> | undefined;
  return {
    host,
    port: listener.port,
    store: administration(() => {
      if (!state.takesChanges) throw new RequestRefused('ReadOnly', 'this server takes no changes');
    }),
    state,
    faults,
    handOver: (graceMs = 5_000) => handOver(context, standby, graceMs),
    sessionCount: () => [...sessions.all].filter(({ identity }) => identity !== undefined).length,
    expireHistory: () => store.log.expire(),
    dropConnections: () => {
      for (const session of [...sessions.all]) session.drop();
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function createContext(
  options: SimulatorOptions,
  role: ServerRole,
  log: Logger,
  file: EstateFile | undefined,
): ServerContext {
  const { name = 'simulator', clock = systemClock, hash: algorithm = 'scrypt' } = options;
  const store = file?.store ?? new ObjectStore(new ChangeLog(randomUUID()));
  const limits = { ...defaultServerLimits, ...options.limits };
  const sessions = new SessionRegistry(limits, clock);
  const authenticator = new Authenticator({
    store,
    queue: new HashQueue(options.hashQueue),
    algorithm,
    now: () => clock.nowMs(),
    sessionsOf: (personDbid) => sessions.countOf(personDbid),
  });
  const state = new ServerState({
    name,
    role,
    epoch: file?.epoch ?? options.serverEpoch ?? 1,
    onModeChanged: (operationalMode) => {
      for (const session of sessions.all)
        if (session.identity !== undefined)
          session.send({ name: 'EventOperationalModeChanged', body: { operationalMode } });
    },
  });
  return { store, authenticator, sessions, state, limits, faults: {}, clock, log };
}

/** On a full disk the file keeps naming this process, which no longer counts once it has ended. */
async function releaseQuietly(file: EstateFile | undefined, log: Logger): Promise<void> {
  await file?.release().catch((error: Error) => log.warn({ error }, 'the last state could not be written'));
}
