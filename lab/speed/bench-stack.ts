/** Starts the services for the bench as a user does, in a folder of its own, and pins them to cores. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { provision } from '../../tools/stack/provisioning/provision.ts';
import {
  type BenchSigner,
  basic,
  createSigner,
  mainClient,
  registerClient,
  registerJwtClients,
  registerLoginClient,
} from './bench-clients.ts';
import type { LoadPlan } from './load.ts';
import { loadCore, pin, serverCore } from './machine.ts';

export type ServiceName = 'auth-api' | 'auth-ui' | 'environment-api';

/** A bare form post; the same with so many turns of Redis, or with one signature. */
export type FloorName =
  | 'form'
  | `redis-set-${1 | 2 | 3}`
  | 'redis-get'
  | `sign-${'rs256' | 'es256' | 'eddsa'}`;

interface TokenAnswer {
  access_token: string;
  refresh_token?: string;
}

export interface BenchStack {
  readonly authApiUrl: string;
  readonly configServerPort: number;
  readonly redisUrl: string;
  /** As an account that may write everything. */
  readonly postgresUrl: string;
  /** Basic credentials of a client of our own, with every grant that a row needs and a secret that the server generated. */
  readonly authorization: string;
  readonly publicUrl: string;
  /** Basic credentials of an operator. */
  readonly operator: string;
  readonly user: { name: string; password: string; tenant: string };
  /** Confidential applications that users sign in to. */
  readonly loginClient: { id: string; authorization: string };
  readonly secondLoginClient: { id: string; authorization: string };
  /** A password login without openid: an ID token would make a row about signatures. */
  readonly login: Record<string, string>;
  readonly issuer: string;
  /** Signs assertions and proofs of the client; it is registered as an issuer of assertions. */
  readonly signer: BenchSigner;
  /** oidc-provider on the same Redis. */
  readonly peer: {
    url: string;
    authorization: string;
    redirectUri: string;
    pid: number;
    /** Another application. */
    second: { id: string; authorization: string };
  };
  /** The three services by name, their addresses without the path of their API. */
  readonly services: Readonly<Record<ServiceName, { pid: number; url: string }>>;
  readonly serverPid: number;
  /** Of the floors and of the form post. */
  readonly floorPid: number;
  /** The processes that serve a login: Auth API and Auth UI. */
  readonly loginPids: readonly number[];
  readonly pids: readonly number[];
  readonly isPinned: boolean;
  /** Token chains that a row with chained bodies may start. */
  readonly chains: number;
  /** Credentials of another client of our own. */
  client(id: string): Promise<string>;
  floor(name: FloorName): LoadPlan;
  token(form: Record<string, string>): Promise<TokenAnswer>;
  stop(): Promise<void>;
}

/** The parts of stack.json that a bench reads. */
interface StackFile {
  publicUrl: string;
  contactCenterId: string;
  services: Record<ServiceName, { url: string }>;
  ops: { username: string; password: string };
  users: { username: string; tenant: string; password: string }[];
  redisUrl: string;
  postgresUrl: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = [process.execPath, '--conditions=source'] as const;

/** A bench signs in from one address as often as it wants. */
const withoutLimits = {
  GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '1000000',
  GATEHOUSE_SIGN_IN_BUSY_DELAY_MS: '0',
};

/** `agents`: people beside those of the demo. */
export async function startBenchStack(chains: number, agents = 0): Promise<BenchStack> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  await chmod(folder, 0o755);
  const stack = await start(
    ['tools/stack/start.ts', '--port', '0', '--quiet', '--state', folder],
    withoutLimits,
  );
  const file = JSON.parse(await readFile(join(folder, 'stack.json'), 'utf8')) as StackFile;
  const processes = JSON.parse(
    await readFile(join(folder, 'stack.processes.json'), 'utf8'),
  ) as RunningProcess[];
  const floor = await start(['lab/speed/floor-server.ts', file.redisUrl]);
  const configServer = await start(['lab/speed/config-server.ts', `${agents}`]);
  await provision({ publicUrl: file.publicUrl, configServerPort: Number(configServer.line), clients: [] });
  const serviceOf = (name: ServiceName) => ({
    pid: processes.find((one) => one.name === name)?.pid ?? 0,
    url: file.services[name].url,
  });
  const services = {
    'auth-api': serviceOf('auth-api'),
    'auth-ui': serviceOf('auth-ui'),
    'environment-api': serviceOf('environment-api'),
  };
  const loginPids = [services['auth-api'].pid, services['auth-ui'].pid];
  const user = file.users[0];
  if (!user) throw new Error('the demo data lacks what the bench needs');
  const { url: authApiUrl } = file.services['auth-api'];
  const peerServer = await start([
    'lab/speed/peers/oidc-provider-server.mjs',
    file.redisUrl,
    configServer.line,
  ]);
  const peer = JSON.parse(peerServer.line) as BenchStack['peer'];
  const signer = createSigner();
  const authorization = await registerClient(authApiUrl, file.ops, mainClient(signer, file.contactCenterId));
  const others = await registerJwtClients(authApiUrl, file.ops);
  return {
    authApiUrl,
    configServerPort: Number(configServer.line),
    redisUrl: file.redisUrl,
    postgresUrl: file.postgresUrl,
    authorization,
    publicUrl: file.publicUrl,
    operator: basic(file.ops.username, file.ops.password),
    user: { name: user.username, password: user.password, tenant: user.tenant },
    loginClient: await registerLoginClient(authApiUrl, file.ops, 'bench-login'),
    secondLoginClient: await registerLoginClient(authApiUrl, file.ops, 'bench-login-second'),
    login: {
      grant_type: 'password',
      username: `${user.tenant}\\${user.username}`,
      password: user.password,
      scope: 'calls:read',
    },
    issuer: `${file.publicUrl}/auth/v3`,
    signer,
    peer: { ...peer, pid: peerServer.process.pid ?? 0 },
    client: async (id) => others.get(id) ?? '',
    services,
    serverPid: services['auth-api'].pid,
    floorPid: floor.process.pid ?? 0,
    loginPids,
    pids: [
      ...processes.map(({ pid }) => pid),
      ...[floor, configServer, peerServer, stack].map((started) => started.process.pid ?? 0),
    ],
    isPinned: pinAll(
      [...loginPids, floor.process.pid ?? 0, peerServer.process.pid ?? 0],
      [...processes, { name: 'config-server', pid: configServer.process.pid ?? 0 }],
    ),
    chains,
    floor: (name) => ({ url: `${floor.line}/${name}`, headers: {}, body: 'grant_type=client_credentials' }),
    token: (form) => requestToken(authApiUrl, authorization, form),
    async stop() {
      await Promise.all([floor, configServer, peerServer, stack].map((started) => end(started.process)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface RunningProcess {
  name: string;
  pid: number;
}

function pinAll(servers: readonly number[], processes: readonly RunningProcess[]): boolean {
  const others = [process.pid, ...processes.map(({ pid }) => pid).filter((pid) => !servers.includes(pid))];
  return [...servers.map((pid) => pin(pid, serverCore)), ...others.map((pid) => pin(pid, loadCore))].every(
    Boolean,
  );
}

async function requestToken(
  url: string,
  authorization: string,
  form: Record<string, string>,
): Promise<TokenAnswer> {
  const answer = await fetch(`${url}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  });
  if (!answer.ok) throw new Error(`${form['grant_type']}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as TokenAnswer;
}

/** Resolves with the first line that the program prints. */
export async function start(
  args: readonly string[],
  settings: NodeJS.ProcessEnv = {},
): Promise<{ process: ChildProcess; line: string }> {
  const child = spawn(node[0], [node[1], ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...settings },
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = await Promise.race([
    once(lines, 'line').then(([first]) => String(first)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${args[0]} ended with ${code}`))),
  ]);
  return { process: child, line };
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
