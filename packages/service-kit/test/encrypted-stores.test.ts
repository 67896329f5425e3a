/** Connects to real Redis and PostgreSQL servers over TLS, as connections 10 and 11 of docs/explain/architecture.md do. */
import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { type PostgresServer, startPostgresServer } from '@gatehouse/testing/postgres';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { redisConfigOf, startRedis, startRedisServer, type TestRedis } from '@gatehouse/testing/redis';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../src/crypto/secret.ts';
import { createLogger } from '../src/observability/logging/logger.ts';
import { connectionOptions, type PostgresConfig } from '../src/postgres/pool.ts';
import { createRedis, type RedisConfig, untilRedisIsReady } from '../src/redis/client.ts';

const authority = createAuthority();
const folder = await temporaryFolder();
const certFile = join(folder, 'server.crt');
const keyFile = join(folder, 'server.key');
const authorityFile = join(folder, 'ca.crt');
const log = createLogger('test', { level: 'silent', format: 'json' });
const systemAuthorities = getCACertificates('default');

beforeAll(() => {
  const { cert, key } = authority.issue();
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key, { mode: 0o600 });
  writeFileSync(authorityFile, authority.cert);
});
afterEach(() => setDefaultCACertificates(systemAuthorities));

/** What NODE_EXTRA_CA_CERTS does at the start of a process. */
const trustAuthority = () => setDefaultCACertificates([...systemAuthorities, authority.cert]);

describe('Redis over TLS', () => {
  let server: TestRedis;
  let port: number;
  beforeAll(async () => {
    server = await startRedis();
    port = await freePort();
    const admin = new Redis(server.url);
    await admin.config(
      'SET',
      ...['tls-cert-file', certFile, 'tls-key-file', keyFile, 'tls-ca-cert-file', authorityFile],
      ...['tls-auth-clients', 'no', 'tls-port', String(port)],
    );
    admin.disconnect();
  });
  afterAll(() => server.close());

  const connect = (change: Partial<RedisConfig>) =>
    createRedis({ ...redisConfigOf(server, 1000), ...change }, { log });

  it.each([
    ['rediss in its address', () => ({ url: `rediss://127.0.0.1:${port}`, tls: false })],
    ['the setting tls', () => ({ url: `redis://127.0.0.1:${port}`, tls: true })],
  ])('answers by %s', async (_name, change) => {
    trustAuthority();
    const redis = connect(change());
    await untilRedisIsReady(redis);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
  });

  it('answers where an encrypted sentinel names it, and only to who trusts both', async () => {
    const sentinelPort = await freePort();
    const sentinelFile = join(folder, 'sentinel.conf');
    writeFileSync(sentinelFile, `sentinel monitor mymaster 127.0.0.1 ${port} 1\n`);
    const settings = [
      ...['--tls-port', String(sentinelPort), '--tls-replication', 'yes', '--tls-auth-clients', 'no'],
      ...['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-ca-cert-file', authorityFile],
    ];
    const sentinel = await startRedisServer({ port: await freePort(), sentinelFile, settings });
    const sentinels = [`127.0.0.1:${sentinelPort}`];

    const doubtful = connect({ sentinels, tls: true });
    const [error] = await new Promise<[Error]>((resolve) =>
      doubtful.once('error', (cause) => resolve([cause])),
    );
    expect(error.message).toMatch(/sentinels are unreachable/);
    doubtful.disconnect();
    trustAuthority();
    const redis = connect({ sentinels, tls: true });
    await untilRedisIsReady(redis);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    await sentinel.stop();
  });

  it('is refused when its certificate is of an authority that nobody trusts', async () => {
    const redis = connect({ url: `rediss://127.0.0.1:${port}`, tls: false });
    const [error] = await new Promise<[Error]>((resolve) => redis.once('error', (cause) => resolve([cause])));
    expect(error.message).toMatch(/certificate/);
    redis.disconnect();
  });
});

describe('PostgreSQL over TLS', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    const dataDir = join(folder, 'postgresql');
    const options = {
      dataDir,
      port: await freePort(),
      persistent: false,
      password: 'a-password',
      fast: true,
    };
    server = await startPostgresServer(options);
    // PostgreSQL reads only a key of its own account.
    const { uid, gid } = statSync(dataDir);
    if (process.getuid?.() === 0) chownSync(keyFile, uid, gid);
    await query({ ssl: 'off' }, `ALTER SYSTEM SET ssl_cert_file = '${certFile}'`);
    await query({ ssl: 'off' }, `ALTER SYSTEM SET ssl_key_file = '${keyFile}'`);
    await query({ ssl: 'off' }, 'ALTER SYSTEM SET ssl = on');
    await query({ ssl: 'off' }, 'SELECT pg_reload_conf()');
    while (!(await isEncrypted({ ssl: 'require' }).catch(() => false)));
  }, 60_000);
  afterAll(() => server.stop());

  async function query({ ssl }: Pick<PostgresConfig, 'ssl'>, text: string): Promise<unknown[]> {
    const client = new pg.Client(
      connectionOptions({
        ...{
          url: undefined,
          host: '127.0.0.1',
          port: server.port,
          database: 'postgres',
          username: 'postgres',
        },
        ...{ password: new Secret('a-password'), ssl, poolSize: 1, poolCheckoutTimeoutMs: 2000 },
        statementTimeoutMs: 5000,
      }),
    );
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  }
  const isEncrypted = async (mode: Pick<PostgresConfig, 'ssl'>) => {
    const rows = await query(mode, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return (rows as { ssl: boolean }[])[0]?.ssl;
  };

  it('verify encrypts with a trusted certificate', async () => {
    trustAuthority();
    expect(await isEncrypted({ ssl: 'verify' })).toBe(true);
  });

  it('verify refuses a certificate of an authority that nobody trusts', async () => {
    await expect(isEncrypted({ ssl: 'verify' })).rejects.toThrow(/certificate/);
  });

  it('require encrypts without a look at the authority, off does not encrypt', async () => {
    expect(await isEncrypted({ ssl: 'require' })).toBe(true);
    expect(await isEncrypted({ ssl: 'off' })).toBe(false);
  });
});
