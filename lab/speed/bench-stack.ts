/** Starts the services for the bench as a user does, in a folder of its own, and pins them to cores. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { provision } from '../../tools/stack/provisioning/provision.ts';
import type { ServiceName } from '../../tools/stack/services.ts';
import { createSigner, registerClients } from './bench-clients.ts';
import type { LoadPlan } from './load.ts';
import { loadCore, pin, serverCore } from './machine.ts';
import { start } from './processes.ts';
import { basic, sendForm } from './requests.ts';

/** A bare form post; the same with so many turns of Redis, or with one signature. */
export type FloorName =
  | 'form'
  | `redis-set-${1 | 2 | 3}`
  | 'redis-get'
  | `sign-${'rs256' | 'es256' | 'eddsa'}`;

export type BenchStack = Awaited<ReturnType<typeof startBenchStack>>;

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

interface RunningProcess {
  name: string;
  pid: number;
}

/** The line that oidc-provider prints when it is up. */
interface Peer {
  url: string;
  authorization: string;
  redirectUri: string;
  /** Another application. */
  second: { id: string; authorization: string };
}

/** A bench signs in from one address as often as it wants. */
const withoutLimits = {
  GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '1000000',
  GATEHOUSE_SIGN_IN_BUSY_DELAY_MS: '0',
};

/** `chains`: token chains that a row with chained bodies may start; `agents`: people beside those of the demo. */
export async function startBenchStack(chains: number, agents = 0) {
  const { file, processes, others, stop } = await startServers(agents);
  const { floor, configServer, peer } = others;
  const { publicUrl, redisUrl, postgresUrl } = file;
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
  const authApiUrl = services['auth-api'].url;
  const operator = basic(file.ops.username, file.ops.password);
  const signer = createSigner();
  const clients = await registerClients(authApiUrl, operator, signer, file.contactCenterId);
  return {
    ...clients,
    authApiUrl,
    configServerPort: Number(configServer.line),
    redisUrl,
    /** As an account that may write everything. */
    postgresUrl,
    publicUrl,
    operator,
    contactCenterId: file.contactCenterId,
    user: { name: user.username, password: user.password, tenant: user.tenant },
    /** A password login without openid: an ID token would make a row about signatures. */
    login: {
      grant_type: 'password',
      username: `${user.tenant}\\${user.username}`,
      password: user.password,
      scope: 'calls:read',
    },
    issuer: `${publicUrl}/auth/v3`,
    /** Signs assertions and proofs of the client; it is registered as an issuer of assertions. */
    signer,
    /** oidc-provider on the same Redis. */
    peer: { ...(JSON.parse(peer.line) as Peer), pid: peer.pid },
    /** The three services by name, their addresses without the path of their API. */
    services,
    serverPid: services['auth-api'].pid,
    /** Of the floors and of the form post. */
    floorPid: floor.pid,
    /** The processes that serve a login: Auth API and Auth UI. */
    loginPids,
    pids: [...processes, ...Object.values(others)].map(({ pid }) => pid),
    isPinned: pinAll(
      [...loginPids, floor.pid, peer.pid],
      [process.pid, configServer.pid, ...processes.map(({ pid }) => pid)],
    ),
    chains,
    floor: (name: FloorName): LoadPlan => ({
      url: `${floor.line}/${name}`,
      headers: {},
      body: 'grant_type=client_credentials',
    }),
    token: (form: Record<string, string>) =>
      sendForm(`${authApiUrl}/auth/v3/oauth/token`, form, clients.authorization),
    /** One more on the PostgreSQL server, for a peer; its address. */
    async createDatabase(name: string): Promise<URL> {
      const client = new pg.Client({ connectionString: postgresUrl });
      await client.connect();
      await client.query(`CREATE DATABASE ${name}`);
      await client.end();
      return Object.assign(new URL(postgresUrl), { pathname: `/${name}` });
    },
    stop,
  };
}

/** The local stack, and beside it what a bench needs: floors, a Configuration Server that is quick, oidc-provider. */
async function startServers(agents: number) {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  await chmod(folder, 0o755);
  const stackArgs = ['--port', '0', '--quiet', '--state', folder];
  const stack = await start(['tools/stack/start.ts', ...stackArgs], withoutLimits);
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const file: StackFile = await read('stack.json');
  const processes: RunningProcess[] = await read('stack.processes.json');
  const floor = await start(['lab/speed/floor-server.ts', file.redisUrl]);
  const configServer = await start(['lab/speed/config-server.ts', `${agents}`]);
  await provision({
    publicUrl: file.publicUrl,
    configServerPort: Number(configServer.line),
    clients: [],
  });
  const peer = await start(['lab/speed/peers/oidc-provider-server.mjs', file.redisUrl, configServer.line]);
  const others = { floor, configServer, peer, stack };
  return {
    file,
    /** Those that the stack runs. */
    processes,
    others,
    async stop(): Promise<void> {
      await Promise.all(Object.values(others).map((started) => started.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The servers to one core, the rest of `pids` to the other. */
function pinAll(servers: readonly number[], pids: readonly number[]): boolean {
  const others = pids.filter((pid) => !servers.includes(pid));
  return [...servers.map((pid) => pin(pid, serverCore)), ...others.map((pid) => pin(pid, loadCore))].every(
    Boolean,
  );
}
