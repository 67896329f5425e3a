/** The configuration of Auth API: the only file that names its variables. */
import { type ConfigOf, defineConfiguration } from '@gatehouse/service-kit/config/configuration';
import {
  encryptionSettings,
  httpSettings,
  logSettings,
  modeSetting,
  opsSettings,
  postgresSettings,
  publicUrlSetting,
  redisSettings,
  serviceClientSettings,
} from '@gatehouse/service-kit/config/groups';
import { read, setting } from '@gatehouse/service-kit/config/setting';
import { z } from 'zod';

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

export const configuration = defineConfiguration('auth-api', {
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
  clients: clientSettings,
  environmentApi: {
    url: setting(z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8084'), {
      env: 'GATEHOUSE_ENVIRONMENT_API_URL',
      doc: 'Where the Environment API is reached inside the installation, without a path.',
    }),
  },
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
});

export type Config = ConfigOf<typeof configuration>;
