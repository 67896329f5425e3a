/** Runs a real Elasticsearch as a child process: one node on loopback, which can be killed, suspended and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './network/ports.ts';
import { type DisturbedServer, watchProgram } from './programs/programs.ts';
import { temporaryFolder } from './programs/temporary-folder.ts';

/** Name the server's home and its JDK for a test run; empty where there is none. */
export const elasticsearchHomeVariable = 'GATEHOUSE_ELASTICSEARCH_HOME';
export const elasticsearchJavaVariable = 'GATEHOUSE_ELASTICSEARCH_JAVA';

export interface ElasticsearchOptions {
  home: string;
  javaHome: string;
  /** Users, roles and API keys; the only user is `admin` with this password. */
  adminPassword?: string;
  /** Default 512. */
  heapMiB?: number;
  /** C1 only: starts quicker, indexes slower. Default true; false to measure. */
  isQuickStart?: boolean;
  /** Default: free ones. */
  ports?: { http: number; transport: number };
  /** Settings of the node that win, such as those of a cluster; without them it is one of its own. */
  settings?: Record<string, unknown>;
}

export interface ElasticsearchTestServer extends DisturbedServer {
  readonly url: string;
}

/** The account that nothing else runs under; the server refuses root. */
const nobody = 65_534;
const readyLimitMs = 120_000;

export async function startElasticsearch(options: ElasticsearchOptions): Promise<ElasticsearchTestServer> {
  const ports = options.ports ?? { http: await freePort(), transport: await freePort() };
  const folder = await temporaryFolder();
  await configure(folder, ports, options);
  const url = `http://127.0.0.1:${ports.http}`;
  let child = await start(folder, url, options);
  const kill = () => end(child);
  return {
    url,
    kill,
    async restart() {
      await kill();
      child = await start(folder, url, options);
    },
    suspend: () => signalGroup(child, 'SIGSTOP'),
    resume: () => signalGroup(child, 'SIGCONT'),
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function configure(
  folder: string,
  ports: { http: number; transport: number },
  options: ElasticsearchOptions,
): Promise<void> {
  const { home, javaHome, adminPassword, isQuickStart = true, settings: more = {} } = options;
  const config = join(folder, 'config');
  await cp(join(home, 'config'), config, { recursive: true });
  await Promise.all(['data', 'logs', 'tmp'].map((name) => mkdir(join(folder, name))));
  const settings = {
    'cluster.name': 'test',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': ports.http,
    'transport.port': ports.transport,
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'xpack.security.enabled': adminPassword !== undefined,
    // The disk of the machine is not the subject.
    'cluster.routing.allocation.disk.threshold_enabled': false,
    // Whenever Elasticsearch looks at its disks, by default every 30 seconds, it removes the block of a full disk that a test has set.
    'cluster.info.update.interval': '1d',
    ...more,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  await writeFile(join(config, 'elasticsearch.yml'), lines.join('\n'));
  if (isQuickStart) {
    await mkdir(join(config, 'jvm.options.d'), { recursive: true });
    await writeFile(join(config, 'jvm.options.d/quick-start.options'), '-XX:TieredStopAtLevel=1\n');
  }
  if (adminPassword !== undefined) {
    const added = spawnSync(
      join(home, 'bin/elasticsearch-users'),
      ['useradd', 'admin', '-p', adminPassword, '-r', 'superuser'],
      { env: { ...process.env, ES_JAVA_HOME: javaHome, ES_PATH_CONF: config }, encoding: 'utf8' },
    );
    if (added.status !== 0) throw new Error(`no user could be added: ${added.stderr}`);
  }
  if (process.getuid?.() === 0) spawnSync('chown', ['-R', `${nobody}:${nobody}`, folder]);
}

async function start(folder: string, url: string, options: ElasticsearchOptions): Promise<ChildProcess> {
  const { home, javaHome, heapMiB = 512, adminPassword } = options;
  const isRoot = process.getuid?.() === 0;
  // A group of its own: the launcher starts the server as its child, and both end together.
  const child = spawn(join(home, 'bin/elasticsearch'), [], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    uid: isRoot ? nobody : undefined,
    gid: isRoot ? nobody : undefined,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ES_JAVA_HOME: javaHome,
      ES_PATH_CONF: join(folder, 'config'),
      ES_TMPDIR: join(folder, 'tmp'),
      ES_JAVA_OPTS: `-Xms${heapMiB}m -Xmx${heapMiB}m`,
    },
  });
  const headers: Record<string, string> =
    adminPassword === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`admin:${adminPassword}`).toString('base64')}` };
  try {
    await untilReady(child, `${url}/_cluster/health?wait_for_status=yellow&timeout=1s`, headers);
  } catch (error) {
    await end(child);
    throw error;
  }
  return child;
}

async function untilReady(child: ChildProcess, url: string, headers: Record<string, string>): Promise<void> {
  const program = watchProgram(child);
  const deadlineMs = performance.now() + readyLimitMs;
  for (;;) {
    const response = await fetch(url, { headers }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    const late =
      performance.now() > deadlineMs ? `was not ready within ${readyLimitMs / 1_000} s` : undefined;
    const problem = late ?? program.ended();
    if (problem) throw new Error(`Elasticsearch ${problem}: ${program.output()}`);
    await wait(100);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  signalGroup(child, 'SIGKILL');
  await exited;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
