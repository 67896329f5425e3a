/** Starts the installation of `npm start` on free ports of loopback, each program under control of its own. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configServerProgram } from '../../tools/stack/backing/config-server.ts';
import { prepareDatabases } from '../../tools/stack/backing/databases.ts';
import { postgresProgram, postgresUrl } from '../../tools/stack/backing/postgres.ts';
import { redisProgram, redisUrl } from '../../tools/stack/backing/redis.ts';
import { startGateway } from '../../tools/stack/gateway.ts';
import { choosePorts, listenerNames } from '../../tools/stack/ports.ts';
import { createProcessRegister } from '../../tools/stack/processes/register.ts';
import type { SupervisedProgram } from '../../tools/stack/processes/supervised.ts';
import { contactCenterId, demoClients, operator } from '../../tools/stack/provisioning/demo.ts';
import { provision } from '../../tools/stack/provisioning/provision.ts';
import {
  migrateDatabases,
  type ServicePlan,
  serviceAddresses,
  servicePrograms,
} from '../../tools/stack/services.ts';
import { createFolders, statePaths } from '../../tools/stack/state/paths.ts';
import { loadSecrets } from '../../tools/stack/state/secrets.ts';
import { createComponent } from './component.ts';
import { mountSmallDisk } from './small-disk.ts';

export type ChaosStack = Awaited<ReturnType<typeof startChaosStack>>;

const redisDiskMiB = 64;
const postgresDiskMiB = 400;

export interface StackChange {
  /** Settings of both APIs that `npm start` does not make. */
  settings?: NodeJS.ProcessEnv;
  /** Stands between the services and PostgreSQL; gives its port. */
  beforePostgres?: (port: number) => number;
}

export async function startChaosStack({ settings = {}, beforePostgres = (port) => port }: StackChange = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-chaos-'));
  chmodSync(folder, 0o755);
  const paths = statePaths(folder);
  createFolders(paths);
  const closers = new AsyncDisposableStack();
  closers.defer(() => rmSync(folder, { recursive: true, force: true }));
  const postgresFolder = join(paths.postgresData, '..', 'postgres-disk');
  mkdirSync(postgresFolder);
  const disks = {
    redis: mountSmallDisk(paths.redisData, redisDiskMiB),
    postgres: mountSmallDisk(postgresFolder, postgresDiskMiB),
  };
  for (const disk of Object.values(disks)) closers.defer(() => disk?.unmount());
  const register = createProcessRegister(paths.processes);
  closers.defer(() => register.close());
  const secrets = loadSecrets(paths);
  const { ports, release } = await choosePorts(0);
  await release(...listenerNames);

  const components = new Map<string, ReturnType<typeof createComponent>>();
  const addComponent = (program: SupervisedProgram) => {
    const component = createComponent(program, register, paths.logs);
    components.set(component.name, component);
    closers.defer(() => component.kill());
    return component;
  };
  const startAll = async (programs: readonly SupervisedProgram[]) => {
    programs.forEach(addComponent);
    await Promise.all(programs.map(({ name }) => components.get(name)?.start()));
  };

  const redis = redisUrl(ports.redis, secrets);
  try {
    const postgresPaths = { ...paths, postgresData: join(postgresFolder, 'data') };
    await startAll([
      redisProgram(ports.redis, secrets, paths),
      postgresProgram(ports.postgres, secrets, postgresPaths),
      configServerProgram(ports.configServer, paths),
    ]);
    const server = postgresUrl(beforePostgres(ports.postgres), secrets);
    const databases = await prepareDatabases(server, secrets, paths);
    const publicUrl = `http://127.0.0.1:${ports.gateway}`;
    const playgroundUrl = 'http://localhost';
    const stores = { databases, secrets, redisUrl: redis };
    const plan: ServicePlan = { publicUrl, playgroundUrl, compat: true, ports, ...stores, more: settings };
    await migrateDatabases(plan);
    const addresses = serviceAddresses(ports);
    const gateway = await startGateway({
      port: ports.gateway,
      publicUrl,
      authApi: addresses['auth-api'].url,
      authUi: addresses['auth-ui'].url,
      environmentApi: addresses['environment-api'].url,
    });
    closers.defer(() => gateway.close());
    await startAll(servicePrograms(plan));
    const clients = demoClients(playgroundUrl);
    await provision({ publicUrl, configServerPort: ports.configServer, clients });
    return {
      ...{ publicUrl, plan, addresses, components, addComponent, disks, operator, contactCenterId },
      ...{ redisUrl: redis, postgresUrl: databases.adminUrl, logFolder: paths.logs },
      ...{ postgresData: postgresPaths.postgresData, postgresPassword: secrets.postgresPassword },
      close: () => closers.disposeAsync(),
    };
  } catch (error) {
    await closers.disposeAsync();
    throw error;
  }
}
