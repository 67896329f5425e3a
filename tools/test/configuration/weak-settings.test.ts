/** The three services as processes: what check-config refuses, the start refuses, and an override is logged at each start. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { expect, it } from 'vitest';
import { type Name, spawnService } from '../start/service-process.ts';

const strong = {
  GATEHOUSE_PUBLIC_URL: 'https://login.test',
  GATEHOUSE_AUTH_API_URL: 'http://127.0.0.1:1',
  GATEHOUSE_SERVICE_CLIENT_ID: 'services',
  GATEHOUSE_SERVICE_CLIENT_SECRET: randomBytes(24).toString('base64url'),
  GATEHOUSE_OPS_USERNAME: 'ops',
  GATEHOUSE_OPS_PASSWORD: randomBytes(24).toString('base64url'),
  GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
};
const weak = {
  ...strong,
  GATEHOUSE_PUBLIC_URL: 'http://login.test',
  GATEHOUSE_SERVICE_CLIENT_SECRET: 'service-client-secret',
  GATEHOUSE_OPS_PASSWORD: 'ops',
  GATEHOUSE_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}`,
  GATEHOUSE_TRUSTED_PROXIES: '0.0.0.0/0',
};
const weakStores = {
  GATEHOUSE_POSTGRES_PASSWORD: 'postgres',
  GATEHOUSE_POSTGRES_HOST: 'postgres.test',
  GATEHOUSE_REDIS_URL: 'redis://:redis@redis.test',
  GATEHOUSE_ELASTICSEARCH_NODES: 'https://elastic.test',
  GATEHOUSE_ELASTICSEARCH_USERNAME: 'elastic',
  GATEHOUSE_ELASTICSEARCH_PASSWORD: 'elastic',
};
const storesRefused = [
  'GATEHOUSE_ELASTICSEARCH_PASSWORD',
  'GATEHOUSE_POSTGRES_PASSWORD',
  'GATEHOUSE_POSTGRES_SSL',
  'GATEHOUSE_REDIS_TLS',
  'GATEHOUSE_REDIS_URL',
];

/** Variables of the service that are too weak. */
const refused = {
  'auth-api': Object.keys(weak).filter((name) => weak[name as never] !== strong[name as never]),
  'auth-ui': ['GATEHOUSE_PUBLIC_URL', 'GATEHOUSE_SERVICE_CLIENT_SECRET', 'GATEHOUSE_TRUSTED_PROXIES'],
  'environment-api': [
    'GATEHOUSE_SERVICE_CLIENT_SECRET',
    'GATEHOUSE_OPS_PASSWORD',
    'GATEHOUSE_ENCRYPTION_KEYS',
    'GATEHOUSE_TRUSTED_PROXIES',
  ],
};

async function end(service: Name, command: string[], env: Record<string, string>) {
  const child = spawnService(service, env, command);
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, error, code };
}

// attack: weak configuration in production | ASVS 13.2.3, CWE-1392 | guard: packages/service-kit/src/config/weaknesses.ts
it.each(Object.entries(refused) as [Name, string[]][])(
  '%s refuses weak values as much at the start as in check-config, each with its override',
  async (service, names) => {
    const [checked, started] = await Promise.all([
      end(service, ['check-config'], weak),
      end(service, [], weak),
    ]);
    expect(checked).toMatchObject({ code: 78, out: '' });
    expect(started).toEqual(checked);
    const problems = checked.error.split('\n').filter((line) => line.startsWith('  - '));
    expect(problems.map((line) => /GATEHOUSE_\w+/.exec(line)?.[0]).sort()).toEqual([...names].sort());
    for (const line of problems) expect(line).toMatch(/; GATEHOUSE_\w*ALLOW_\w+=true accepts it$/);
    expect(checked.error).not.toContain('service-client-secret');
  },
  30_000,
);

it.each(['auth-api', 'environment-api'] as const)(
  '%s refuses weak passwords of stores and connections without encryption, and tells none of them',
  async (service) => {
    const { code, error } = await end(service, ['check-config'], { ...strong, ...weakStores });
    expect(code).toBe(78);
    const problems = error.split('\n').filter((line) => line.startsWith('  - '));
    expect(problems.map((line) => /GATEHOUSE_\w+/.exec(line)?.[0]).sort()).toEqual(storesRefused);
    expect(error).not.toMatch(/:redis@|postgres\.test/);
  },
  30_000,
);

it('an override is told by check-config and logged as a warning at each start', async () => {
  const env = {
    ...strong,
    GATEHOUSE_PUBLIC_URL: 'http://login.test',
    GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL: 'true',
    GATEHOUSE_HTTP_HOST: '127.0.0.1',
    GATEHOUSE_HTTP_PORT: '0',
    GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
    GATEHOUSE_MANAGEMENT_PORT: '0',
    GATEHOUSE_DRAIN_DELAY_MS: '0',
  };
  expect(await end('auth-ui', ['check-config'], env)).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^Warning: GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL is on: .*\n.* is complete\.\n$/,
    ),
  });

  const child = spawnService('auth-ui', env);
  let lines = '';
  for await (const chunk of child.stdout) {
    lines += chunk;
    if (lines.includes('is listening')) child.kill();
  }
  const warnings = lines.split('\n').filter((line) => line.includes('"warn"'));
  expect(warnings.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ setting: 'GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL' }),
  ]);
}, 30_000);
