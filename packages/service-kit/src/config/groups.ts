/** Groups of settings that several services share, each with the names operators meet everywhere. */

import { createAddressPolicy } from '@gatehouse/api-client/address-policy';
import { z } from 'zod';
import { parseEncryptionKeys } from '../crypto/secret-box.ts';
import { optionalSecretSetting, read, secretSetting, setting } from './setting.ts';

export function httpSettings(defaults: { port: number; managementPort: number }) {
  return {
    host: setting(z.string().default('0.0.0.0'), {
      env: 'GATEHOUSE_HTTP_HOST',
      doc: 'Address the API listens on.',
    }),
    port: setting(read.port().default(defaults.port), {
      env: 'GATEHOUSE_HTTP_PORT',
      doc: 'TCP port of the API; 0 takes a free one.',
    }),
    managementHost: setting(z.string().default('0.0.0.0'), {
      env: 'GATEHOUSE_MANAGEMENT_HOST',
      doc: 'Address the management server listens on. Keep it off the public network.',
    }),
    managementPort: setting(read.port().default(defaults.managementPort), {
      env: 'GATEHOUSE_MANAGEMENT_PORT',
      doc: 'TCP port of /health, /healthz, /readyz, /metrics and /info; 0 takes a free one.',
    }),
    trustedProxies: setting(read.list().default([]) as z.ZodType<string[]>, {
      env: 'GATEHOUSE_TRUSTED_PROXIES',
      doc: 'Addresses or CIDR ranges of the proxies whose X-Forwarded-For is trusted; none by default.',
      example: '10.0.0.0/8',
    }),
    tls: {
      certFile: setting(z.string().min(1).optional(), {
        env: 'GATEHOUSE_TLS_CERT_FILE',
        doc: 'Certificate of the API in PEM, with its intermediate certificates. With it the API speaks HTTPS. A renewed file is loaded without a restart.',
        example: '/etc/gatehouse/tls/tls.crt',
      }),
      keyFile: setting(z.string().min(1).optional(), {
        env: 'GATEHOUSE_TLS_KEY_FILE',
        doc: 'Its private key in PEM.',
        example: '/etc/gatehouse/tls/tls.key',
      }),
      clientCertificates: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_TLS_CLIENT_CERTIFICATES',
        doc: 'Requests a certificate from callers, to which their tokens may be bound (RFC 8705). Callers without one are served too.',
      }),
    },
    bodyLimitBytes: setting(read.integer(1024, 16_777_216).default(65_536), {
      env: 'GATEHOUSE_BODY_LIMIT_BYTES',
      doc: 'Maximum size of a request body, in bytes; a larger one gets 413.',
    }),
    logRequests: setting(z.enum(['failures', 'all']).default('failures'), {
      env: 'GATEHOUSE_LOG_REQUESTS',
      doc: '`failures` logs each request that was answered with 400 or above, `all` logs every request. Metrics count all requests in both cases.',
    }),
    requestTimeoutMs: setting(read.integer(1000, 600_000).default(30_000), {
      env: 'GATEHOUSE_REQUEST_TIMEOUT_MS',
      doc: 'Time a client has to send its whole request, in milliseconds.',
    }),
    drainDelayMs: setting(read.integer(0, 120_000).default(5000), {
      env: 'GATEHOUSE_DRAIN_DELAY_MS',
      doc: 'Time after SIGTERM in which requests are still accepted while readiness is off, in milliseconds.',
    }),
    shutdownTimeoutMs: setting(read.integer(1000, 600_000).default(25_000), {
      env: 'GATEHOUSE_SHUTDOWN_TIMEOUT_MS',
      doc: 'Time after SIGTERM at which the process ends even with requests in flight, in milliseconds.',
    }),
  };
}

export const logSettings = {
  level: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
    env: 'LOG_LEVEL',
    doc: 'Lowest level that is logged.',
  }),
  format: setting(z.enum(['json', 'pretty']).default('json'), {
    env: 'LOG_FORMAT',
    doc: '`json` for machines, `pretty` for people.',
  }),
};

export const modeSetting = setting(z.enum(['production', 'local']).default('production'), {
  env: 'GATEHOUSE_MODE',
  doc: '`local` allows the demo credentials; `production` refuses to start with them.',
});

export const publicUrlSetting = setting(read.baseUrl(), {
  env: 'GATEHOUSE_PUBLIC_URL',
  doc: 'The one public origin of the installation; issuer, redirects and cookies come from it, never from a Host header.',
  example: 'https://login.example.com',
});

export const redisSettings = {
  url: setting(z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'), {
    env: 'GATEHOUSE_REDIS_URL',
    doc: 'Redis server; ignored when cluster nodes are set. The password has a variable of its own.',
  }),
  clusterNodes: setting(read.list().default([]) as z.ZodType<string[]>, {
    env: 'GATEHOUSE_REDIS_CLUSTER_NODES',
    doc: 'Redis Cluster: some of its nodes as host:port, separated by commas.',
    example: 'redis-0:6379,redis-1:6379',
  }),
  username: setting(z.string().optional(), {
    env: 'GATEHOUSE_REDIS_USERNAME',
    doc: 'Redis ACL user.',
  }),
  password: optionalSecretSetting({ env: 'GATEHOUSE_REDIS_PASSWORD', doc: 'Redis password.' }),
  tls: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_REDIS_TLS',
    doc: 'Encrypts the connection to Redis; the certificate is verified.',
  }),
  keyPrefix: setting(
    z
      .string()
      .regex(/^[A-Za-z0-9:_-]{0,64}$/, 'may hold letters, digits, and : _ -')
      .default('gatehouse:'),
    {
      env: 'GATEHOUSE_REDIS_KEY_PREFIX',
      doc: 'Prefix of every key and channel; the same for all services.',
    },
  ),
  commandTimeoutMs: setting(read.integer(50, 10_000).default(800), {
    env: 'GATEHOUSE_REDIS_COMMAND_TIMEOUT_MS',
    doc: 'Maximum wait for one Redis command, in milliseconds; then the caller gets 503.',
  }),
};

export const postgresSettings = {
  url: optionalSecretSetting({
    env: 'GATEHOUSE_POSTGRES_URL',
    doc: 'Connection string; replaces host, port, database, username and password.',
    example: 'postgres://gatehouse_auth@db/gatehouse',
  }),
  host: setting(z.string().default('127.0.0.1'), { env: 'GATEHOUSE_POSTGRES_HOST', doc: 'PostgreSQL host.' }),
  port: setting(read.port().default(5432), { env: 'GATEHOUSE_POSTGRES_PORT', doc: 'PostgreSQL port.' }),
  database: setting(z.string().default('gatehouse'), {
    env: 'GATEHOUSE_POSTGRES_DATABASE',
    doc: 'PostgreSQL database.',
  }),
  username: setting(z.string().default('gatehouse'), {
    env: 'GATEHOUSE_POSTGRES_USERNAME',
    doc: 'PostgreSQL role; it owns its schema and is no superuser.',
  }),
  password: optionalSecretSetting({ env: 'GATEHOUSE_POSTGRES_PASSWORD', doc: 'PostgreSQL password.' }),
  ssl: setting(z.enum(['off', 'require', 'verify']).default('off'), {
    env: 'GATEHOUSE_POSTGRES_SSL',
    doc: '`require` encrypts, `verify` also verifies the certificate.',
  }),
  poolSize: setting(read.integer(1, 200).default(10), {
    env: 'GATEHOUSE_POSTGRES_POOL_SIZE',
    doc: 'Maximum number of connections of one process.',
  }),
  poolCheckoutTimeoutMs: setting(read.integer(100, 60_000).default(2000), {
    env: 'GATEHOUSE_POSTGRES_POOL_CHECKOUT_TIMEOUT_MS',
    doc: 'Maximum wait for a connection, in milliseconds; then the caller gets 503.',
  }),
  statementTimeoutMs: setting(read.integer(100, 600_000).default(10_000), {
    env: 'GATEHOUSE_POSTGRES_STATEMENT_TIMEOUT_MS',
    doc: 'Maximum run time of one statement, in milliseconds.',
  }),
};

export const opsSettings = {
  username: setting(z.string().min(1), {
    env: 'GATEHOUSE_OPS_USERNAME',
    doc: 'User name of the operator account (HTTP Basic).',
  }),
  password: secretSetting({
    env: 'GATEHOUSE_OPS_PASSWORD',
    doc: 'Its password: plain, argon2id or bcrypt. Callers always send the plain password.',
  }),
};

export const serviceClientSettings = {
  id: setting(z.string().min(1), {
    env: 'GATEHOUSE_SERVICE_CLIENT_ID',
    doc: 'Client id that the three services use for calls to each other; the same for all.',
  }),
  secret: secretSetting({
    env: 'GATEHOUSE_SERVICE_CLIENT_SECRET',
    doc: 'Secret of that client.',
    check: atLeastSixteenCharacters,
  }),
};

export const encryptionSettings = {
  keys: secretSetting({
    env: 'GATEHOUSE_ENCRYPTION_KEYS',
    doc: 'Key-encryption keys as id:base64, separated by commas, 32 bytes each; the first one encrypts, all decrypt. The same for Auth API and Environment API.',
    check: parseEncryptionKeys,
  }),
};

/** Calls to addresses that clients have registered. */
export const outboundSettings = {
  allowedNetworks: setting(
    read
      .list()
      .default([] as string[])
      .superRefine(refuseWhatIsNoNetwork) as z.ZodType<string[]>,
    {
      env: 'GATEHOUSE_OUTBOUND_ALLOWED_NETWORKS',
      doc: 'CIDR ranges of private networks that may be called: addresses that clients registered (key sets, logout notices) and identity providers. By default only the public internet.',
      example: '10.20.0.0/16',
    },
  ),
  allowLoopback: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK',
    doc: 'Permits such calls to this machine, also without TLS; for local trials (GATEHOUSE_MODE=local).',
  }),
  ca: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_OUTBOUND_CA',
    doc: 'Authority of the certificates of such addresses, in PEM; default: those of the runtime.',
  }),
  timeoutMs: setting(read.integer(100, 60_000).default(3_000), {
    env: 'GATEHOUSE_OUTBOUND_TIMEOUT_MS',
    doc: 'Maximum duration of a call to such an address, in milliseconds.',
  }),
};

export interface TlsFiles {
  certFile?: string | undefined;
  keyFile?: string | undefined;
  /** Callers are asked for a certificate; whether one is needed is the client's registration. */
  clientCertificates: boolean;
  /** How often the files are looked at. */
  checkIntervalMs?: number;
}

/** Why the settings contradict each other. */
export function tlsProblems({ certFile, keyFile, clientCertificates }: TlsFiles): string[] {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    return [
      'GATEHOUSE_TLS_CERT_FILE (http.tls.certFile) and GATEHOUSE_TLS_KEY_FILE (http.tls.keyFile): give both or none',
    ];
  }
  return clientCertificates && certFile === undefined
    ? [
        'GATEHOUSE_TLS_CLIENT_CERTIFICATES (http.tls.clientCertificates): needs GATEHOUSE_TLS_CERT_FILE, or a proxy that ends TLS',
      ]
    : [];
}

/** Why the settings contradict each other. */
export function outboundProblems(mode: string, { allowLoopback }: { allowLoopback: boolean }): string[] {
  return allowLoopback && mode !== 'local'
    ? ['GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK (outbound.allowLoopback): is for GATEHOUSE_MODE=local only']
    : [];
}

function refuseWhatIsNoNetwork(networks: readonly string[], context: z.RefinementCtx): void {
  try {
    createAddressPolicy(networks, false);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

function atLeastSixteenCharacters(text: string): void {
  if (text.length < 16) throw new Error('must have at least 16 characters');
}
