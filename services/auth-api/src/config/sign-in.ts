/** Defines the settings of logins and of their limits. */
import { read, setting } from '@gatehouse/service-kit/config';
import { z } from 'zod';
import { mappingProblem } from './authority-mapping.ts';
import { patternProblem } from './user-name-patterns.ts';

const attemptSettings = {
  accountAttempts: setting(read.integer(1, 1000).optional(), {
    env: 'GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS',
    doc: 'The number of failed logins at which the directory locks an account, where the directory does not show this number: an LDAP directory with a policy, or the one that verifies passwords behind a Configuration Server. One failed login fewer reaches the directory. Without a value: 6 where nothing is shown, and growing waits where the directory shows that it never locks.',
  }),
  knownDeviceAttempts: setting(read.integer(1, 1000).default(5), {
    env: 'GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS',
    doc: 'Deprecated and without effect: the threshold decides. Kept so that existing configuration is accepted.',
  }),
  accountWindowSeconds: setting(read.integer(1, 86_400).default(1_200), {
    env: 'GATEHOUSE_SIGN_IN_ACCOUNT_WINDOW_SECONDS',
    doc: 'Time without a failed login after which those of an account are forgotten, in seconds, where the directory does not show when it does.',
  }),
  freeFailures: setting(read.integer(1, 1000).default(3), {
    env: 'GATEHOUSE_SIGN_IN_FREE_FAILURES',
    doc: 'Failed logins of one account that cost no wait. Unknown browsers, usual networks and known browsers have this number each, known browsers at least 3. After them the wait doubles, beginning with one second.',
  }),
  longestDelaySeconds: setting(read.integer(1, 86_400).default(300), {
    env: 'GATEHOUSE_SIGN_IN_LONGEST_DELAY_SECONDS',
    doc: 'Maximum of that wait, in seconds.',
  }),
  startsPerMinute: setting(read.integer(10, 1_000_000).default(5_000), {
    env: 'GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE',
    doc: 'Requests without an outcome that one address may make within a minute on one replica. These have a counter each: questions how somebody signs in; posted authorization requests and devices of public clients; logouts; logout answers of SAML providers; signatures of SAML metadata.',
  }),
  unfinishedPerAddress: setting(read.integer(10, 1_000_000).default(5_000), {
    env: 'GATEHOUSE_SIGN_IN_UNFINISHED_PER_ADDRESS',
    doc: 'Logins that one address may begin and not finish, or fail at an identity provider, within ten minutes on one replica. Finished ones do not count.',
  }),
  busyDelayMs: setting(read.integer(0, 10_000).default(40), {
    env: 'GATEHOUSE_SIGN_IN_BUSY_DELAY_MS',
    doc: 'Mean time between two turns of the event loop, in milliseconds, from which on this replica lets fewer people begin a login, at least ten a second. The others get 503 with a time to come back at, each another one. About 10 when it has nothing to do; 0: everybody may always begin.',
  }),
  addressAttempts: setting(read.integer(1, 1_000_000).default(200), {
    env: 'GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS',
    doc: 'Failed logins from one address within its window, over all accounts: for accounts that are used from there, for the first three attempts at a login page, and for the rest, each. Known browsers are not counted.',
  }),
  addressWindowSeconds: setting(read.integer(1, 86_400).default(600), {
    env: 'GATEHOUSE_SIGN_IN_ADDRESS_WINDOW_SECONDS',
    doc: 'Window in which failed logins from one address are counted, in seconds.',
  }),
};

/** A flood of questions makes people say yes (MFA fatigue). */
export const approvalSettings = {
  maxByClient: setting(read.integer(1, 1000).default(5), {
    env: 'GATEHOUSE_APPROVAL_MAX_BY_CLIENT',
    doc: 'Requests for an approval (OpenID CIBA) that one client may send one person within ten minutes. Those that the person approved do not count.',
  }),
  maxByAll: setting(read.integer(1, 1000).default(10), {
    env: 'GATEHOUSE_APPROVAL_MAX_BY_ALL',
    doc: 'The same of all clients together.',
  }),
};

export const passkeySettings = {
  metadataFile: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_PASSKEYS_METADATA_FILE',
    doc: 'File with the metadata of the FIDO Alliance (MDS 3), as downloaded. By it a passkey proves its make where a contact centre demands that; nothing is fetched. It is read when the process starts.',
    example: '/etc/gatehouse/fido-metadata.jwt',
  }),
};

export const totpSettings = {
  digits: setting(
    read
      .integer(6, 8)
      .refine((digits) => digits !== 7, 'must be 6 or 8')
      .default(6) as unknown as z.ZodType<6 | 8>,
    {
      env: 'GATEHOUSE_TOTP_DIGITS',
      doc: 'Digits of the one-time codes of a new app: 6 or 8. An app that is there keeps its own.',
    },
  ),
  algorithm: setting(z.enum(['SHA1', 'SHA256']).default('SHA1'), {
    env: 'GATEHOUSE_TOTP_ALGORITHM',
    doc: 'Hash of the one-time codes of a new app. Some apps know SHA1 alone and show wrong codes otherwise: try yours first. An app that is there keeps its own.',
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
      doc: 'Authorities that groups and roles give, separated by commas. `group:` counts for groups of every directory; for ROLE_CONTACT_CENTER_ADMIN not for those of a people store, which a SCIM key writes: `scim:` does.',
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
