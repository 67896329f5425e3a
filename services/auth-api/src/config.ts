/** The configuration of Auth API: the only file that names its variables. */
import { consulProblems } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import { auditSettings } from '@gatehouse/service-kit/config/audit';
import { type ConfigOf, defineConfiguration } from '@gatehouse/service-kit/config/configuration';
import { consulSettings } from '@gatehouse/service-kit/config/consul';
import { elasticsearchProblems, elasticsearchSettings } from '@gatehouse/service-kit/config/elasticsearch';
import {
  encryptionSettings,
  httpSettings,
  logSettings,
  modeSetting,
  opsSettings,
  outboundProblems,
  outboundSettings,
  postgresSettings,
  publicUrlSetting,
  redisSettings,
  serviceClientSettings,
  tlsProblems,
} from '@gatehouse/service-kit/config/groups';
import {
  certificateHeaderProblems,
  certificateHeaderSettings,
  dpopNonceSetting,
} from '@gatehouse/service-kit/config/sender-constraint';
import { optionalSecretSetting, read, setting } from '@gatehouse/service-kit/config/setting';
import { tracingSettings } from '@gatehouse/service-kit/config/tracing';
import { z } from 'zod';
import { mappingProblem } from './users/authority-mapping.ts';
import { patternProblem } from './users/user-name-patterns.ts';

const tokenSettings = {
  accessTtlSeconds: setting(read.integer(1, 604_800).default(43_200), {
    env: 'GATEHOUSE_ACCESS_TOKEN_TTL_SECONDS',
    doc: 'Life of an access token whose client sets none, in seconds.',
  }),
  refreshTtlSeconds: setting(read.integer(1, 31_536_000).default(2_592_000), {
    env: 'GATEHOUSE_REFRESH_TOKEN_TTL_SECONDS',
    doc: 'Life of the refresh tokens of one sign-in whose client sets none, in seconds.',
  }),
  longestAccessTtlSeconds: setting(read.integer(1, 604_800).default(604_800), {
    env: 'GATEHOUSE_LONGEST_ACCESS_TOKEN_TTL_SECONDS',
    doc: 'Longest life of an access token that a client may be given, in seconds.',
  }),
  longestRefreshTtlSeconds: setting(read.integer(1, 31_536_000).default(7_776_000), {
    env: 'GATEHOUSE_LONGEST_REFRESH_TOKEN_TTL_SECONDS',
    doc: 'Longest life of refresh tokens that a client may be given, in seconds; revocations are kept for as long.',
  }),
  codeTtlSeconds: setting(read.integer(1, 600).default(60), {
    env: 'GATEHOUSE_CODE_TTL_SECONDS',
    doc: 'Life of an authorization code, in seconds.',
  }),
  refreshGraceMs: setting(read.integer(0, 300_000).default(10_000), {
    env: 'GATEHOUSE_REFRESH_GRACE_MS',
    doc: 'How long a rotated refresh token is answered with the same successor again, in milliseconds; 0 never.',
  }),
  refreshIdleSeconds: setting(read.integer(1, 31_536_000).default(1_209_600), {
    env: 'GATEHOUSE_REFRESH_IDLE_SECONDS',
    doc: 'Refresh tokens that nobody uses for so long end, in seconds, however much of their life is left.',
  }),
  personFreshMs: setting(read.integer(0, 600_000).default(5_000), {
    env: 'GATEHOUSE_REFRESH_PERSON_FRESH_MS',
    doc: 'A refresh reads the person at the Configuration Server again unless that was done within so many milliseconds.',
  }),
};

const clientSettings = {
  secretGraceSeconds: setting(read.integer(0, 31_536_000).default(86_400), {
    env: 'GATEHOUSE_CLIENT_SECRET_GRACE_SECONDS',
    doc: 'How long the former secret stays valid after a rotation, in seconds.',
  }),
  staleMaxSeconds: setting(read.integer(0, 604_800).default(3_600), {
    env: 'GATEHOUSE_CLIENT_STALE_MAX_SECONDS',
    doc: 'Longest use of a cached client while PostgreSQL is away, in seconds.',
  }),
  hashConcurrency: setting(read.integer(1, 64).default(2), {
    env: 'GATEHOUSE_SECRET_HASH_CONCURRENCY',
    doc: 'How many slow secret hashes are computed at once; each takes 19 MiB.',
  }),
};

const sessionSettings = {
  idleSeconds: setting(read.integer(60, 2_592_000).default(14_400), {
    env: 'GATEHOUSE_SESSION_IDLE_SECONDS',
    doc: 'A browser session that is not used for so long ends, in seconds.',
  }),
  absoluteSeconds: setting(read.integer(60, 2_592_000).default(43_200), {
    env: 'GATEHOUSE_SESSION_ABSOLUTE_SECONDS',
    doc: 'A browser session ends so long after the login, in seconds, however much it is used.',
  }),
  rememberSeconds: setting(read.integer(0, 31_536_000).default(0), {
    env: 'GATEHOUSE_SESSION_REMEMBER_SECONDS',
    doc: 'Where users may stay signed in on a device of their own: such a session outlives the browser and ends so long after the login, in seconds. 0: the sign-in page does not offer it.',
  }),
  rememberIdleSeconds: setting(read.integer(60, 31_536_000).default(604_800), {
    env: 'GATEHOUSE_SESSION_REMEMBER_IDLE_SECONDS',
    doc: 'A remembered session that is not used for so long ends, in seconds.',
  }),
};

const signInSettings = {
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
      doc: 'Authorities that access groups and roles of the Configuration Server stand for, separated by commas.',
      example: 'group:Supervisors=ROLE_SUPERVISOR,role:Quality=ROLE_QUALITY',
    },
  ),
  defaultTenant: setting(z.string().min(1).max(255).optional(), {
    env: 'GATEHOUSE_DEFAULT_TENANT',
    doc: 'Domain of the contact centre that is meant when a user names no tenant; for installations with one.',
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
      doc: 'What tells the tenant of a user name that is typed without one, separated by commas; the first that fits counts, before the default tenant.',
      example: '{user}@{tenant},ndc-*=nordic',
    },
  ),
  accountAttempts: setting(read.integer(1, 1000).default(4), {
    env: 'GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS',
    doc: 'Failed sign-ins on one account within the window before unknown devices must wait; keep it below the account-lockout-threshold of the Configuration Servers.',
  }),
  knownDeviceAttempts: setting(read.integer(1, 1000).default(5), {
    env: 'GATEHOUSE_SIGN_IN_KNOWN_DEVICE_ATTEMPTS',
    doc: 'The same for a browser that signed in to the account before.',
  }),
  accountWindowSeconds: setting(read.integer(1, 86_400).default(1_200), {
    env: 'GATEHOUSE_SIGN_IN_ACCOUNT_WINDOW_SECONDS',
    doc: 'Window in which failed sign-ins on one account are counted, in seconds; not shorter than account-lockout-attempts-period.',
  }),
  freeFailures: setting(read.integer(1, 1000).default(3), {
    env: 'GATEHOUSE_SIGN_IN_FREE_FAILURES',
    doc: 'Failures in a row on one account that cost no waiting; from then on the wait doubles, from one second up.',
  }),
  longestDelaySeconds: setting(read.integer(1, 86_400).default(900), {
    env: 'GATEHOUSE_SIGN_IN_LONGEST_DELAY_SECONDS',
    doc: 'Where the doubling of the wait ends, in seconds.',
  }),
  startsPerMinute: setting(read.integer(10, 1_000_000).default(600), {
    env: 'GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE',
    doc: 'Sign-ins that one address may begin within a minute on one replica; raise it where more people share an address.',
  }),
  addressAttempts: setting(read.integer(1, 1_000_000).default(200), {
    env: 'GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS',
    doc: 'Failed sign-ins from one address within its window, over all accounts.',
  }),
  addressWindowSeconds: setting(read.integer(1, 86_400).default(600), {
    env: 'GATEHOUSE_SIGN_IN_ADDRESS_WINDOW_SECONDS',
    doc: 'Window in which failed sign-ins from one address are counted, in seconds.',
  }),
};

export const configuration = defineConfiguration(
  'auth-api',
  {
    mode: modeSetting,
    publicUrl: publicUrlSetting,
    http: httpSettings({ port: 8080, managementPort: 8081 }),
    log: logSettings,
    redis: redisSettings,
    postgres: postgresSettings,
    encryption: encryptionSettings,
    ops: opsSettings,
    serviceClient: serviceClientSettings,
    compat: {
      enabled: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_COMPAT_ENABLED',
        doc: 'For estates that move: UUID access tokens, redirects below a registered origin, the secret in the answer to a client creation.',
      }),
    },
    tokens: tokenSettings,
    authorization: {
      requirePushed: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_REQUIRE_PUSHED_REQUESTS',
        doc: 'Authorization requests of every client must be pushed (RFC 9126), not only of those that are registered so.',
      }),
      deviceCodeTtlSeconds: setting(read.integer(60, 3600).default(600), {
        env: 'GATEHOUSE_DEVICE_CODE_TTL_SECONDS',
        doc: 'How long a device waits for its user to let it in (RFC 8628), in seconds.',
      }),
      pushedRequestTtlSeconds: setting(read.integer(5, 599).default(60), {
        env: 'GATEHOUSE_PUSHED_REQUEST_TTL_SECONDS',
        doc: 'How long the browser may take to come with the request_uri of a pushed request, in seconds.',
      }),
    },
    registration: {
      initialAccessToken: optionalSecretSetting({
        env: 'GATEHOUSE_REGISTRATION_TOKEN',
        doc: 'Initial access token with which clients register themselves (RFC 7591); without it nobody can.',
        check: atLeastThirtyTwoCharacters,
      }),
      scopes: setting(
        read.list().default(['openid', 'profile', 'email', 'offline_access']) as z.ZodType<string[]>,
        {
          env: 'GATEHOUSE_REGISTRATION_SCOPES',
          doc: 'Scopes that such clients may have, separated by commas.',
        },
      ),
    },
    mtls: {
      url: setting(read.baseUrl().optional(), {
        env: 'GATEHOUSE_MTLS_URL',
        doc: 'Public origin where client certificates are asked for, if that is another one than the public URL; discovery announces the endpoints there (RFC 8705 section 5).',
        example: 'https://mtls.login.example.com',
      }),
      ...certificateHeaderSettings,
    },
    dpop: { requireNonce: dpopNonceSetting },
    signingKeys: {
      rotationDays: setting(read.integer(0, 3650).default(90), {
        env: 'GATEHOUSE_SIGNING_KEY_ROTATION_DAYS',
        doc: 'How long a key signs before the next one does, in days; 0: until it is rotated by hand.',
      }),
    },
    clients: clientSettings,
    sessions: sessionSettings,
    signIn: signInSettings,
    environmentApi: {
      url: setting(z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8084'), {
        env: 'GATEHOUSE_ENVIRONMENT_API_URL',
        doc: 'Where the Environment API is reached inside the installation, without a path.',
      }),
      staleMaxSeconds: setting(read.integer(0, 604_800).default(86_400), {
        env: 'GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS',
        doc: 'Longest use of cached contact centres and environments while the Environment API is down, in seconds.',
      }),
    },
    consul: consulSettings,
    elasticsearch: elasticsearchSettings,
    audit: auditSettings,
    tracing: tracingSettings,
    outbound: outboundSettings,
    location: setting(
      z
        .string()
        .regex(/^\/[A-Za-z0-9/_-]{0,127}$/, 'must be a path such as /USW1')
        .default('/'),
      {
        env: 'GATEHOUSE_LOCATION',
        doc: 'Location of this installation: chooses settings and Configuration Servers.',
        example: '/USW1',
      },
    ),
  },
  {
    problemsBetween: ({ consul, elasticsearch, http, mode, mtls, outbound }) => [
      ...tlsProblems(http.tls),
      ...certificateHeaderProblems({ http, mtls }),
      ...consulProblems(consul),
      ...elasticsearchProblems(elasticsearch),
      ...outboundProblems(mode, outbound),
    ],
  },
);

function atLeastThirtyTwoCharacters(text: string): void {
  if (text.length < 32) throw new Error('must have at least 32 characters');
}

export type Config = ConfigOf<typeof configuration>;
