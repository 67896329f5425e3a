/** A real Redis (or Valkey) server as a child process. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RedisServerOptions {
  port: number;
  /** Folder for the append-only file; without one the server keeps nothing. */
  dataDir?: string;
  cluster?: boolean;
  onLine?: (line: string) => void;
}

export interface RedisServer {
  readonly process: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** Ends the process and resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The server's program on this machine, or undefined when none is on the PATH. */
export function findRedisProgram(): string | undefined {
  for (const name of ['redis-server', 'valkey-server']) {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return name;
    } catch {}
  }
  return undefined;
}

/** Starts a server on loopback and resolves once it accepts connections. */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const program = findRedisProgram();
  if (!program) throw new Error('neither redis-server nor valkey-server is on the PATH');
  const child = spawn(program, serverArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] });
  await untilReady(child, options);
  return {
    process: child,
    port: options.port,
    url: `redis://127.0.0.1:${options.port}`,
    stop: (signal = 'SIGTERM') => stop(child, signal),
  };
}

function serverArguments({ port, dataDir, cluster }: RedisServerOptions): string[] {
  const persistence = dataDir
    ? ['--dir', dataDir, '--appendonly', 'yes', '--appendfsync', 'everysec']
    : ['--appendonly', 'no', '--dir', '/tmp'];
  const clusterMode = cluster
    ? ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}-${process.pid}.conf`]
    : [];
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--daemonize', 'no'],
    ...['--maxmemory-policy', 'noeviction'],
    ...persistence,
    ...clusterMode,
  ];
}

function untilReady(child: ChildProcess, options: RedisServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      const text = chunk.toString();
      output = (output + text).slice(-4000);
      for (const line of text.split('\n')) if (line && options.onLine) options.onLine(line);
      if (/Ready to accept connections/i.test(output)) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the Redis server ended with ${code}: ${output}`)));
  });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
