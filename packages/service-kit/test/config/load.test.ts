import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type ConfigOf, defineConfiguration, documentConfiguration } from '../../src/config/configuration.ts';
import { httpSettings } from '../../src/config/http.ts';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { read, secretSetting, setting } from '../../src/config/setting.ts';
import { encryptionSettings, modeSetting } from '../../src/config/shared-settings.ts';
import { redisProblems, redisSettings } from '../../src/config/stores.ts';

const configuration = defineConfiguration('example', {
  publicUrl: setting(read.baseUrl(), { env: 'GATEHOUSE_PUBLIC_URL', doc: 'The public origin.' }),
  limits: { retries: setting(read.integer(0, 5).default(2), { env: 'GATEHOUSE_RETRIES', doc: 'Tries.' }) },
  password: secretSetting({ env: 'GATEHOUSE_PASSWORD', doc: 'The password.' }),
});

const good = { GATEHOUSE_PUBLIC_URL: 'https://login.example', GATEHOUSE_PASSWORD: 'hunter2-hunter2' };

function problemsOf(env: Record<string, string>, file?: string): readonly string[] {
  try {
    loadConfig(configuration, { env, readFile: () => file ?? '' });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('every mistake is told at once, by variable and key', () => {
  const problems = problemsOf({ GATEHOUSE_PUBLIC_URL: 'login', GATEHOUSE_RETRIES: '9' });
  expect(problems).toHaveLength(3);
  expect(problems[0]).toContain('GATEHOUSE_PUBLIC_URL (publicUrl) is "login"');
  expect(problems[1]).toContain('GATEHOUSE_RETRIES (limits.retries) is "9"');
  expect(problems[2]).toBe('GATEHOUSE_PASSWORD (password) is missing: The password.');
});

test('an address with a password in it is told without it', () => {
  const problems = problemsOf({ ...good, GATEHOUSE_PUBLIC_URL: 'ftp://user:hunter2@login.example' }).join();
  expect(problems).toContain('ftp://user:[secret]@login.example');
  expect(problems).not.toContain('hunter2@');
});

test('a variable wins over the file, the file over the default', () => {
  const file = 'limits:\n  retries: 4\npassword: from-file';
  const env = { ...good, GATEHOUSE_CONFIG_FILE: 'config.yaml' };
  const config = loadConfig(configuration, { env, readFile: () => file });
  expect(config.limits.retries).toBe(4);
  expect(config.password.reveal()).toBe('hunter2-hunter2');
  expect(loadConfig(configuration, { env: good }).limits.retries).toBe(2);
});

test('a secret comes from the file that X_FILE names, without its line end', () => {
  const env = { GATEHOUSE_PUBLIC_URL: 'https://a.example', GATEHOUSE_PASSWORD_FILE: '/run/secret' };
  const config = loadConfig(configuration, { env, readFile: () => 's3cret value\n' });
  expect(config.password.reveal()).toBe('s3cret value');
});

test('a value and its file at once are refused', () => {
  expect(problemsOf({ ...good, GATEHOUSE_PASSWORD_FILE: '/run/secret' }, 'x').join()).toContain('both set');
});

test('an unknown key of the file is refused with the key that was probably meant', () => {
  const problems = problemsOf({ ...good, GATEHOUSE_CONFIG_FILE: 'c' }, 'limits:\n  retrys: 1');
  expect(problems).toEqual(['limits.retrys is not a setting; did you mean limits.retries?']);
});

test('a misspelt variable is refused, a stranger with our prefix is not', () => {
  expect(problemsOf({ ...good, GATEHOUSE_PUBLIC_URLS: 'x' }).join()).toContain(
    'did you mean GATEHOUSE_PUBLIC_URL?',
  );
  expect(problemsOf({ ...good, GATEHOUSE_AUTH_API_SERVICE_HOST: '10.0.0.1' })).toEqual([]);
});

test('a public URL with a path is refused', () => {
  expect(problemsOf({ ...good, GATEHOUSE_PUBLIC_URL: 'https://a.example/x' }).join()).toContain('no path');
});

test('a secret prints as [secret] in every way of printing', () => {
  const config: ConfigOf<typeof configuration> = loadConfig(configuration, { env: good });
  expect(JSON.stringify(config)).not.toContain('hunter2');
  expect(inspect(config, { depth: 9 })).not.toContain('hunter2');
  expect(`${config.password}`).toBe('[secret]');
});

test('no mistake about a secret tells the secret', () => {
  const keys = defineConfiguration('keys', { encryption: encryptionSettings });
  expect(() => loadConfig(keys, { env: { GATEHOUSE_ENCRYPTION_KEYS: 'k1:c2hvcnQ=' } })).toThrow(
    /key k1 has 5 bytes/,
  );
  expect(() => loadConfig(keys, { env: { GATEHOUSE_ENCRYPTION_KEYS: 'c2hvcnQ=' } })).not.toThrow(/c2hvcnQ/);
});

test('the shared groups load from nothing where they have defaults', () => {
  const groups = defineConfiguration('groups', {
    http: httpSettings({ port: 8080, managementPort: 8081 }),
    redis: redisSettings,
  });
  const config = loadConfig(groups, {
    env: { GATEHOUSE_REDIS_CLUSTER_NODES: 'a:1, b:2', GATEHOUSE_REDIS_TLS: 'true' },
  });
  expect(config.http.port).toBe(8080);
  expect(config.redis.clusterNodes).toEqual(['a:1', 'b:2']);
});

test('nodes of Redis are host:port, and belong to a cluster or are sentinels', () => {
  const redis = defineConfiguration(
    'redis',
    { redis: redisSettings },
    { problemsBetween: (config) => redisProblems(config.redis) },
  );
  const GATEHOUSE_REDIS_SENTINELS = 'a:1, [::1]:26379';
  const env = { GATEHOUSE_REDIS_SENTINELS, GATEHOUSE_REDIS_TLS: 'true' };
  expect(loadConfig(redis, { env }).redis).toMatchObject({
    sentinels: ['a:1', '[::1]:26379'],
    sentinelName: 'mymaster',
  });
  for (const wrong of ['redis-0', 'redis://redis-0:6379', 'redis-0:port'])
    expect(() => loadConfig(redis, { env: { ...env, GATEHOUSE_REDIS_SENTINELS: wrong } })).toThrow(
      /GATEHOUSE_REDIS_SENTINELS \(redis\.sentinels\.0\).*: must be host:port/,
    );
  expect(() => loadConfig(redis, { env: { ...env, GATEHOUSE_REDIS_CLUSTER_NODES: 'a:1' } })).toThrow(
    'GATEHOUSE_REDIS_CLUSTER_NODES and GATEHOUSE_REDIS_SENTINELS are both set: keep one',
  );
});

test('the reference names each variable with its key, default and meaning', () => {
  const reference = documentConfiguration(configuration);
  expect(reference).toContain('| `GATEHOUSE_RETRIES` | `limits.retries` | `2` | Tries. |');
  expect(reference).toContain('| `GATEHOUSE_PASSWORD` | `password` | **required** | The password. |');
  expect(
    documentConfiguration(
      defineConfiguration('x', { a: setting(z.string().optional(), { env: 'A', doc: 'B.' }) }),
    ),
  ).toContain('none');
});

test('a demo credential starts in the local mode only', () => {
  const password = secretSetting({ env: 'GATEHOUSE_PASSWORD', doc: 'The password.' });
  const service = defineConfiguration('x', { mode: modeSetting, password });
  const env = { GATEHOUSE_PASSWORD: 'demo-ops-password' };
  expect(() => loadConfig(service, { env })).toThrow(/GATEHOUSE_PASSWORD .* demo credential/);
  expect(loadConfig(service, { env: { ...env, GATEHOUSE_MODE: 'local' } }).mode).toBe('local');
});
