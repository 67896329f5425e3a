/** A whole Environment API for tests: real PostgreSQL, real Redis, and a small Auth API that answers introspection. */

import { PassThrough } from 'node:stream';
import { loadConfig } from '@gatehouse/service-kit/config';
import { randomBytes, randomUuid, Secret } from '@gatehouse/service-kit/crypto';
import { createDrain, startSteps } from '@gatehouse/service-kit/http';
import { createLogger, createMetrics } from '@gatehouse/service-kit/observability';
import type { PostgresConfig } from '@gatehouse/service-kit/postgres';
import { untilRedisIsReady } from '@gatehouse/service-kit/redis';
import { createFilledDatabase } from '@gatehouse/testing/postgres';
import { startRedis } from '@gatehouse/testing/redis';
import { watchingTracing, watchLog, watchSecret } from '@gatehouse/testing/secrets';
import { buildApp, buildInternalApp } from '../src/app.ts';
import { configuration } from '../src/config.ts';
import { createDeps } from '../src/domains.ts';
import { migrateDatabase } from '../src/migrate.ts';
import { type AuthApiStandIn, startAuthApi } from './auth-api-stand-in.ts';

export const ops = { username: 'ops', password: 'known-to-the-tests-only' };
export const opsAuthorization = basic(ops.username, ops.password);

export interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  // Tests look into answers of every shape.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface CallOptions {
  headers?: Record<string, string>;
  /** An object is sent as JSON. */
  payload?: string | object;
  /** Whose guesses are counted together. */
  remoteAddress?: string;
}

export type RunningApi = Awaited<ReturnType<typeof startApi>>;

export interface StartOptions {
  env?: Record<string, string>;
  /** A PostgreSQL of the test's own. */
  postgresUrl?: string;
  now?: () => number;
  /** Texts are made up and turn up everywhere: a password of one request is the path of another. */
  sendsGeneratedTexts?: boolean;
}

/** With the tables of this version. */
const createEnvironmentDatabase = () =>
  createFilledDatabase('environment', async (url) => {
    const postgres = { url: new Secret(url), ssl: 'off' } as PostgresConfig;
    await migrateDatabase(postgres, createLogger('environment-api', { level: 'silent', format: 'json' }));
  });

export async function startApi(options: StartOptions = {}) {
  const database = options.postgresUrl ? undefined : await createEnvironmentDatabase();
  const redis = await startRedis();
  const authApi: AuthApiStandIn = await startAuthApi();
  const config = loadConfig(configuration, {
    env: {
      // Everything that can be logged is, for the tests that look for secrets there.
      GATEHOUSE_LOG_REQUESTS: 'all',
      GATEHOUSE_POSTGRES_URL: options.postgresUrl ?? database?.url,
      GATEHOUSE_REDIS_URL: redis.url,
      GATEHOUSE_AUTH_API_URL: authApi.url,
      GATEHOUSE_SERVICE_CLIENT_ID: 'service-client',
      GATEHOUSE_SERVICE_CLIENT_SECRET: 'service-secret-of-the-tests',
      GATEHOUSE_OPS_USERNAME: ops.username,
      GATEHOUSE_OPS_PASSWORD: ops.password,
      GATEHOUSE_ENCRYPTION_KEYS: `first:${randomBytes(32).toString('base64')}`,
      // Addresses in tests lead nowhere; waiting for them has tests of its own.
      GATEHOUSE_REACHABILITY_TIMEOUT_MS: '0',
      // Tests share their cores with others: a slow turn says nothing about the service.
      GATEHOUSE_REDIS_COMMAND_TIMEOUT_MS: '5000',
      GATEHOUSE_POSTGRES_POOL_CHECKOUT_TIMEOUT_MS: '10000',
      ...options.env,
    },
  });
  const logged: string[] = [];
  const output = new PassThrough().on('data', (chunk) => {
    logged.push(String(chunk));
    watchLog(String(chunk));
  });
  watchSecret(config.serviceClient.secret.reveal(), 'secret of the service client');
  const log = createLogger('environment-api', { level: 'trace', format: 'json' }, output);
  if (options.postgresUrl) await migrateDatabase(config.postgres, log);
  const kit = {
    log,
    metrics: createMetrics({ processMetrics: false }),
    drain: createDrain(),
    version: 'test',
    tracing: options.sendsGeneratedTexts ? undefined : watchingTracing,
  };
  const deps = await createDeps(config, kit, options.now);
  await untilRedisIsReady(deps.core.redis, 5_000);
  for (const { run } of startSteps(deps.domains)) await run();
  const app = await buildApp(deps);
  const internalApp = await buildInternalApp(deps);

  async function call(
    method: Method,
    path: string,
    { headers, payload, remoteAddress }: CallOptions = {},
  ): Promise<Answer> {
    const response = await (path.startsWith('/internal/') ? internalApp : app).inject({
      method,
      url: `/environment/v3${path}`,
      headers: { authorization: opsAuthorization, ...headers },
      ...(payload === undefined ? {} : { payload }),
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    });
    const answered = response.headers as Record<string, string>;
    return {
      status: response.statusCode,
      headers: answered,
      text: response.payload,
      body: /[/+]json\b/.test(answered['content-type'] ?? '') ? response.json() : undefined,
    };
  }

  return {
    app,
    /** The listener for Auth API; `call` uses it for the paths below /internal. */
    internalApp,
    config,
    pool: deps.core.pool,
    deps,
    redis,
    authApi,
    /** Everything the service logged, as text. */
    logged: () => logged.join(''),
    /** As the operator, unless the headers say otherwise. */
    call,
    /** Creates an environment; returns its id. */
    async environment(fields: Record<string, unknown> = {}): Promise<string> {
      const answer = await call('POST', '/environments', { payload: { data: environmentBody(fields) } });
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.body.data.id;
    },
    /** Creates a contact centre in a new environment; returns its id. */
    async contactCenter(fields: Record<string, unknown> = {}): Promise<string> {
      const environmentId = fields['environmentId'] ?? (await this.environment());
      const answer = await call('POST', '/contact-centers', {
        payload: {
          data: {
            domains: [`tenant-${randomUuid()}`],
            auth: 'configServer',
            membership: { by: 'all' },
            ...fields,
            environmentId,
          },
        },
      });
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.body.data.id;
    },
    async close() {
      await Promise.all([app.close(), internalApp.close()]);
      await deps.close();
      await Promise.all([redis.close(), authApi.close(), database?.close()]);
    },
  };
}

/** Its PostgreSQL refuses writes from now on, as that of a read-only region does. */
export async function becomeReadOnly({ pool }: RunningApi): Promise<void> {
  await pool.query(
    `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`,
  );
  // Connections that are open keep the setting they began with.
  const clients = await Promise.all(Array.from({ length: 10 }, () => pool.connect()));
  for (const client of clients) client.release(true);
}

/** As installers send it. */
export function environmentBody(fields: Record<string, unknown> = {}) {
  return {
    username: 'default',
    password: 'cs-password-7d1f',
    connectionProtocol: 'addp',
    localTimeout: 5,
    remoteTimeout: 7,
    traceMode: 'CFGTMBoth',
    tenant: 'Environment',
    appName: 'Cloud',
    tlsEnabled: false,
    configServers: [
      { primaryAddress: '172.24.132.84', primaryPort: 8888, readOnly: false, locations: '/USW1' },
    ],
    ...fields,
  };
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
