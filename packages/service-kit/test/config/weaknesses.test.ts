import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { defineConfiguration } from '../../src/config/configuration.ts';
import { httpSettings } from '../../src/config/http.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import {
  allowPlaintextPublicUrlSetting,
  encryptionSettings,
  modeSetting,
  publicUrlSetting,
  serviceClientSettings,
} from '../../src/config/shared-settings.ts';
import { postgresSettings, redisSettings } from '../../src/config/stores.ts';
import { overridesInUse } from '../../src/config/weaknesses.ts';
import { linesOf } from '../../src/crypto/secret.ts';
import { createApp } from '../../src/http/app.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

const configuration = defineConfiguration('example', {
  mode: modeSetting,
  publicUrl: publicUrlSetting,
  allowPlaintextPublicUrl: allowPlaintextPublicUrlSetting,
  http: httpSettings({ port: 8080, managementPort: 8081 }),
  serviceClient: serviceClientSettings,
  encryption: encryptionSettings,
  redis: redisSettings,
  postgres: postgresSettings,
});

const strong = {
  GATEHOUSE_PUBLIC_URL: 'https://login.test',
  GATEHOUSE_SERVICE_CLIENT_ID: 'services',
  GATEHOUSE_SERVICE_CLIENT_SECRET: 'k3vUq8-ZsW2dXoPq7Lr4',
  GATEHOUSE_ENCRYPTION_KEYS: `k1:${createHash('sha256').update('k1').digest('base64')}`,
};

type Env = Record<string, string>;
const load = (env: Env) => loadConfig(configuration, { env: { ...strong, ...env } });

function problemsOf(env: Env): readonly string[] {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Refused with the reason and without the value; taken in local mode, and with the override, which is told. */
function expectRefusal(weak: Env, reason: string, override: string): void {
  const [name = '', value = ''] = Object.entries(weak)[0] ?? [];
  const problems = problemsOf(weak);
  expect(problems, value).toEqual([expect.stringContaining(reason)]);
  expect(problems[0]).toMatch(new RegExp(`^${name} .*; ${override}=true accepts it$`));
  if (/SECRET|KEYS/.test(name)) expect(problems[0]).not.toContain(value);
  expect(problemsOf({ ...weak, GATEHOUSE_MODE: 'local' }), value).toEqual([]);
  expect(overridesInUse(configuration, load({ ...weak, [override]: 'true' }))).toEqual([
    { setting: override, message: expect.stringContaining(`${override} is on: `) },
  ]);
}

const proxies = (text: string) => ({ GATEHOUSE_TRUSTED_PROXIES: text });
const keys = (bytes: Buffer | string) => ({
  GATEHOUSE_ENCRYPTION_KEYS: `${strong.GATEHOUSE_ENCRYPTION_KEYS},k2:${Buffer.from(bytes).toString('base64')}`,
});

it('a strong configuration needs no override', () => {
  expect(
    problemsOf({ ...proxies('10.0.0.0/8, 192.0.2.7, fd00::/8, 2001:db8::/32, ::ffff:10.0.0.0/104') }),
  ).toEqual([]);
  expect(overridesInUse(configuration, load({}))).toEqual([]);
});

// attack: public origin over plain http | RFC 9700 4.1.3, ASVS 12.2.1 | guard: packages/service-kit/src/config/shared-settings.ts
it('a public origin over http is refused', () => {
  const override = 'GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL';
  expectRefusal({ GATEHOUSE_PUBLIC_URL: 'http://login.test' }, 'it must be https', override);
  expectRefusal({ GATEHOUSE_PUBLIC_URL: 'http://localhost:8080' }, 'it must be https', override);
});

// attack: every sender is a trusted proxy | CVE-2026-76835, CVE-2024-47070 | guard: packages/service-kit/src/config/networks.ts
it('trusted proxies wider than a private network are refused', () => {
  const wide = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '8.0.0.0/7', '::/0', '2000::/3', '::/1', 'fc00::/6'];
  for (const range of [...wide, '::ffff:0:0/96', '::ffff:0.0.0.0/97', '::/32', '::ffff:0:0/90']) {
    expectRefusal(proxies(`127.0.0.1,${range}`), `trusts ${range}`, 'GATEHOUSE_ALLOW_WIDE_TRUSTED_PROXIES');
  }
});

it('a trusted proxy that the start could not use is a mistake for check-config too', async () => {
  for (const text of [
    'loopback',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/33',
    '1',
    '10.0.0',
    'fe80::1%eth0',
    '::/129',
  ]) {
    expect(problemsOf(proxies(text)).join(), text).toContain('is neither an address nor a range');
  }
  // Those that are taken work, a prefix of 0 too.
  const { http } = load({ ...proxies('0.0.0.0/0,::/0'), GATEHOUSE_ALLOW_WIDE_TRUSTED_PROXIES: 'true' });
  const log = createLogger('example', { level: 'silent', format: 'json' });
  const app = await createApp({ log, metrics: createMetrics({ processMetrics: false }), http });
  app.get('/address', async ({ ip }) => ip);
  for (const remoteAddress of ['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::9']) {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect((await app.inject({ url: '/address', remoteAddress, headers })).payload).toBe('192.0.2.1');
  }
  await app.close();
});

// attack: guessable secret of the service client | ASVS 13.2.3, CWE-521 | guard: packages/service-kit/src/config/weak-texts.ts
it('a secret that can be guessed is refused', () => {
  const secret = (text: string) => ({ GATEHOUSE_SERVICE_CLIENT_SECRET: text });
  const override = 'GATEHOUSE_SERVICE_CLIENT_ALLOW_WEAK_SECRET';
  for (const text of [
    'changeme-changeme',
    'service-client-secret',
    'Gatehouse_Service2027',
    '1234567890123456',
  ]) {
    expectRefusal(secret(text), 'is made of well-known words', override);
  }
  expectRefusal(secret('x'.repeat(40)), 'different characters', override);
  expect(problemsOf(secret('demo-k3vUq8-ZsW2dXoPq7Lr4')).join()).toContain('is a demo credential');
});

// attack: encryption key that is not random | ASVS 11.3.1, CWE-1394 | guard: packages/service-kit/src/config/weak-texts.ts
it('a key that is not random is refused, also one that only decrypts', () => {
  const ascending = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const notRandom = [Buffer.alloc(32), Buffer.alloc(32, 255), Buffer.alloc(32, 'gatehouse'), ascending];
  for (const key of [...notRandom, ascending.toReversed(), 'a passphrase of 32 characters ok']) {
    expectRefusal(
      keys(Buffer.from(key)),
      'has the key k2, which is not random',
      'GATEHOUSE_ENCRYPTION_ALLOW_WEAK_KEYS',
    );
  }
});

const strongPassword = 'k3vUq8-ZsW2dXoPq7Lr4';

// attack: guessable password of a store | ASVS 13.2.3, CWE-1391 | guard: packages/service-kit/src/config/store-weaknesses.ts
it('a password of PostgreSQL or Redis that can be guessed is refused, also in a connection string', () => {
  for (const [store, scheme] of [
    ['POSTGRES', 'postgres'],
    ['REDIS', 'redis'],
  ] as const) {
    const override = `GATEHOUSE_${store}_ALLOW_WEAK_PASSWORD`;
    expectRefusal({ [`GATEHOUSE_${store}_PASSWORD`]: scheme }, 'fewer than 12 characters', override);
    expectRefusal({ [`GATEHOUSE_${store}_PASSWORD`]: `gatehouse-${scheme}` }, 'well-known words', override);
    const urlWith = (password: string) => ({
      [`GATEHOUSE_${store}_URL`]: `${scheme}://gatehouse:${password}@127.0.0.1/0`,
    });
    expectRefusal(urlWith('%67atehouse'), 'has a password that has fewer than 12 characters', override);
    expect(problemsOf(urlWith('gatehouse')).join()).not.toContain(':gatehouse@');
    expect(problemsOf({ ...urlWith(strongPassword) })).toEqual([]);
    expect(problemsOf({ [`GATEHOUSE_${store}_URL`]: `${scheme}://127.0.0.1/0` })).toEqual([]);
  }
});

// attack: passwords and tokens read between service and store | ASVS 12.3.3, CWE-319 | guard: packages/service-kit/src/config/store-weaknesses.ts
it('a connection without encryption to a store on another machine is refused', () => {
  const override = 'GATEHOUSE_POSTGRES_ALLOW_PLAINTEXT';
  const off = { GATEHOUSE_POSTGRES_SSL: 'off' };
  const reason = 'without encryption';
  expectRefusal({ ...off, GATEHOUSE_POSTGRES_HOST: 'db.test' }, reason, override);
  for (const url of [
    'postgres://db.test/g',
    'postgres://127.0.0.1/g?host=db.test',
    'postgres://db.test/g?ssl=0',
  ])
    expectRefusal({ ...off, GATEHOUSE_POSTGRES_URL: url }, reason, override);
  const disabled = 'postgres://db.test/g?sslmode=disable';
  expectRefusal({ GATEHOUSE_POSTGRES_SSL: 'verify', GATEHOUSE_POSTGRES_URL: disabled }, reason, override);
  for (const GATEHOUSE_POSTGRES_URL of [
    'postgres://db.test/g?sslmode=verify-full',
    'postgres://db.test/g?ssl=true',
    'postgres:///g?host=/run/postgresql',
    'postgres://%2Frun%2Fpostgresql/g',
    'postgres://[::1]/g',
  ]) {
    expect(problemsOf({ ...off, GATEHOUSE_POSTGRES_URL }), GATEHOUSE_POSTGRES_URL).toEqual([]);
  }
  expect(problemsOf({ GATEHOUSE_POSTGRES_HOST: 'db.test', GATEHOUSE_POSTGRES_SSL: 'require' })).toEqual([]);

  const plain = { GATEHOUSE_REDIS_TLS: 'false' };
  const redisOverride = 'GATEHOUSE_REDIS_ALLOW_PLAINTEXT';
  expectRefusal({ ...plain, GATEHOUSE_REDIS_URL: 'redis://cache.test' }, reason, redisOverride);
  const nodes = { GATEHOUSE_REDIS_CLUSTER_NODES: '127.0.0.1:6379,cache.test:6379' };
  expectRefusal({ ...plain, ...nodes, GATEHOUSE_REDIS_URL: 'rediss://cache.test' }, reason, redisOverride);
  const sentinels = { GATEHOUSE_REDIS_SENTINELS: '127.0.0.1:26379,sentinel.test:26379' };
  expectRefusal({ ...plain, ...sentinels }, reason, redisOverride);
  expect(problemsOf({ ...nodes, GATEHOUSE_REDIS_TLS: 'true' })).toEqual([]);
  expect(problemsOf({ ...sentinels, GATEHOUSE_REDIS_TLS: 'true' })).toEqual([]);
  expect(problemsOf({ GATEHOUSE_REDIS_URL: 'rediss://cache.test' })).toEqual([]);
});

it('each line of a secret that is being replaced is checked, and there are two at most', () => {
  const name = 'GATEHOUSE_SERVICE_CLIENT_SECRET';
  const good = strong[name];
  expect(problemsOf({ [name]: `${good}\ngrey-heron-over-15-rivers` })).toEqual([]);
  expect(problemsOf({ [name]: `${good}\nsecretsecretsecret` })).toEqual([
    expect.stringContaining('is made of well-known words'),
  ]);
  expect(problemsOf({ [name]: `${good}\nshort` })).toEqual([
    expect.stringContaining('must have at least 16 characters'),
  ]);
  for (const lines of ['\n', `${good}\n${good}\n${good}`])
    expect(problemsOf({ [name]: lines })).toEqual([
      expect.stringContaining('must have one line, or two while it is being replaced'),
    ]);
});

it('the first line of a secret is the one that is sent', () => {
  expect(linesOf('next\r\nformer\n')).toEqual(['next', 'former']);
  expect(linesOf('only')).toEqual(['only']);
});
