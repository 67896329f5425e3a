/** Defines the configuration of Auth API: its own groups are in config/, those of several services in packages. */
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
import {
  allowPlaintextPublicUrlSetting,
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
  plaintextWeakness,
  postgresSettings,
  primaryProblems,
  primarySettings,
  publicUrlSetting,
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
import { alertProblems, alertSettings } from './config/alerts.ts';
import { clientSettings, registrationSettings } from './config/clients.ts';
import { outboundProblems, outboundSettings } from './config/outbound.ts';
import { sessionSettings } from './config/sessions.ts';
import { approvalSettings, passkeySettings, signInSettings, totpSettings } from './config/sign-in.ts';
import { authorizationSettings, tokenSettings } from './config/tokens.ts';

export const configuration = defineConfiguration(
  'auth-api',
  {
    mode: modeSetting,
    publicUrl: publicUrlSetting,
    allowPlaintextPublicUrl: allowPlaintextPublicUrlSetting,
    http: httpSettings({ port: 8080, managementPort: 8081 }),
    internal: internalSettings({ port: 8086 }),
    log: logSettings,
    redis: redisSettings,
    postgres: { ...postgresSettings, ...primarySettings },
    region: regionSettings,
    clock: clockSettings,
    encryption: encryptionSettings,
    ops: opsSettings,
    serviceClient: serviceClientSettings,
    compat: {
      enabled: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_COMPAT_ENABLED',
        doc: 'For moving from an existing installation: UUID access tokens, redirects below a registered origin, the secret in the answer to a client creation.',
      }),
    },
    tokens: tokenSettings,
    authorization: authorizationSettings,
    registration: registrationSettings,
    mtls: {
      url: setting(read.baseUrl().optional(), {
        env: 'GATEHOUSE_MTLS_URL',
        doc: 'Public origin where client certificates are requested, if it differs from the public URL; discovery announces its endpoints (RFC 8705 section 5).',
        example: 'https://mtls.login.example.com',
        weakness: plaintextWeakness,
      }),
      ...certificateHeaderSettings,
    },
    dpop: { requireNonce: dpopNonceSetting },
    signingKeys: {
      rotationDays: setting(read.integer(0, 3650).default(90), {
        env: 'GATEHOUSE_SIGNING_KEY_ROTATION_DAYS',
        doc: 'Time that a key signs before the next one does, in days; 0: until it is rotated by hand.',
      }),
    },
    clients: clientSettings,
    sessions: sessionSettings,
    signIn: signInSettings,
    passkeys: passkeySettings,
    totp: totpSettings,
    approvals: approvalSettings,
    environmentApi: {
      url: setting(z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8084'), {
        env: 'GATEHOUSE_ENVIRONMENT_API_URL',
        doc: 'Address of Environment API inside the installation, without a path.',
      }),
      internalUrl: setting(z.url({ protocol: /^https?$/ }).optional(), {
        env: 'GATEHOUSE_ENVIRONMENT_API_INTERNAL_URL',
        doc: 'Address of its internal listener, without a path. Without it, `url` is called, where a new Environment API no longer answers.',
        example: 'http://gatehouse-environment-api-internal',
      }),
      staleMaxSeconds: setting(read.integer(0, 604_800).default(86_400), {
        env: 'GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS',
        doc: 'Maximum use of cached contact centres and environments while Environment API is down, in seconds.',
      }),
    },
    consul: consulSettings,
    elasticsearch: elasticsearchSettings,
    auditForward: auditForwardSettings,
    audit: {
      ...auditSettings,
      tokens: setting(z.enum(['exceptional', 'all']).default('exceptional'), {
        env: 'GATEHOUSE_AUDIT_TOKENS',
        doc: 'Tokens that leave an event: those of logins, exchanges and assertions (`exceptional`), or also client credentials and refreshed tokens (`all`), which are many. Metrics count all tokens.',
      }),
    },
    deleted: deletedSettings,
    openapi: openApiSettings,
    tracing: tracingSettings,
    outbound: outboundSettings,
    alerts: alertSettings,
    location: setting(
      z
        .string()
        .regex(/^\/[A-Za-z0-9/_-]{0,127}$/, 'must be a path such as /USW1')
        .default('/'),
      {
        env: 'GATEHOUSE_LOCATION',
        doc: 'Location of this installation; it selects settings and Configuration Servers.',
        example: '/USW1',
      },
    ),
  },
  {
    problemsBetween: ({
      alerts,
      auditForward,
      consul,
      elasticsearch,
      http,
      mode,
      mtls,
      outbound,
      redis,
      ...others
    }) => [
      ...tlsProblems(http.tls),
      ...certificateHeaderProblems({ http, mtls }),
      ...redisProblems(redis),
      ...primaryProblems(others),
      ...consulProblems(consul),
      ...elasticsearchProblems(elasticsearch),
      ...auditForwardProblems(mode, auditForward),
      ...outboundProblems(mode, outbound),
      ...alertProblems(alerts, outbound),
    ],
  },
);

export type Config = ConfigOf<typeof configuration>;
