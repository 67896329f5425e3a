import { defineConfiguration, loadConfig, modeSetting } from '@gatehouse/service-kit/config';
import { hash } from '@node-rs/argon2';
import { expect, it } from 'vitest';
import { opsSettings } from '../../src/credentials/settings.ts';

const configuration = defineConfiguration('example', { mode: modeSetting, ops: opsSettings });
const load = (password: string, env: Record<string, string> = {}) =>
  loadConfig(configuration, {
    env: { GATEHOUSE_OPS_USERNAME: 'ops', GATEHOUSE_OPS_PASSWORD: password, ...env },
  });

// attack: default operator password | ASVS 6.3.2, CWE-1392 | guard: packages/caller-auth/src/credentials/settings.ts
it('an operator password that can be guessed is refused outside local mode without its override', () => {
  for (const [password, reason] of [
    ['ops', 'has fewer than 12 characters'],
    ['changeme', 'has fewer than 12 characters'],
    ['ops-password', 'is made of well-known words'],
    ['Administrator1', 'is made of well-known words'],
    ['passwordpassword', 'is made of well-known words'],
    ['abababababab', 'has fewer than 6 different characters'],
  ] as const) {
    expect(() => load(password), password).toThrow(
      `GATEHOUSE_OPS_PASSWORD (ops.password) ${reason}; GATEHOUSE_OPS_ALLOW_WEAK_PASSWORD=true accepts it`,
    );
    expect(load(password, { GATEHOUSE_MODE: 'local' }).ops.password.reveal()).toBe(password);
    expect(load(password, { GATEHOUSE_OPS_ALLOW_WEAK_PASSWORD: 'true' }).ops.password.reveal()).toBe(
      password,
    );
  }
  expect(load('blue-heron-over-14-lakes').ops.username).toBe('ops');
});

it('a hashed operator password is taken as it is, unless it is too costly to check', async () => {
  const good = await hash('blue-heron-over-14-lakes');
  expect(load(good).ops.password.reveal()).toBe(good);
  expect(() => load(good.replace(/m=\d+/, 'm=99999999'))).toThrow('the hash is too costly to check');
});
