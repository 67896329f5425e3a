/** Defines the configuration of Environment API; groups of settings that several services have are in packages. */

import {
  auditForwardProblems,
  auditForwardSettings,
  auditSettings,
  elasticsearchProblems,
  elasticsearchSettings,
} from '@gatehouse/audit-trail/settings';
import { opsSettings } from '@gatehouse/caller-auth/credentials';
import {
  certificateHeaderProblems,
  certificateHeaderSettings,
  dpopNonceSetting,
} from '@gatehouse/caller-auth/sender-constraint';
import { consulProblems } from '@gatehouse/config-server-client/consul';
import { locationSchema, rootLocation } from '@gatehouse/contracts/environment-api';
import {
  type ConfigOf,
  clockSettings,
  consulSettings,
  defineConfiguration,
  deletedSettings,
  encryptionSettings,
  httpSettings,
  internalSettings,
  logSettings,
  modeSetting,
  openApiSettings,
  postgresSettings,
  primaryProblems,
  primarySettings,
  read,
  redisProblems,
  redisSettings,
  regionSettings,
  serviceClientSettings,
  setting,
  tlsProblems,
  tracingSettings,
} from '@gatehouse/service-kit/config';
import { z } from 'zod';

export const configuration = defineConfiguration(
  'environment-api',
  {
    mode: modeSetting,
    publicUrl: setting(read.baseUrl().optional(), {
      env: 'GATEHOUSE_PUBLIC_URL',
      doc: 'The one public origin of the installation, where callers reach this API too. With it, the API tells clients whose tokens it takes (RFC 9728).',
      example: 'https://login.example.com',
    }),
    location: setting(locationSchema.default(rootLocation), {
      env: 'GATEHOUSE_LOCATION',
      doc: 'Location of this installation, as a path; it selects servers and settings that are stored for a location.',
      example: '/USW1',
    }),
    environment: regionSettings,
    clock: clockSettings,
    authApi: {
      url: setting(read.baseUrl(), {
        env: 'GATEHOUSE_AUTH_API_URL',
        doc: 'Address of Auth API inside the cluster: scheme, host and port without a path. Auth API introspects Bearer tokens.',
        example: 'http://gatehouse-auth-api:80',
      }),
      internalUrl: setting(read.baseUrl().optional(), {
        env: 'GATEHOUSE_AUTH_API_INTERNAL_URL',
        doc: 'Address of its internal listener, without a path. Without it, Bearer tokens are introspected at `url`.',
        example: 'http://gatehouse-auth-api-internal:80',
      }),
      timeoutMs: setting(read.integer(100, 30_000).default(2000), {
        env: 'GATEHOUSE_AUTH_API_TIMEOUT_MS',
        doc: 'Maximum wait for an answer of Auth API, in milliseconds; then the caller gets 503.',
      }),
      introspectionCacheMs: setting(read.integer(0, 5000).default(500), {
        env: 'GATEHOUSE_INTROSPECTION_CACHE_MS',
        doc: 'Time for which an active token is cached, in milliseconds; a revoked token may work for this time.',
      }),
    },
    check: {
      stepTimeoutMs: setting(read.integer(100, 15_000).default(4000), {
        env: 'GATEHOUSE_CHECK_STEP_TIMEOUT_MS',
        doc: 'Maximum wait for each step of an environment check (resolve, TCP, TLS and registration, read), in milliseconds.',
      }),
    },
    reachability: {
      timeoutMs: setting(read.integer(0, 5000).default(500), {
        env: 'GATEHOUSE_REACHABILITY_TIMEOUT_MS',
        doc: 'Time that a write waits for the servers it names, to warn about those that cannot be reached, in milliseconds; 0: no warnings.',
      }),
    },
    import: {
      secretsFolder: setting(z.string().min(1).optional(), {
        env: 'GATEHOUSE_IMPORT_SECRETS_FOLDER',
        doc: 'Folder whose files an import may name as secrets (`file:` references). Without it no import reads files.',
        example: '/run/secrets/import',
      }),
    },
    compat: {
      enabled: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_COMPAT_ENABLED',
        doc: 'For moving from an existing installation: a contact centre that is created in an environment of another one, without `membership`, has everybody.',
      }),
    },
    mtls: certificateHeaderSettings,
    dpop: {
      requireNonce: dpopNonceSetting,
      origins: setting(read.baseUrls().default([]), {
        env: 'GATEHOUSE_DPOP_ORIGINS',
        doc: 'Origins that callers use for this API, separated by commas; a DPoP proof must name one of them. Without it, tokens that are bound to a key are refused.',
        example: 'https://login.example.com,http://gauth-environment',
      }),
    },
    http: httpSettings({ port: 8084, managementPort: 8085 }),
    internal: internalSettings({ port: 8087 }),
    log: logSettings,
    redis: redisSettings,
    postgres: { ...postgresSettings, ...primarySettings },
    ops: opsSettings,
    serviceClient: serviceClientSettings,
    encryption: encryptionSettings,
    consul: consulSettings,
    elasticsearch: elasticsearchSettings,
    auditForward: auditForwardSettings,
    audit: auditSettings,
    deleted: deletedSettings,
    openapi: openApiSettings,
    tracing: tracingSettings,
  },
  {
    problemsBetween: ({
      auditForward,
      consul,
      elasticsearch,
      environment: region,
      http,
      mode,
      mtls,
      postgres,
      redis,
    }) => [
      ...tlsProblems(http.tls),
      ...certificateHeaderProblems({ http, mtls }),
      ...redisProblems(redis),
      ...primaryProblems({ postgres, region }),
      ...consulProblems(consul),
      ...elasticsearchProblems(elasticsearch),
      ...auditForwardProblems(mode, auditForward),
    ],
  },
);

export type Config = ConfigOf<typeof configuration>;
