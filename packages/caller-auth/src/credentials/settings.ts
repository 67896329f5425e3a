/** Defines the settings of the operator account. */
import {
  overrideSetting,
  replaceableSecretSetting,
  setting,
  textWeakness,
} from '@gatehouse/service-kit/config';
import { z } from 'zod';
import { isSlowHash, isTooCostly } from './stored-secret.ts';

const allowWeakPassword = overrideSetting({
  env: 'GATEHOUSE_OPS_ALLOW_WEAK_PASSWORD',
  doc: 'Permits an operator password that can be guessed. Who guesses it owns the installation.',
});

const shortestPassword = 12;

export const opsSettings = {
  username: setting(z.string().min(1), {
    env: 'GATEHOUSE_OPS_USERNAME',
    doc: 'User name of the operator account (HTTP Basic).',
  }),
  password: replaceableSecretSetting({
    env: 'GATEHOUSE_OPS_PASSWORD',
    doc: 'Password of the operator account: plain, argon2id or bcrypt. Callers always send the plain password. Two lines while it is being replaced: both are accepted.',
    check: (text) => {
      if (isSlowHash(text) && isTooCostly(text)) throw new Error('the hash is too costly to check');
    },
    weakness: {
      // A hash hides what it is made of.
      of: (text) => (isSlowHash(text) ? undefined : textWeakness(text, shortestPassword)),
      override: allowWeakPassword,
    },
  }),
  allowWeakPassword,
};
