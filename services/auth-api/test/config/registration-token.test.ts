import { loadConfig } from '@gatehouse/service-kit/config';
import { expect, test } from 'vitest';
import { configuration } from '../../src/config.ts';
import { requiredSettings } from '../stack/auth-api.ts';

const load = (token: string) =>
  loadConfig(configuration, {
    env: {
      GATEHOUSE_PUBLIC_URL: 'https://login.test',
      ...requiredSettings,
      GATEHOUSE_REGISTRATION_TOKEN: token,
    },
  });

test.each([
  ['a token that has 31 characters.', 'must have at least 32 characters'],
  ['a token of 45 characters, six of them blanks.', 'must be of letters, digits and - . _ ~ + /'],
  ['"quotes-0123456789-abcdefghijklmnopqrstuvwxyz"', 'must be of letters, digits and - . _ ~ + /'],
])('a registration token that no client can send is refused at the start: %s', (token, problem) => {
  expect(() => load(token)).toThrow(
    `GATEHOUSE_REGISTRATION_TOKEN (registration.initialAccessToken): ${problem}`,
  );
});

test('a registration token that a client can send is taken', () => {
  const token = 'Registration.token_of-an~installation+0/9==';
  expect(load(token).registration.initialAccessToken?.reveal()).toBe(token);
});
