import { loadConfig } from '@gatehouse/service-kit/config';
import { expect, it } from 'vitest';
import { configuration } from '../../src/config.ts';
import { requiredSettings } from '../stack/auth-api.ts';

const complete = {
  GATEHOUSE_MODE: 'local',
  GATEHOUSE_PUBLIC_URL: 'https://login.test',
  ...requiredSettings,
  GATEHOUSE_POSTGRES_PRIMARY_HOST: 'postgres.usw1.example',
};

it('the primary of another region needs the name of the region that writes', () => {
  expect(() => loadConfig(configuration, { env: complete })).toThrow(
    'GATEHOUSE_POSTGRES_PRIMARY_HOST needs GATEHOUSE_WRITABLE_LOCATION',
  );
  const env = { ...complete, GATEHOUSE_WRITABLE_LOCATION: '/USW1' };
  expect(loadConfig(configuration, { env }).postgres.primaryHost).toBe('postgres.usw1.example');
});
