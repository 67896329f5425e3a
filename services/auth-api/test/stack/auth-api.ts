/** Auth API as it runs: real PostgreSQL, real Redis, the simulator as Configuration Server. */
import { createHash } from 'node:crypto';
import { systemClock } from '@gatehouse/config-server-client/surroundings';
import {
  demoSeed,
  demoServiceAccount,
  demoTenantName,
  type Simulator,
  startSimulator,
} from '@gatehouse/config-server-simulator';
import {
  type ContactCenterView,
  type EnvironmentView,
  everybody,
  noSecondFactor,
  passwordPlace,
} from '@gatehouse/contracts/environment-api';
import { loadConfig } from '@gatehouse/service-kit/config';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { type App, createDrain, startSteps } from '@gatehouse/service-kit/http';
import { createLogger, createMetrics, type Logger, type Metrics } from '@gatehouse/service-kit/observability';
import { untilRedisIsReady } from '@gatehouse/service-kit/redis';
import { createFilledDatabase, type TestDatabase } from '@gatehouse/testing/postgres';
import { startRedis, type TestRedis } from '@gatehouse/testing/redis';
import { watchingTracing, watchLog, watchSecret } from '@gatehouse/testing/secrets';
import { buildApp, buildInternalApp } from '../../src/app.ts';
import { configuration } from '../../src/config.ts';
import { createDeps, type Deps } from '../../src/domains.ts';
import { migrateAuth } from './database.ts';
import { type EnvironmentApiStandIn, startEnvironmentApi } from './environment-api.ts';
import { silentLog } from './redis.ts';

export const publicUrl = 'https://login.test';
export const ops = { username: 'ops', password: 'known-to-the-tests-only' };
export const serviceClient = { id: 'gatehouse-services', secret: 'shared-service-secret' };
export const encryptionKeys = `k1:${createHash('sha256').update('k1').digest('base64')}`;
/** What a service shares with the others of its installation. */
export const sharedSettings = {
  GATEHOUSE_SERVICE_CLIENT_ID: serviceClient.id,
  GATEHOUSE_SERVICE_CLIENT_SECRET: serviceClient.secret,
  GATEHOUSE_ENCRYPTION_KEYS: encryptionKeys,
};
/** Without them there is no Auth API. */
export const requiredSettings = {
  ...sharedSettings,
  GATEHOUSE_OPS_USERNAME: ops.username,
  GATEHOUSE_OPS_PASSWORD: ops.password,
};
export const environmentId = '11111111-1111-4111-8111-111111111111';
export const contactCenterId = '22222222-2222-4222-8222-222222222222';
export const otherContactCenterId = '77777777-7777-4777-8777-777777777777';

export interface AuthApi {
  app: App;
  /** The listener for the services of the installation. */
  internalApp: App;
  deps: Deps;
  redis: TestRedis;
  database: TestDatabase;
  environmentApi: EnvironmentApiStandIn;
  simulator: Simulator;
  metrics: Metrics;
  /** Lines of the log so far. */
  logged(): string;
  close(): Promise<void>;
}

const internalApps = new WeakMap<App, App>();

/** What Auth UI calls, beside the app that browsers call. */
export function internalAppOf(app: App): App {
  const internalApp = internalApps.get(app);
  if (internalApp === undefined) throw new Error('this app was not started here');
  return internalApp;
}

export interface AuthApiOptions {
  env?: Record<string, string>;
  /** Runs beside another replica: its servers are used and stay open. */
  beside?: AuthApi;
  /** Of another region: a Redis of its own, and a copy of the database. */
  stores?: { redis: TestRedis; database: Pick<TestDatabase, 'url' | 'close'> };
  now?: () => number;
  /** Of the Configuration Server alone. */
  directoryNow?: () => number;
  /** Takes part in the start before anything is asked of it. */
  seed?: Parameters<typeof startSimulator>[0]['seed'];
}

export async function startAuthApi(options: AuthApiOptions = {}): Promise<AuthApi> {
  const { beside } = options;
  const [redis, database, environmentApi, simulator] = await Promise.all([
    options.stores?.redis ?? beside?.redis ?? startRedis({ persistent: true }),
    options.stores?.database ?? beside?.database ?? createDatabase(),
    beside?.environmentApi ?? startEnvironmentApi(),
    beside?.simulator ??
      startSimulator({
        ...{ port: 0, seed: options.seed ?? demoSeed, hash: 'test' },
        clock: { ...systemClock, nowMs: options.directoryNow ?? systemClock.nowMs },
      }),
  ]);
  environmentApi.environments.set(environmentId, environmentOf(simulator.port));
  if (!environmentApi.contactCenters.has(contactCenterId)) {
    environmentApi.contactCenters.set(contactCenterId, demoContactCenter);
    // Active, so that its clients are refused for being of another contact centre and for nothing else.
    environmentApi.contactCenters.set(otherContactCenterId, {
      ...demoContactCenter,
      id: otherContactCenterId,
      domains: ['another'],
    });
  }

  const config = configOf({
    GATEHOUSE_REDIS_URL: redis.url,
    GATEHOUSE_POSTGRES_URL: database.url,
    GATEHOUSE_ENVIRONMENT_API_URL: environmentApi.url,
    ...options.env,
  });
  watchSecret(encryptionKeys.slice('k1:'.length), 'encryption key');
  watchSecret(serviceClient.secret, 'secret of the service client');
  watchSecret(demoServiceAccount.password, 'password of the service account');
  const lines: string[] = [];
  const log = createLogger('auth-api', { level: 'debug', format: 'json' }, {
    write(line: string) {
      lines.push(line);
      watchLog(line);
    },
  } as unknown as NodeJS.WritableStream);
  if (options.stores !== undefined || options.env?.['GATEHOUSE_POSTGRES_URL'] !== undefined)
    await migrateAuth(config.postgres.url?.reveal() ?? '');
  const kit = kitOf(log);
  const deps = await createDeps(config, kit, options.now);
  await untilRedisIsReady(deps.stores.redis);
  for (const { run } of startSteps(deps.domains)) await run();
  const app = await buildApp(deps);
  const internalApp = await buildInternalApp(deps);
  await Promise.all([app.ready(), internalApp.ready()]);
  internalApps.set(app, internalApp);
  return {
    app,
    internalApp,
    deps,
    redis,
    database,
    environmentApi,
    simulator,
    metrics: kit.metrics,
    logged: () => lines.join(''),
    async close() {
      await Promise.all([app.close(), internalApp.close()]);
      await deps.close();
      if (beside) return;
      await Promise.all([simulator.close(), environmentApi.stop(), redis.close(), database.close()]);
    },
  };
}

const configOf = (env: Record<string, string>) =>
  loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: publicUrl,
      // Everything that can be logged is, for the tests that look for secrets there.
      GATEHOUSE_LOG_REQUESTS: 'all',
      // Tests share their cores with others: a slow turn says nothing about the service.
      GATEHOUSE_SIGN_IN_BUSY_DELAY_MS: '0',
      GATEHOUSE_REDIS_COMMAND_TIMEOUT_MS: '5000',
      GATEHOUSE_POSTGRES_POOL_CHECKOUT_TIMEOUT_MS: '10000',
      ...requiredSettings,
      ...env,
    },
  });

const kitOf = (log: Logger) => ({
  log,
  metrics: createMetrics({ processMetrics: false }),
  drain: createDrain(),
  version: 'test',
  tracing: watchingTracing,
});

/** With the keys of a first start: making three RSA keys takes as long as the rest of a start. */
const createDatabase = () => createFilledDatabase('auth_with_keys', fillWithKeys);

async function fillWithKeys(url: string): Promise<void> {
  await migrateAuth(url);
  const redis = await startRedis();
  const stores = { GATEHOUSE_REDIS_URL: redis.url, GATEHOUSE_POSTGRES_URL: url };
  const config = configOf({ ...stores, GATEHOUSE_ENVIRONMENT_API_URL: 'http://127.0.0.1:9' });
  const deps = await createDeps(config, kitOf(silentLog));
  await untilRedisIsReady(deps.stores.redis);
  for (const { name, run } of startSteps(deps.domains)) if (keySteps.includes(name)) await run();
  await deps.close();
  await redis.close();
}

const keySteps = ['signing-keys', 'single-sign-on-keys'];

export const demoContactCenter: ContactCenterView = {
  id: contactCenterId,
  name: 'Demo',
  environmentId,
  domains: ['demo', 'demo.example.com'],
  auth: 'configServer',
  membership: everybody,
  status: 'active',
  subjectScope: 'environment',
  secondFactor: noSecondFactor,
  version: 1,
  settings: {},
};

/** The fields by which a real Environment API learns of the simulator. */
export function environmentFieldsOf(port: number) {
  return {
    username: demoServiceAccount.userName,
    password: demoServiceAccount.password,
    tenant: demoTenantName,
    appName: demoServiceAccount.applicationName,
    traceMode: 'off',
    configServers: [{ primaryAddress: '127.0.0.1', primaryPort: port, readOnly: false, locations: '/' }],
  };
}

export function environmentOf(port: number, version = 1, id = environmentId): EnvironmentView {
  const password = createSecretBox(new Secret(encryptionKeys)).seal(
    demoServiceAccount.password,
    passwordPlace(id),
  );
  return {
    id,
    name: 'Demo people',
    version,
    directory: 'configServer',
    username: demoServiceAccount.userName,
    passwordEnvelope: password,
    connectionProtocol: 'addp',
    localTimeout: 20,
    remoteTimeout: 20,
    traceMode: 'off',
    tenant: demoTenantName,
    appName: demoServiceAccount.applicationName,
    tlsEnabled: false,
    configServers: [
      {
        id: '33333333-3333-4333-8333-333333333333',
        primaryAddress: '127.0.0.1',
        primaryPort: port,
        readOnly: false,
        locations: ['/'],
      },
    ],
  };
}
