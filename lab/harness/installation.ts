/** Starts the installation of `npm start` on free ports of loopback, each program under control of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configServerProgram } from '../../tools/stack/backing/config-server.ts';
import { prepareDatabases } from '../../tools/stack/backing/databases.ts';
import { postgresProgram, postgresUrl } from '../../tools/stack/backing/postgres.ts';
import { redisProgram, redisUrl } from '../../tools/stack/backing/redis.ts';
import type { SupervisedProgram } from '../../tools/stack/processes/supervised.ts';
import { contactCenterId, demoClients, operator } from '../../tools/stack/provisioning/demo.ts';
import { provision } from '../../tools/stack/provisioning/provision.ts';
import {
  migrateDatabases,
  type ServicePlan,
  serviceAddresses,
  servicePrograms,
} from '../../tools/stack/services.ts';
import type { createComponent } from './component.ts';
import { freePorts, openGateway, openSite } from './site.ts';
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

/** `closers` end it. */
export async function startChaosStack(
  closers: AsyncDisposableStack,
  { settings = {}, beforePostgres = (port) => port }: StackChange = {},
) {
  const site = openSite('chaos', closers);
  const { paths, secrets } = site;
  const postgresFolder = join(paths.postgresData, '..', 'postgres-disk');
  mkdirSync(postgresFolder);
  const disks = {
    redis: mountSmallDisk(paths.redisData, redisDiskMiB),
    postgres: mountSmallDisk(postgresFolder, postgresDiskMiB),
  };
  for (const disk of Object.values(disks)) closers.defer(() => disk?.unmount());
  const { ports } = await freePorts('ports');

  const components = new Map<string, ReturnType<typeof createComponent>>();
  const addComponent = (program: SupervisedProgram) => {
    const component = site.addComponent(program);
    components.set(component.name, component);
    return component;
  };
  const startAll = (programs: readonly SupervisedProgram[]) =>
    Promise.all(programs.map(addComponent).map((component) => component.start()));

  const postgresData = join(postgresFolder, 'data');
  await startAll([
    redisProgram(ports.redis, secrets, paths),
    postgresProgram(ports.postgres, secrets, { postgresData }),
    configServerProgram(ports.configServer, paths),
  ]);
  const server = postgresUrl(beforePostgres(ports.postgres), secrets);
  const databases = await prepareDatabases(server, secrets, paths);
  const publicUrl = `http://127.0.0.1:${ports.gateway}`;
  const playgroundUrl = 'http://localhost';
  const stores = { databases, secrets, redisUrl: redisUrl(ports.redis, secrets) };
  const plan: ServicePlan = { publicUrl, playgroundUrl, compat: true, ports, ...stores, more: settings };
  await migrateDatabases(plan);
  const addresses = serviceAddresses(ports);
  const gateway = await openGateway(ports.gateway, publicUrl, addresses);
  closers.defer(() => gateway.close());
  await startAll(servicePrograms(plan));
  const clients = demoClients(playgroundUrl);
  await provision({ publicUrl, configServerPort: ports.configServer, clients });
  return {
    ...{ publicUrl, plan, addresses, components, addComponent, disks, operator, contactCenterId },
    ...{ redisUrl: stores.redisUrl, postgresUrl: databases.adminUrl, logFolder: paths.logs },
    ...{ postgresData, postgresPassword: secrets.postgresPassword },
  };
}
