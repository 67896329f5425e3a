import { defineConfiguration, loadConfig, modeSetting } from '@gatehouse/service-kit/config';
import { expect, test } from 'vitest';
import { outboundProblems, outboundSettings } from '../../src/config/outbound.ts';
import { configuration } from '../../src/config.ts';
import { requiredSettings } from '../stack/auth-api.ts';

test('networks for outbound calls are checked, and loopback is for local trials', () => {
  const service = defineConfiguration(
    'x',
    { mode: modeSetting, outbound: outboundSettings },
    { problemsBetween: ({ mode, outbound }) => outboundProblems(mode, outbound) },
  );
  const load = (env: Record<string, string>) => loadConfig(service, { env });

  expect(
    load({ GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS: '10.0.0.0/8, fd00::/8' }).outbound.allowedNetworks,
  ).toEqual(['10.0.0.0/8', 'fd00::/8']);
  expect(() => load({ GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS: '10.0.0.0' })).toThrow('10.0.0.0 is no network');
  expect(() => load({ GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' })).toThrow('GATEHOUSE_MODE=local only');
  expect(load({ GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true', GATEHOUSE_MODE: 'local' }).mode).toBe('local');
});

const strong = {
  GATEHOUSE_PUBLIC_URL: 'https://login.test',
  ...requiredSettings,
};

// attack: outbound calls to this machine or everywhere | CWE-918, ASVS 13.2.4 | guard: services/auth-api/src/config/outbound.ts
test.each([
  ['GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS', '0.0.0.0/0', 'GATEHOUSE_OUTBOUND_ALLOW_WIDE_NETWORKS'],
  ['GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS', '::/0', 'GATEHOUSE_OUTBOUND_ALLOW_WIDE_NETWORKS'],
  ['GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS', '127.0.0.0/8', 'GATEHOUSE_OUTBOUND_ALLOW_WIDE_NETWORKS'],
  ['GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS', '10.0.0.0/8,::1/128', 'GATEHOUSE_OUTBOUND_ALLOW_WIDE_NETWORKS'],
  ['GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS', '169.254.0.0/16', 'GATEHOUSE_OUTBOUND_ALLOW_WIDE_NETWORKS'],
  ['GATEHOUSE_MTLS_URL', 'http://mtls.login.test', 'GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL'],
  ['GATEHOUSE_REGISTRATION_TOKEN', 'x'.repeat(32), 'GATEHOUSE_REGISTRATION_ALLOW_WEAK_TOKEN'],
  ['GATEHOUSE_AUDIT_PSEUDONYM_KEY', 'secret'.repeat(6), 'GATEHOUSE_AUDIT_ALLOW_WEAK_PSEUDONYM_KEY'],
])('%s=%s needs %s outside local mode', (name, value, override) => {
  const load = (env: Record<string, string>) => loadConfig(configuration, { env: { ...strong, ...env } });
  expect(() => load({ [name]: value })).toThrow(`; ${override}=true accepts it`);
  expect(load({ [name]: value, GATEHOUSE_MODE: 'local' }).mode).toBe('local');
  expect(load({ [name]: value, [override]: 'true' }).mode).toBe('production');
});
