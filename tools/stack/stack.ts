/** The whole installation on one machine: starts everything in order, keeps it up, stops it in reverse. */
import { rmSync } from 'node:fs';
import { startPlayground } from '../playground/playground.ts';
import { configServerProgram } from './backing/config-server.ts';
import { dropSchemas, prepareDatabases, type ServiceDatabases } from './backing/databases.ts';
import { postgresProgram, postgresUrl } from './backing/postgres.ts';
import { checkRedis, dropKeys, redisProgram, redisUrl } from './backing/redis.ts';
import { startGateway } from './gateway.ts';
import type { StackOptions } from './options.ts';
import { choosePorts, listenerNames, type Ports } from './ports.ts';
import { createProcessRegister, endLeftovers } from './processes/register.ts';
import { createSupervised, type SupervisedProgram, type Supervision } from './processes/supervised.ts';
import {
  contactCenterId,
  demoClients,
  environmentId,
  exchange,
  operator,
  users,
} from './provisioning/demo.ts';
import { provision } from './provisioning/provision.ts';
import type { Progress } from './screen/progress.ts';
import type { ScreenFacts } from './screen/screen.ts';
import { migrateDatabases, serviceAddresses, serviceListeners, servicePrograms } from './services.ts';
import { createFolders, type StatePaths } from './state/paths.ts';
import { loadSecrets, type Secrets } from './state/secrets.ts';
import { removeStackFile, writeStackFile } from './state/stack-file.ts';

export interface StackEnvironment {
  options: StackOptions;
  paths: StatePaths;
  progress: Progress;
  /** A sentence for the person at the terminal while the stack runs. */
  tell(sentence: string): void;
  /** A process cannot be kept alive: the caller stops the stack. */
  giveUp(reason: string): void;
  /** Aborted when the stack shall stop, also while it starts. */
  signal: AbortSignal;
}

export interface Stack {
  /** Resolves when everything serves and the demo estate is in place. */
  start(): Promise<ScreenFacts>;
  /** Ends what runs, in reverse order; also while `start` is still at work, which then fails. */
  stop(): Promise<void>;
}

export function createStack({ options, paths, progress, signal, ...voice }: StackEnvironment): Stack {
  const stops: (() => Promise<void> | void)[] = [];
  let supervision: Supervision;

  async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    return progress.step(title, work);
  }

  /** Together, because none of them waits for another; all have settled when this returns. */
  async function supervise(programs: SupervisedProgram[]): Promise<void> {
    const processes = programs.map((program) => createSupervised(program, supervision));
    stops.push(async () => {
      await Promise.all(processes.map((process) => process.stop()));
    });
    const results = await Promise.allSettled(processes.map((process) => process.start()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async function prepareState(): Promise<Secrets> {
    const ended = await endLeftovers(paths.processes);
    if (ended.length > 0) progress.note(`Ended what an earlier start left running: ${ended.join(', ')}.`);
    removeStackFile(paths.stackFile);
    if (options.reset) await reset(options, paths);
    createFolders(paths);
    const register = createProcessRegister(paths.processes);
    stops.push(() => register.close());
    supervision = { register, logFolder: paths.logs, ...voice };
    return loadSecrets(paths);
  }

  async function startBacking(ports: Ports, secrets: Secrets): Promise<ServiceDatabases> {
    const programs = [configServerProgram(ports.configServer, paths)];
    const titles = [`Configuration Server simulator on ${ports.configServer}`];
    if (!options.postgresUrl) {
      programs.unshift(postgresProgram(ports.postgres, secrets, paths));
      titles.unshift(`PostgreSQL on ${ports.postgres}`);
    }
    if (!options.redisUrl) {
      programs.unshift(redisProgram(ports.redis, secrets, paths));
      titles.unshift(`Redis on ${ports.redis}`);
    }
    await step(titles.join(', '), () => supervise(programs));
    await checkRedis(options.redisUrl ?? redisUrl(ports.redis, secrets));
    const serverUrl = options.postgresUrl ?? postgresUrl(ports.postgres, secrets);
    return step('Database and roles', () => prepareDatabases(serverUrl, secrets, paths));
  }

  async function start(): Promise<ScreenFacts> {
    const secrets = await prepareState();
    const unused = [
      ...(options.postgresUrl ? (['postgres'] as const) : []),
      ...(options.redisUrl ? (['redis'] as const) : []),
    ];
    const { ports, notes, release } = await choosePorts(options.port, unused);
    stops.push(() => release(...listenerNames));
    for (const note of notes) progress.note(note);

    const publicUrl = `http://127.0.0.1:${ports.gateway}`;
    // Another host name than the public one: cookies do not tell ports apart.
    const playgroundUrl = `http://localhost:${ports.playground}`;
    const clients = demoClients(playgroundUrl);
    await release('postgres', 'redis', 'configServer');
    const databases = await startBacking(ports, secrets);
    const plan = {
      publicUrl,
      ports,
      databases,
      secrets,
      redisUrl: options.redisUrl ?? redisUrl(ports.redis, secrets),
    };
    await step('Migrations', () => migrateDatabases(plan));

    const addresses = serviceAddresses(ports);
    await step('Auth API, Auth UI, Environment API', async () => {
      await release('gateway', ...serviceListeners);
      const gateway = await startGateway({
        port: ports.gateway,
        authApi: addresses['auth-api'].url,
        authUi: addresses['auth-ui'].url,
        environmentApi: addresses['environment-api'].url,
      });
      stops.push(() => gateway.close());
      await supervise(servicePrograms(plan));
    });
    await step('Demo estate', () => provision({ publicUrl, configServerPort: ports.configServer, clients }));
    await step('Playground', async () => {
      await release('playground');
      const playground = await startPlayground({
        port: ports.playground,
        url: playgroundUrl,
        issuer: `${publicUrl}/auth/v3`,
        client: credentials(clients, 'playground'),
        service: {
          ...credentials(clients, exchange.service),
          audience: exchange.audience,
          scope: exchange.scope,
        },
        users: users.map(({ username, tenant, password }) => ({ username, tenant, password })),
      });
      stops.push(() => playground.close());
    });

    signal.throwIfAborted();
    writeStackFile(paths.stackFile, {
      publicUrl,
      services: addresses,
      ops: operator,
      clients,
      users: users.map((user) => ({ ...user })),
      environmentId,
      contactCenterId,
      configServer: { host: '127.0.0.1', port: ports.configServer },
      postgresUrl: databases.adminUrl,
      redisUrl: plan.redisUrl,
    });
    return {
      publicUrl,
      playgroundUrl,
      configServerPort: ports.configServer,
      stackFile: paths.stackFile,
      logFolder: paths.logs,
    };
  }

  async function stop(): Promise<void> {
    removeStackFile(paths.stackFile);
    for (const one of stops.splice(0).reverse()) await one();
  }

  return { start, stop };
}

/** Forgets everything: our folder, and on servers that are not ours what carries our names. */
async function reset(
  { postgresUrl: postgres, redisUrl: redis }: StackOptions,
  paths: StatePaths,
): Promise<void> {
  rmSync(paths.data, { recursive: true, force: true });
  if (postgres) await dropSchemas(postgres);
  if (redis) await dropKeys(redis);
}

function credentials(clients: { client_id: string; client_secret: string }[], id: string) {
  const found = clients.find(({ client_id }) => client_id === id);
  if (!found) throw new Error(`there is no demo client ${id}`);
  return { id: found.client_id, secret: found.client_secret };
}
