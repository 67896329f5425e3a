import { defineConfiguration } from '@gatehouse/service-kit/config/configuration';
import { loadConfig } from '@gatehouse/service-kit/config/load';
import { modeSetting } from '@gatehouse/service-kit/config/shared-settings';
import { expect, test } from 'vitest';
import { outboundProblems, outboundSettings } from '../../src/config/outbound.ts';

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
