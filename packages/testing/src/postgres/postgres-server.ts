/** Runs a PostgreSQL server, by default that of an npm package, as a child process. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { endingWithUs } from '../programs/programs.ts';
import {
  findPostgresPrograms,
  launchAs,
  type PostgresPrograms,
  postgresAccount,
} from './postgres-program.ts';

export interface PostgresServerOptions {
  dataDir: string;
  port: number;
  /** Keep the data folder when the server stops. */
  persistent: boolean;
  password: string;
  onLine?: (line: string) => void;
  /** Durability off: for data that may be lost. */
  fast?: boolean;
  /** A process group of its own, which a terminal's Ctrl-C does not reach. */
  detached?: boolean;
  /** File descriptor that takes the server's log in place of onLine. */
  logFile?: number;
  /** Gets the server's process before it is ready. */
  onSpawn?: (child: ChildProcess) => void;
  /** Default: those of the npm package. */
  programs?: PostgresPrograms;
}

export interface PostgresServer {
  readonly process: ChildProcess;
  readonly url: string;
  readonly port: number;
  /** True when this start created the data folder. */
  readonly created: boolean;
  stop(): Promise<void>;
}

/** Creates the data folder when it is missing, starts the server on loopback and resolves when it answers. */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  const programs = options.programs ?? (await findPostgresPrograms());
  const created = !existsSync(`${dataDir}/PG_VERSION`);
  if (created) await createDataFolder(programs, dataDir, options);
  const child = start(programs.postgres, serverArguments(dataDir, options), dataDir, options);
  options.onSpawn?.(child);
  const password = encodeURIComponent(options.password);
  const url = `postgres://postgres:${password}@127.0.0.1:${options.port}/postgres`;
  await untilAnswering(child, url);
  return {
    process: child,
    url,
    port: options.port,
    created,
    async stop() {
      await stop(child);
      if (!options.persistent) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function serverArguments(dataDir: string, { port, fast }: PostgresServerOptions): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    // Nothing outside the data folder: clients come by TCP only.
    'unix_socket_directories=',
    'max_connections=300',
    ...(fast ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ];
  return ['-D', dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

/** Built beside its place and renamed when whole, so that an interrupted start leaves nothing half-made. */
async function createDataFolder(programs: PostgresPrograms, dataDir: string, options: PostgresServerOptions) {
  const draft = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  const account = postgresAccount(dataDir);
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
  const args = [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, '--username=postgres'];
  args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', ...(options.fast ? ['--no-sync'] : []));
  try {
    await runInitdb(start(programs.initdb, args, draft, {}));
    await rename(draft, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function runInitdb(child: ChildProcess): Promise<void> {
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`PostgreSQL could not create its data folder (${signal ?? code}): ${output}`);
}

function start(
  program: string,
  args: string[],
  folder: string,
  { onLine, detached, logFile }: Partial<PostgresServerOptions>,
): ChildProcess {
  const bound = detached ? { program, args } : endingWithUs('INT', program, args);
  const launch = launchAs(postgresAccount(folder), bound.program, bound.args, [folder, program]);
  const output = logFile ?? 'pipe';
  const options: SpawnOptions = {
    ...launch.options,
    cwd: dirname(folder),
    detached: detached ?? false,
    stdio: ['ignore', output, output],
    env: { ...process.env, LC_ALL: 'C' },
  };
  const child = spawn(launch.program, launch.args, options);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) if (line.trim()) onLine?.(line.trim());
    });
  return child;
}

async function untilAnswering(child: ChildProcess, url: string): Promise<void> {
  let ended = '';
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended (${signal ?? code})`;
  });
  for (;;) {
    if (ended) throw new Error(`PostgreSQL did not start: ${ended}`);
    if (await answers(url)) return;
    await wait(25);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    // Class 28: it serves, but with another password than ours; waiting does not help.
    if (String((error as { code?: unknown }).code).startsWith('28')) throw error;
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Fast shutdown: sessions are ended, the data is written. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  await exited;
}
