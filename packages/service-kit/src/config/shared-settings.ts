/** Defines settings that several services share: logs, traces, mode, public address, credentials, encryption. */
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { z } from 'zod';
import { parseEncryptionKeys } from '../crypto/secret-box.ts';
import { overrideSetting, read, replaceableSecretSetting, secretSetting, setting } from './setting.ts';
import { keysWeakness, textWeakness } from './weak-texts.ts';

export const logSettings = {
  level: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
    env: 'LOG_LEVEL',
    doc: 'Lowest level that is logged.',
  }),
  format: setting(z.enum(['json', 'pretty']).default('json'), {
    env: 'LOG_FORMAT',
    doc: '`json` for machines, `pretty` for people.',
  }),
  bufferBytes: setting(z.coerce.number().int().min(65_536).max(67_108_864).default(1_048_576), {
    env: 'LOG_BUFFER_BYTES',
    doc: 'Most bytes of log lines that wait in memory for the reader of standard output, and as many for that of standard error. Lines that find no room are dropped and counted.',
  }),
};

export const tracingSettings = {
  endpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: 'GATEHOUSE_TRACING_ENDPOINT',
    doc: 'Address that receives traces by OTLP over HTTP (JSON). Without it nothing is traced, at no cost.',
    example: 'http://collector.example:4318/v1/traces',
  }),
  sampleRatio: setting(z.coerce.number().min(0).max(1).default(0.1), {
    env: 'GATEHOUSE_TRACING_SAMPLE_RATIO',
    doc: 'Share of requests that are traced, from 0 to 1; a caller that sends `traceparent` decides for its own requests, up to 100 a second.',
  }),
};
export type TracingConfig = { endpoint: string | undefined; sampleRatio: number };

/** How long what was deleted can be restored. */
export const deletedSettings = {
  keptDays: setting(read.integer(0, 3650).default(30), {
    env: 'GATEHOUSE_DELETED_KEPT_DAYS',
    doc: 'Days for which a deleted client, contact centre, environment or person can be restored; 0: not at all.',
  }),
};

export const openApiSettings = {
  enabled: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_OPENAPI_ENABLED',
    doc: 'Serves the OpenAPI document of the API as `openapi.json`, to everybody, for generators and viewers. It names the release.',
  }),
};

export const modeSetting = setting(z.enum(['production', 'local']).default('production'), {
  env: 'GATEHOUSE_MODE',
  doc: '`local` allows demo credentials and weak values; `production` refuses to start with them.',
});

export const allowPlaintextPublicUrlSetting = overrideSetting({
  env: 'GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL',
  doc: 'Permits http for the public origin. Who stands between browser and service reads passwords and tokens.',
});

/** Of an origin that browsers use. */
export const plaintextWeakness = {
  of: (url: string | undefined) => (url?.startsWith('http:') ? 'is http: it must be https' : undefined),
  override: allowPlaintextPublicUrlSetting,
};

export const publicUrlSetting = setting(read.baseUrl(), {
  env: 'GATEHOUSE_PUBLIC_URL',
  doc: 'The one public origin of the installation; issuer, redirects and cookies come from it, never from a Host header.',
  example: 'https://login.example.com',
  weakness: plaintextWeakness,
});

const allowWeakSecret = overrideSetting({
  env: 'GATEHOUSE_SERVICE_CLIENT_ALLOW_WEAK_SECRET',
  doc: 'Permits a secret of the service client that can be guessed. Who guesses it reads every environment and signs in as anybody.',
});

export const serviceClientSettings = {
  id: setting(
    z
      .string()
      .min(1)
      .refine((id) => id !== consoleClientId, 'is the client of the operator console'),
    {
      env: 'GATEHOUSE_SERVICE_CLIENT_ID',
      doc: 'Client id that the three services use for calls to each other; the same for all.',
    },
  ),
  secret: replaceableSecretSetting({
    env: 'GATEHOUSE_SERVICE_CLIENT_SECRET',
    doc: 'Secret of the service client. Two lines while it is being replaced: the first is sent, Auth API accepts both.',
    check: atLeastSixteenCharacters,
    weakness: { of: (text) => textWeakness(text, 16), override: allowWeakSecret },
  }),
  allowWeakSecret,
};

const allowWeakKeys = overrideSetting({
  env: 'GATEHOUSE_ENCRYPTION_ALLOW_WEAK_KEYS',
  doc: 'Permits keys that are not random, until `reencrypt` has replaced them. Who guesses one reads signing keys and stored passwords in the database.',
});

export const encryptionSettings = {
  keys: secretSetting({
    env: 'GATEHOUSE_ENCRYPTION_KEYS',
    doc: 'Key-encryption keys as id:base64, separated by commas, 32 bytes each; the first one encrypts, all decrypt. The same for Auth API and Environment API.',
    check: parseEncryptionKeys,
    weakness: { of: keysWeakness, override: allowWeakKeys },
  }),
  allowWeakKeys,
};

function atLeastSixteenCharacters(text: string): void {
  if (text.length < 16) throw new Error('must have at least 16 characters');
}
