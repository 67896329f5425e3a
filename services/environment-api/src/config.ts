/** Defines every setting of Environment API; only this file names its environment variables. */

import { auditSettings } from '@gatehouse/audit-trail/config/audit';
import { elasticsearchProblems, elasticsearchSettings } from '@gatehouse/audit-trail/config/elasticsearch';
import {
  certificateHeaderProblems,
  certificateHeaderSettings,
  dpopNonceSetting,
} from '@gatehouse/caller-auth/config/sender-constraint';
import { consulProblems } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import { locationSchema, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { type ConfigOf, defineConfiguration } from '@gatehouse/service-kit/config/configuration';
import { consulSettings } from '@gatehouse/service-kit/config/consul';
import {
  encryptionSettings,
  httpSettings,
  logSettings,
  modeSetting,
  opsSettings,
  postgresSettings,
  redisSettings,
  serviceClientSettings,
  tlsProblems,
} from '@gatehouse/service-kit/config/groups';
import { read, setting } from '@gatehouse/service-kit/config/setting';
import { tracingSettings } from '@gatehouse/service-kit/config/tracing';
import { z } from 'zod';

export const configuration = defineConfiguration(
  'environment-api',
  {
    mode: modeSetting,
    location: setting(locationSchema.default(rootLocation), {
      env: 'GATEHOUSE_LOCATION',
      doc: 'Where this installation runs, as a path: chooses among servers and settings that are given for locations.',
      example: '/USW1',
    }),
    environment: {
      writableLocation: setting(locationSchema.optional(), {
        env: 'GATEHOUSE_WRITABLE_LOCATION',
        doc: 'The region that takes writes; elsewhere they are refused. Absent: every region takes them.',
        example: '/USW1',
      }),
      forceWritable: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_FORCE_WRITABLE',
        doc: 'Take writes in this region all the same, during a fail-over.',
      }),
    },
    authApi: {
      url: setting(read.baseUrl(), {
        env: 'GATEHOUSE_AUTH_API_URL',
        doc: 'Where Auth API is reached inside the cluster: scheme, host and port without a path. It tells whose a Bearer token is.',
        example: 'http://gatehouse-auth-api:80',
      }),
      timeoutMs: setting(read.integer(100, 30_000).default(2000), {
        env: 'GATEHOUSE_AUTH_API_TIMEOUT_MS',
        doc: 'Longest wait for an answer of Auth API, in milliseconds; then the caller gets 503.',
      }),
      introspectionCacheMs: setting(read.integer(0, 5000).default(3000), {
        env: 'GATEHOUSE_INTROSPECTION_CACHE_MS',
        doc: 'How long a good answer about a token is believed, in milliseconds; a revoked token may work that long.',
      }),
    },
    check: {
      stepTimeoutMs: setting(read.integer(100, 15_000).default(4000), {
        env: 'GATEHOUSE_CHECK_STEP_TIMEOUT_MS',
        doc: 'Longest wait for each step of an environment check (resolve, TCP, TLS and registration, read), in milliseconds.',
      }),
    },
    reachability: {
      timeoutMs: setting(read.integer(0, 5000).default(500), {
        env: 'GATEHOUSE_REACHABILITY_TIMEOUT_MS',
        doc: 'How long a write waits for the servers it names, to warn about those that cannot be reached, in milliseconds; 0 = no warnings.',
      }),
    },
    import: {
      secretsFolder: setting(z.string().min(1).optional(), {
        env: 'GATEHOUSE_IMPORT_SECRETS_FOLDER',
        doc: 'Folder whose files an import may name as secrets (`file:` references). Absent: no import reads files.',
        example: '/run/secrets/import',
      }),
    },
    mtls: certificateHeaderSettings,
    dpop: {
      requireNonce: dpopNonceSetting,
      origins: setting(read.baseUrls().default([]), {
        env: 'GATEHOUSE_DPOP_ORIGINS',
        doc: 'Origins that callers reach this API by, separated by commas: a DPoP proof must name one of them. Absent: tokens that are bound to a key are refused.',
        example: 'https://login.example.com,http://gauth-environment',
      }),
    },
    http: httpSettings({ port: 8084, managementPort: 8085 }),
    log: logSettings,
    redis: redisSettings,
    postgres: postgresSettings,
    ops: opsSettings,
    serviceClient: serviceClientSettings,
    encryption: encryptionSettings,
    consul: consulSettings,
    elasticsearch: elasticsearchSettings,
    audit: auditSettings,
    tracing: tracingSettings,
  },
  {
    problemsBetween: ({ consul, elasticsearch, http, mtls }) => [
      ...tlsProblems(http.tls),
      ...certificateHeaderProblems({ http, mtls }),
      ...consulProblems(consul),
      ...elasticsearchProblems(elasticsearch),
    ],
  },
);

export type Config = ConfigOf<typeof configuration>;
