/** Defines the settings of Redis, PostgreSQL and Consul. */
import { z } from 'zod';
import { optionalSecretSetting, overrideSetting, read, setting } from './setting.ts';
import { passwordWeakness, plainPostgres, plainRedis, urlPasswordWeakness } from './store-weaknesses.ts';

const redisOverrides = {
  allowPlaintext: overrideSetting({
    env: 'GATEHOUSE_REDIS_ALLOW_PLAINTEXT',
    doc: 'Permits a connection without encryption to Redis on another machine. Who stands in between reads its password, and writes sessions and tokens.',
  }),
  allowWeakPassword: overrideSetting({
    env: 'GATEHOUSE_REDIS_ALLOW_WEAK_PASSWORD',
    doc: 'Permits a Redis password that can be guessed. Who guesses it writes sessions and tokens.',
  }),
};

const postgresOverrides = {
  allowPlaintext: overrideSetting({
    env: 'GATEHOUSE_POSTGRES_ALLOW_PLAINTEXT',
    doc: 'Permits a connection without encryption to PostgreSQL on another machine. Who stands in between reads and changes what is asked and answered.',
  }),
  allowWeakPassword: overrideSetting({
    env: 'GATEHOUSE_POSTGRES_ALLOW_WEAK_PASSWORD',
    doc: 'Permits a PostgreSQL password that can be guessed. Who guesses it reads and writes clients, keys and the audit trail.',
  }),
};

export const redisSettings = {
  url: setting(z.url({ protocol: /^rediss?$/ }).default('redis://127.0.0.1:6379'), {
    env: 'GATEHOUSE_REDIS_URL',
    doc: 'Redis server; ignored when cluster nodes or sentinels are set. The password has a variable of its own.',
    weakness: { of: urlPasswordWeakness, override: redisOverrides.allowWeakPassword },
  }),
  clusterNodes: setting(read.nodes(), {
    env: 'GATEHOUSE_REDIS_CLUSTER_NODES',
    doc: 'Redis Cluster: some of its nodes as host:port, separated by commas.',
    example: 'redis-0:6379,redis-1:6379',
  }),
  sentinels: setting(read.nodes(), {
    env: 'GATEHOUSE_REDIS_SENTINELS',
    doc: 'Redis Sentinel: all sentinels as host:port, separated by commas. They name the primary.',
    example: 'sentinel-0:26379,sentinel-1:26379,sentinel-2:26379',
  }),
  sentinelName: setting(z.string().min(1).default('mymaster'), {
    env: 'GATEHOUSE_REDIS_SENTINEL_NAME',
    doc: 'Name by which the sentinels know the primary.',
  }),
  sentinelUsername: setting(z.string().optional(), {
    env: 'GATEHOUSE_REDIS_SENTINEL_USERNAME',
    doc: 'ACL user at the sentinels, where they have one for Gatehouse.',
  }),
  sentinelPassword: optionalSecretSetting({
    env: 'GATEHOUSE_REDIS_SENTINEL_PASSWORD',
    doc: 'Password of the sentinels, where they require one.',
    weakness: { of: passwordWeakness, override: redisOverrides.allowWeakPassword },
  }),
  username: setting(z.string().optional(), {
    env: 'GATEHOUSE_REDIS_USERNAME',
    doc: 'Redis ACL user.',
  }),
  password: optionalSecretSetting({
    env: 'GATEHOUSE_REDIS_PASSWORD',
    doc: 'Redis password.',
    weakness: { of: passwordWeakness, override: redisOverrides.allowWeakPassword },
  }),
  tls: setting(read.boolean().default(false), {
    env: 'GATEHOUSE_REDIS_TLS',
    doc: 'Encrypts the connections to Redis and its sentinels; the certificates are verified.',
    weakness: { of: plainRedis, override: redisOverrides.allowPlaintext },
  }),
  ...redisOverrides,
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

export function redisProblems({ clusterNodes, sentinels }: { clusterNodes: string[]; sentinels: string[] }) {
  if (clusterNodes.length === 0 || sentinels.length === 0) return [];
  return ['GATEHOUSE_REDIS_CLUSTER_NODES and GATEHOUSE_REDIS_SENTINELS are both set: keep one'];
}

export const postgresSettings = {
  url: optionalSecretSetting({
    env: 'GATEHOUSE_POSTGRES_URL',
    doc: 'Connection string; replaces host, port, database, username and password.',
    example: 'postgres://gatehouse_auth@db/gatehouse',
    weakness: { of: urlPasswordWeakness, override: postgresOverrides.allowWeakPassword },
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
  password: optionalSecretSetting({
    env: 'GATEHOUSE_POSTGRES_PASSWORD',
    doc: 'PostgreSQL password.',
    weakness: { of: passwordWeakness, override: postgresOverrides.allowWeakPassword },
  }),
  ssl: setting(z.enum(['off', 'require', 'verify']).default('off'), {
    env: 'GATEHOUSE_POSTGRES_SSL',
    doc: '`require` encrypts, `verify` also verifies the certificate.',
    weakness: { of: plainPostgres, override: postgresOverrides.allowPlaintext },
  }),
  ...postgresOverrides,
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

/** For a service that writes although its PostgreSQL is the standby of another region. */
export const primarySettings = {
  primaryHost: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_POSTGRES_PRIMARY_HOST',
    doc: 'Host of the primary in a region whose own PostgreSQL is a standby: what every region must keep is written there (revocations, security events, consents and signals; numbers of people), with the same database, role and password. Administration stays refused. Without effect where the region takes writes.',
    example: 'postgres.usw1.example',
  }),
  primaryPort: setting(read.port().default(5432), {
    env: 'GATEHOUSE_POSTGRES_PRIMARY_PORT',
    doc: 'Port of the primary of another region.',
  }),
};

interface PrimaryValues {
  postgres: { primaryHost: string | undefined };
  region: { writableLocation: string | undefined };
}

export function primaryProblems({ postgres, region }: PrimaryValues): string[] {
  if (postgres.primaryHost === undefined || region.writableLocation !== undefined) return [];
  return [
    'GATEHOUSE_POSTGRES_PRIMARY_HOST needs GATEHOUSE_WRITABLE_LOCATION: without it this region takes all writes itself',
  ];
}

export const consulSettings = {
  url: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: 'GATEHOUSE_CONSUL_URL',
    doc: 'Address of Consul, which has the addresses of Configuration Servers. Without it, `consulService` of an environment only causes a warning. The same for Auth API and Environment API.',
    example: 'https://consul.example:8501',
  }),
  token: optionalSecretSetting({
    env: 'GATEHOUSE_CONSUL_TOKEN',
    doc: 'ACL token of Consul; it needs service:read on the services and node:read on their nodes.',
  }),
  datacenter: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_DATACENTER',
    doc: 'Data centre to ask about; default: that of the agent that answers.',
  }),
  ca: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_CA',
    doc: "Authority of Consul's certificate, in PEM; default: those of the system.",
  }),
  cert: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_CERT',
    doc: 'Client certificate for mutual TLS with Consul, in PEM; it needs the key.',
  }),
  key: optionalSecretSetting({
    env: 'GATEHOUSE_CONSUL_KEY',
    doc: 'Private key of the client certificate for Consul, in PEM.',
  }),
  serverName: setting(z.string().min(1).optional(), {
    env: 'GATEHOUSE_CONSUL_SERVER_NAME',
    doc: "Name in Consul's certificate, when it is not the host of the address.",
    example: 'server.dc1.consul',
  }),
  allowPlaintext: overrideSetting({
    env: 'GATEHOUSE_CONSUL_ALLOW_PLAINTEXT',
    doc: 'Permits http to Consul on another machine. An attacker who can change its answers chooses where passwords are sent.',
  }),
};
