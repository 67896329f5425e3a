/** Every setting that says of itself that it is deprecated stands in the list, and a service that uses one says so at each start. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { deprecatedSettings, listSettings } from '@gatehouse/service-kit/config';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { expect, it } from 'vitest';
import { serviceConfiguration } from '../../charts/configuration-shape.ts';
import { serviceCharts } from '../../charts/places.ts';
import { spawnService } from '../start/service-process.ts';

it('the list has the deprecated settings of the services, and no other name', async () => {
  const configurations = await Promise.all(serviceCharts.map(serviceConfiguration));
  const deprecated = configurations
    .flatMap(({ settings }) => listSettings(settings))
    .filter(({ setting }) => /^Deprecated\b/.test(setting.doc));
  expect([...new Set(deprecated.map(({ setting }) => setting.env))].sort()).toEqual(
    deprecatedSettings.map(({ setting }) => setting).sort(),
  );
});

it('a deprecated setting is told by check-config, and logged at each start with its day', async () => {
  const env = {
    GATEHOUSE_PUBLIC_URL: 'https://login.test',
    GATEHOUSE_SERVICE_CLIENT_ID: 'services',
    GATEHOUSE_SERVICE_CLIENT_SECRET: randomBytes(24).toString('base64url'),
    GATEHOUSE_OPS_USERNAME: 'ops',
    GATEHOUSE_OPS_PASSWORD: randomBytes(24).toString('base64url'),
    GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    GATEHOUSE_HTTP_HOST: '127.0.0.1',
    GATEHOUSE_HTTP_PORT: '0',
    GATEHOUSE_INTERNAL_HOST: '127.0.0.1',
    GATEHOUSE_INTERNAL_PORT: '0',
    GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
    GATEHOUSE_MANAGEMENT_PORT: '0',
    GATEHOUSE_DRAIN_DELAY_MS: '0',
    GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS: '7',
  };
  const sentence =
    /GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS is deprecated since 0\.1\.0, and goes away after \d{4}-\d\d-\d\d\. Remove it\./;
  const check = spawnService('auth-api', env, ['check-config']);
  const [out, [code]] = await Promise.all([text(check.stdout), once(check, 'close')]);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^Warning: ${sentence.source}`));

  // Before it looks for its stores, which are nowhere.
  const child = spawnService('auth-api', env);
  let lines = '';
  for await (const chunk of child.stdout) {
    lines += chunk;
    if (sentence.test(lines) && lines.endsWith('\n')) child.kill('SIGKILL');
  }
  const warnings = lines.split('\n').filter((line) => sentence.test(line));
  expect(warnings.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'warn', setting: 'GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS' }),
  ]);
}, 60_000);
