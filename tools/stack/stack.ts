/** Starts the whole installation on one machine in order, keeps it running, and stops it in reverse. */
import { rmSync } from 'node:fs';
import { startPlayground } from '../../examples/playground/playground.ts';
import type { Progress } from '../bootstrap/progress.mjs';
import { dropSchemas, prepareDatabases, type ServiceDatabases } from './backing/databases.ts';
import { postgresUrl } from './backing/postgres.ts';
import { backingPrograms } from './backing/programs.ts';
import { checkRedis, dropKeys, redisUrl } from './backing/redis.ts';
import { startGateway } from './gateway.ts';
import type { StackOptions } from './options.ts';
import { playgroundOptions } from './playground.ts';
import { choosePorts, type ListenerName, listenerNames, type PortChoice, type Ports } from './ports.ts';
import { createProcessRegister, endLeftovers } from './processes/register.ts';
import { createSupervised, type SupervisedProgram, type Supervision } from './processes/supervised.ts';
import {
  contactCenterId,
  type DemoClient,
  demoClients,
  environmentId,
  operator,
} from './provisioning/demo.ts';
import { type DemoPeople, provision } from './provisioning/provision.ts';
import { choosePublicHost, type PublicHost } from './public-host.ts';
import type { ScreenFacts } from './screen/screen.ts';
import {
  migrateDatabases,
  type ServicePlan,
  serviceAddresses,
  serviceListeners,
  servicePrograms,
} from './services.ts';
import { keptDemoApps } from './state/demo-apps.ts';
import { createFolders, type StatePaths } from './state/paths.ts';
import { loadSecrets, type Secrets } from './state/secrets.ts';
import { removeStackFile, writeStackFile } from './state/stack-file.ts';

export interface StackEnvironment {
  options: StackOptions;
  paths: StatePaths;
  progress: Progress;
  /** A sentence for the person at the terminal while the stack runs. */
  print(sentence: string): void;
  /** A process cannot be kept alive: the caller stops the stack. */
  giveUp(reason: string): void;
  /** Aborted when the stack shall stop, also while it starts. */
  signal: AbortSignal;
}

export interface Stack {
  /** Resolves when everything serves and the demo data is there. */
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
    const { programs, titles } = backingPrograms({ options, ports, secrets, paths });
    if (programs.length > 0) await step(titles.join(', '), () => supervise(programs));
    await checkRedis(options.redisUrl ?? redisUrl(ports.redis, secrets));
    const serverUrl = options.postgresUrl ?? postgresUrl(ports.postgres, secrets);
    return step('Database and roles', () => prepareDatabases(serverUrl, secrets, paths));
  }

  async function startServices(
    plan: ServicePlan,
    release: PortChoice['release'],
    identity: PublicHost['identity'],
  ): Promise<void> {
    const addresses = serviceAddresses(plan.ports);
    await release('gateway', ...serviceListeners);
    const gateway = await startGateway({
      port: plan.ports.gateway,
      publicUrl: plan.publicUrl,
      identity,
      authApi: addresses['auth-api'].url,
      authUi: addresses['auth-ui'].url,
      environmentApi: addresses['environment-api'].url,
    });
    stops.push(() => gateway.close());
    await supervise(servicePrograms(plan));
  }

  async function start(): Promise<ScreenFacts> {
    const secrets = await prepareState();
    const { ports, notes, release } = await choosePorts(options.port, unusedListeners(options));
    stops.push(() => release(...listenerNames));
    for (const note of notes) progress.note(note);
    const { publicUrl, localUrl, caFile, identity } = choosePublicHost(options, ports.gateway, paths);
    // Another host name than the public one: cookies do not tell ports apart.
    const playgroundUrl = `http://127.0.0.1:${ports.playground}`;
    const clients = demoClients(playgroundUrl);

    await release('postgres', 'redis', 'configServer');
    const databases = await startBacking(ports, secrets);
    const redis = options.redisUrl ?? redisUrl(ports.redis, secrets);
    const { compat } = options;
    const plan = { publicUrl, playgroundUrl, compat, ports, databases, secrets, redisUrl: redis };
    await step('Migrations', () => migrateDatabases(plan));
    await step('Auth API, Auth UI, Environment API', () => startServices(plan, release, identity));
    const configServerPort = options.directory === 'people' ? undefined : ports.configServer;
    const factors = options.secondFactor ? { publicUrl, apps: keptDemoApps(paths) } : undefined;
    const demo = { publicUrl: localUrl, configServerPort, clients, factors };
    const people = await step('Demo data', () => provision(demo));
    await step('Playground', async () => {
      await release('playground');
      const playground = await startPlayground(playgroundOptions(plan, localUrl, caFile, people));
      stops.push(() => playground.close());
    });

    signal.throwIfAborted();
    const configServer =
      configServerPort === undefined ? undefined : { host: '127.0.0.1', port: configServerPort };
    const description = describeStack(plan, clients, people);
    writeStackFile(paths.stackFile, { ...description, configServer, localUrl, caFile });
    const { stackFile, logs: logFolder } = paths;
    return { publicUrl, localUrl, caFile, playgroundUrl, configServerPort, ...people, stackFile, logFolder };
  }

  async function stop(): Promise<void> {
    removeStackFile(paths.stackFile);
    for (const one of stops.splice(0).reverse())
      await Promise.resolve(one()).catch((error: Error) => voice.print(`Stopping: ${error.message}`));
  }

  return { start, stop };
}

/** Deletes all data: the folder of the stack, and on given servers the schemas and keys of Gatehouse. */
async function reset(
  { postgresUrl: postgres, redisUrl: redis }: StackOptions,
  paths: StatePaths,
): Promise<void> {
  rmSync(paths.data, { recursive: true, force: true });
  if (postgres) await dropSchemas(postgres);
  if (redis) await dropKeys(redis);
}

function unusedListeners({
  postgresUrl: postgres,
  redisUrl: redis,
  directory,
}: StackOptions): ListenerName[] {
  return [
    ...(postgres ? (['postgres'] as const) : []),
    ...(redis ? (['redis'] as const) : []),
    ...(directory === 'people' ? (['configServer'] as const) : []),
  ];
}

function describeStack(
  { publicUrl, ports, databases, redisUrl: redis }: ServicePlan,
  clients: DemoClient[],
  people: DemoPeople,
) {
  return {
    publicUrl,
    services: serviceAddresses(ports),
    ops: operator,
    clients,
    ...people,
    environmentId,
    contactCenterId,
    postgresUrl: databases.adminUrl,
    redisUrl: redis,
  };
}
