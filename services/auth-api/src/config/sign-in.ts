/** Defines the settings of logins and of their limits. */
import { read, setting } from '@gatehouse/service-kit/config/setting';
import { z } from 'zod';
import { mappingProblem } from '../users/authorities.ts';
import { patternProblem } from '../users/login-name.ts';

const attemptSettings = {
  accountAttempts: setting(read.integer(1, 1000).default(4), {
    env: 'GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS',
    doc: 'Failed logins of one account within the window before unknown devices must wait; keep it below the account-lockout-threshold of the Configuration Servers.',
  }),
  knownDeviceAttempts: setting(read.integer(1, 1000).default(5), {
    env: 'GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS',
    doc: 'The same for a browser that has signed in to the account before.',
  }),
  accountWindowSeconds: setting(read.integer(1, 86_400).default(1_200), {
    env: 'GATEHOUSE_SIGN_IN_ACCOUNT_WINDOW_SECONDS',
    doc: 'Window in which failed logins of one account are counted, in seconds; not shorter than account-lockout-attempts-period.',
  }),
  freeFailures: setting(read.integer(1, 1000).default(3), {
    env: 'GATEHOUSE_SIGN_IN_FREE_FAILURES',
    doc: 'Failures in a row of one account without a wait; then the wait doubles, beginning with one second.',
  }),
  longestDelaySeconds: setting(read.integer(1, 86_400).default(900), {
    env: 'GATEHOUSE_SIGN_IN_LONGEST_DELAY_SECONDS',
    doc: 'Maximum wait, in seconds.',
  }),
  startsPerMinute: setting(read.integer(10, 1_000_000).default(600), {
    env: 'GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE',
    doc: 'Logins that one address may start within a minute on one replica; raise it where many people share an address.',
  }),
  addressAttempts: setting(read.integer(1, 1_000_000).default(200), {
    env: 'GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS',
    doc: 'Failed logins from one address within its window, over all accounts.',
  }),
  addressWindowSeconds: setting(read.integer(1, 86_400).default(600), {
    env: 'GATEHOUSE_SIGN_IN_ADDRESS_WINDOW_SECONDS',
    doc: 'Window in which failed logins from one address are counted, in seconds.',
  }),
};

export const signInSettings = {
  authorityMapping: setting(
    read
      .list()
      .superRefine((entries, context) => {
        for (const entry of entries) {
          const problem = mappingProblem(entry);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        }
      })
      .default([]),
    {
      env: 'GATEHOUSE_AUTHORITY_MAPPING',
      doc: 'Authorities that access groups and roles of the Configuration Server give, separated by commas.',
      example: 'group:Supervisors=ROLE_SUPERVISOR,role:Quality=ROLE_QUALITY',
    },
  ),
  defaultTenant: setting(z.string().min(1).max(255).optional(), {
    env: 'GATEHOUSE_DEFAULT_TENANT',
    doc: 'Domain of the contact centre when a user names no tenant; for installations with one contact centre.',
  }),
  userNamePatterns: setting(
    read
      .list()
      .superRefine((entries, context) => {
        for (const entry of entries) {
          const problem = patternProblem(entry);
          if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
        }
      })
      .default([]),
    {
      env: 'GATEHOUSE_USER_NAME_PATTERNS',
      doc: 'Patterns that give the tenant of a user name that is typed without one, separated by commas. The first match counts, before the default tenant.',
      example: '{user}@{tenant},ndc-*=nordic',
    },
  ),
  ...attemptSettings,
};
