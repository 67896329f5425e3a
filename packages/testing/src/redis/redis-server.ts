/** Runs a Redis or Valkey server as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { endingWithUs, findProgram, watchProgram } from '../programs/programs.ts';

export interface RedisServerOptions {
  port: number;
  /** Folder for the append-only file; without one the server keeps nothing. */
  dataDir?: string | undefined;
  cluster?: boolean;
  password?: string;
  /** Further arguments, such as `--replicaof`. */
  settings?: readonly string[] | undefined;
  /** The configuration of a sentinel, which keeps in it what it has learnt. */
  sentinelFile?: string | undefined;
  onLine?: (line: string) => void;
  /** A process group of its own, which a terminal's Ctrl-C does not reach. */
  detached?: boolean;
  /** File descriptor that takes the server's log in place of onLine. */
  logFile?: number;
  /** Gets the process before it is ready. */
  onSpawn?: (child: ChildProcess) => void;
}

export interface RedisServer {
  readonly process: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** Ends the process and resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a server on loopback and resolves once it answers commands. */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const program = findProgram('redis-server', 'valkey-server');
  if (!program) throw new Error('neither redis-server nor valkey-server is on the PATH');
  // The password goes by standard input: arguments are visible to every account of the machine.
  const [input, output] = [options.password ? 'pipe' : 'ignore', options.logFile ?? 'pipe'] as const;
  // Redis takes the mode of its files from the umask, and they hold what people and programs are signed in with.
  const umask = process.umask(0o077);
  // A server reads any dump.rdb of its folder, so it shares the folder with nobody.
  const ownFolder = options.dataDir ?? mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
  const args = serverArguments(options, ownFolder);
  const launch = options.detached ? { program, args } : endingWithUs('KILL', program, args);
  const child = spawn(launch.program, launch.args, {
    stdio: [input, output, output],
    detached: options.detached ?? false,
  });
  process.umask(umask);
  if (options.dataDir === undefined)
    child.once('close', () => rmSync(ownFolder, { recursive: true, force: true }));
  options.onSpawn?.(child);
  child.stdin?.end(`requirepass ${options.password}\n`);
  await untilReady(child, options);
  const credentials = options.password ? `:${encodeURIComponent(options.password)}@` : '';
  return {
    process: child,
    port: options.port,
    url: `redis://${credentials}127.0.0.1:${options.port}`,
    stop: (signal = 'SIGTERM') => stop(child, signal),
  };
}

function serverArguments(options: RedisServerOptions, folder: string): string[] {
  const { port, dataDir, cluster, password, settings = [], sentinelFile } = options;
  const listener = ['--port', String(port), '--bind', '127.0.0.1', '--daemonize', 'no'];
  if (sentinelFile) return [sentinelFile, '--sentinel', ...listener, ...settings];
  const persistence = dataDir ? ['--appendonly', 'yes', '--appendfsync', 'everysec'] : ['--appendonly', 'no'];
  const clusterMode = cluster
    ? ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}-${process.pid}.conf`]
    : [];
  return [
    ...[...listener, '--save', '', '--maxmemory-policy', 'noeviction', '--dir', folder],
    ...persistence,
    ...clusterMode,
    ...settings,
    ...(password ? ['-'] : []),
  ];
}

async function untilReady(child: ChildProcess, options: RedisServerOptions): Promise<void> {
  const program = watchProgram(child, (text) => {
    for (const line of text.split('\n')) if (line) options.onLine?.(line);
  });
  while (!(await answers(options.port))) {
    const ended = program.ended();
    if (ended) throw new Error(`the Redis server ${ended}: ${program.output()}`);
    await wait(10);
  }
}

/** Whether commands are answered: while it still reads its data the server says -LOADING. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('error', () => {});
    socket.once('close', () => resolve(false));
    socket.once('data', (answer) => {
      resolve(/^(\+PONG|-NOAUTH)/.test(answer.toString()));
      socket.destroy();
    });
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Asks one question over a connection of its own. */
export async function askServer<T>(
  port: number,
  password: string | undefined,
  question: (server: Redis) => Promise<T>,
): Promise<T> {
  const server = new Redis(port, '127.0.0.1', {
    ...(password ? { password } : {}),
    retryStrategy: () => null,
  });
  server.on('error', () => undefined);
  try {
    return await question(server);
  } finally {
    server.disconnect();
  }
}
