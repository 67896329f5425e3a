/** One region as processes of this machine: PostgreSQL, Redis, a Configuration Server, the three services and their public host. */
import { join } from 'node:path';
import { createStandby } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { configServerProgram } from '../../../tools/stack/backing/config-server.ts';
import { prepareDatabases, type ServiceDatabases } from '../../../tools/stack/backing/databases.ts';
import { postgresProgram, postgresUrl } from '../../../tools/stack/backing/postgres.ts';
import { redisProgram, redisUrl } from '../../../tools/stack/backing/redis.ts';
import type { Ports } from '../../../tools/stack/ports.ts';
import type { SupervisedProgram } from '../../../tools/stack/processes/supervised.ts';
import {
  migrateDatabases,
  type ServicePlan,
  serviceAddresses,
  servicePrograms,
} from '../../../tools/stack/services.ts';
import { createFolders, statePaths } from '../../../tools/stack/state/paths.ts';
import type { createComponent } from '../../harness/component.ts';
import { createHttp } from '../../harness/http.ts';
import { openGateway, type Site } from '../../harness/site.ts';

export interface RegionOptions {
  location: string;
  /** Its secrets are the same in every region, as passwords and keys are. */
  site: Site;
  ports: Ports;
  /** For the services that replace those of `ports`, and the other way round. */
  spare: Ports;
  publicUrl: string;
  closers: AsyncDisposableStack;
}

export type Region = Awaited<ReturnType<typeof createRegion>>;

type Component = ReturnType<typeof createComponent>;

export async function createRegion(options: RegionOptions) {
  const { location, site, ports, spare, publicUrl, closers } = options;
  const { secrets } = site;
  const paths = statePaths(join(site.folder, location.slice(1)));
  createFolders(paths);
  const stores = new Map<string, Component>();
  let services: Component[] = [];
  let active = { ...spare, ...backing(ports) };
  const serverUrl = postgresUrl(ports.postgres, secrets);
  const databaseUrl = serverUrl.replace(/postgres$/, 'gatehouse');
  const roleUrl = (role: string, password: string) => {
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = password;
    return url.href;
  };
  const databases: ServiceDatabases = {
    authUrl: roleUrl('gatehouse_auth', secrets.authRolePassword),
    environmentUrl: roleUrl('gatehouse_environment', secrets.environmentRolePassword),
    adminUrl: databaseUrl,
  };
  const open = () => openGateway(ports.gateway, publicUrl, serviceAddresses(active));
  let gateway = await open();
  closers.defer(() => gateway.close());
  const { url } = gateway;
  const planOf = (settings: NodeJS.ProcessEnv): ServicePlan => ({
    ...{ publicUrl, playgroundUrl: 'http://localhost', compat: true, ports: active, databases, secrets },
    redisUrl: redisUrl(ports.redis, secrets),
    more: { GATEHOUSE_LOCATION: location, ...settings },
  });

  async function startStores(...programs: SupervisedProgram[]): Promise<void> {
    const started = await site.startAll(programs, paths.logs);
    for (const component of started) stores.set(component.name, component);
  }
  const startPostgres = () => startStores(postgresProgram(ports.postgres, secrets, paths));
  const end = (components: Iterable<Component>, how: 'stop' | 'kill') =>
    Promise.all([...components].map((component) => component[how]()));

  return {
    location,
    ports,
    url,
    http: createHttp(url),
    startStores: () =>
      startStores(redisProgram(ports.redis, secrets, paths), configServerProgram(ports.configServer, paths)),
    startPostgres,
    /** Creates the database, its roles and its tables. */
    async prepareDatabase(): Promise<void> {
      await prepareDatabases(serverUrl, secrets, paths);
      await migrateDatabases(planOf({}));
    },
    /** The command that the charts run before each upgrade. */
    migrate: () => migrateDatabases(planOf({})),
    stopPostgres: async () => stores.get('postgres')?.stop(),
    /** In place of `pg_basebackup`, which the npm package of PostgreSQL lacks; the same steps. */
    async copyFrom(other: Ports, otherFolder: string): Promise<void> {
      await createStandby({
        primaryUrl: postgresUrl(other.postgres, secrets),
        primaryDataDir: otherFolder,
        dataDir: paths.postgresData,
        slot: `region${location.slice(1).toLowerCase()}`,
      });
      await startPostgres();
    },
    postgresFolder: paths.postgresData,
    /** Runs a statement, and resolves with the first value as `psql` prints it. */
    async psql(statement: string): Promise<unknown> {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      try {
        const { rows } = await client.query({ text: statement, rowMode: 'array' });
        return rows[0]?.[0];
      } finally {
        await client.end();
      }
    },
    /** Starts the services with these settings; those that run are stopped when the new ones serve, as pods are replaced. */
    async roll(settings: NodeJS.ProcessEnv): Promise<void> {
      const former = services;
      active = { ...(active.authApi === ports.authApi ? spare : ports), ...backing(ports) };
      services = await site.startAll(servicePrograms(planOf(settings)), paths.logs);
      await gateway.close();
      gateway = await open();
      await end(former, 'stop');
    },
    /** Power off: everything at once. */
    kill: () => end([...stores.values(), ...services], 'kill'),
  };
}

/** Ports of the programs that are not replaced with the services. */
function backing({ postgres, redis, configServer, gateway }: Ports) {
  return { postgres, redis, configServer, gateway };
}
