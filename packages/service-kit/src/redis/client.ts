/** Connects to Redis with bounded waiting and no queue while the server is away, and names its keys. */
import { definedOnly } from '@gatehouse/contracts/values';
import { Cluster, Redis } from 'ioredis';
import type { Secret } from '../crypto/secret.ts';
import { unavailable } from '../errors/app-error.ts';
import type { Logger } from '../observability/logging/logger.ts';
import { gatherWrites } from './gathered-writes.ts';

export interface RedisConfig {
  url: string;
  clusterNodes: readonly string[];
  sentinels: readonly string[];
  sentinelName: string;
  sentinelUsername: string | undefined;
  sentinelPassword: Secret | undefined;
  username: string | undefined;
  password: Secret | undefined;
  tls: boolean;
  keyPrefix: string;
  commandTimeoutMs: number;
}

export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  log: Logger;
  /** For blocking reads or subscriptions: commands have no time limit. */
  blocking?: boolean;
}

const reconnectDelayMaxMs = 1000;

/** Why a client has no connection. A command is only told that there is none. */
const connectionFailures = new WeakMap<RedisClient, Error>();

export function createRedis(config: RedisConfig, options: RedisClientOptions): RedisClient {
  const client =
    config.clusterNodes.length > 0 ? createCluster(config, options) : createSingle(config, options);
  let isReported = false;
  client.on('error', (error: Error) => {
    connectionFailures.set(client, error);
    // One line for each outage, not for each attempt to reconnect.
    if (!isReported) options.log.warn({ err: error }, 'Redis connection failed');
    isReported = true;
  });
  client.on('ready', () => {
    connectionFailures.delete(client);
    if (isReported) options.log.info('Redis is back');
    isReported = false;
  });
  return client;
}

/** Answers in one round trip, for readiness. @throws AppError (503) that names the cause */
export async function pingRedis(redis: RedisClient): Promise<void> {
  try {
    await redis.ping();
  } catch (error) {
    throw unavailable('Redis', { cause: connectionFailures.get(redis) ?? error });
  }
}

/** Waits until the server answers, at most `timeoutMs`. */
export async function untilRedisIsReady(redis: RedisClient, timeoutMs = 30_000): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      redis.off('ready', done);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    redis.on('ready', done);
  });
}

/** Opens a client for blocking reads or subscriptions with the same connection settings. */
export function duplicateRedis(config: RedisConfig, log: Logger): RedisClient {
  return createRedis(config, { log, blocking: true });
}

function createSingle(config: RedisConfig, options: RedisClientOptions): Redis {
  const shared = nodeOptions(config, options);
  const client =
    config.sentinels.length > 0 ? createBySentinel(config, shared) : new Redis(config.url, shared);
  prepareConnections(client, options);
  return client;
}

/** Asks the sentinels for the primary at each connection. */
function createBySentinel(config: RedisConfig, shared: ReturnType<typeof nodeOptions>): Redis {
  const { sentinels, sentinelName, sentinelUsername, sentinelPassword, tls, commandTimeoutMs } = config;
  const client = new Redis({
    ...shared,
    sentinels: sentinels.map(parseNode),
    name: sentinelName,
    ...definedOnly({
      sentinelUsername: sentinelUsername || undefined,
      sentinelPassword: sentinelPassword?.reveal(),
      sentinelTLS: tls ? {} : undefined,
    }),
    enableTLSForSentinelMode: tls,
    sentinelCommandTimeout: commandTimeoutMs,
    sentinelRetryStrategy: reconnectDelay,
    sentinelReconnectStrategy: reconnectDelay,
    // Those that a sentinel knows of have addresses without names, and stay in the list when they are gone.
    updateSentinels: false,
    // A former primary that is cut off from the others still answers: what was revoked since would be valid there.
    failoverDetector: true,
  });
  connectAgain(client);
  keepSilent(client);
  return client;
}

/** A sentinel that is away is tried each second by every client, and the library would print each failure with its stack. */
function keepSilent(client: Redis): void {
  const { connector } = client as unknown as { connector: { connectToSentinel(...args: unknown[]): Redis } };
  const connectToSentinel = connector.connectToSentinel.bind(connector);
  connector.connectToSentinel = (...args) => connectToSentinel(...args).on('error', () => undefined);
}

/** The library ends a client whose sentinels announce a fail-over while one of them is asked for the primary. */
function connectAgain(client: Redis): void {
  const disconnect = client.disconnect.bind(client);
  let isClosed = false;
  client.disconnect = (reconnect) => {
    isClosed ||= !reconnect;
    disconnect(reconnect);
  };
  client.on('end', () => {
    if (!isClosed) client.connect().catch(() => undefined);
  });
}

function createCluster(config: RedisConfig, options: RedisClientOptions): Cluster {
  const cluster = new Cluster(config.clusterNodes.map(parseNode), {
    redisOptions: nodeOptions(config, options),
    enableOfflineQueue: options.blocking ?? false,
    clusterRetryStrategy: reconnectDelay,
    // The library would send a command again whose connection closed before the answer, to the node that takes over: a code
    // that the first one redeemed would be taken for stolen.
    retryDelayOnFailover: 0,
  });
  cluster.on('+node', (client: Redis) => prepareConnections(client, options));
  return cluster;
}

/**
 * After a pause of the process (no CPU, a long garbage collection) the socket timeout fires before the answer that has
 * arrived meanwhile is read. The connection is closed only if the next turn of the event loop reads nothing.
 */
function survivePauses(stream: Redis['stream']): void {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error?: Error) => {
    if (!error?.message.startsWith('Socket timeout')) return destroy(error);
    const { bytesRead } = stream;
    setImmediate(() => {
      if (stream.bytesRead === bytesRead) destroy(error);
    });
    return stream;
  };
}

/** Every connection has a stream of its own. A blocking command would hold up those behind it. */
function prepareConnections(client: Redis, { blocking }: RedisClientOptions): void {
  client.on('connect', () => {
    survivePauses(client.stream);
    if (!blocking) gatherWrites(client.stream);
  });
}

function nodeOptions(config: RedisConfig, options: RedisClientOptions) {
  return {
    ...definedOnly({
      username: config.username || undefined,
      password: config.password?.reveal(),
      tls: config.tls ? {} : undefined,
      // One timer for each connection. A server that does not answer in time is disconnected: waiting commands are refused,
      // and new ones too until it answers again.
      socketTimeout: options.blocking ? undefined : config.commandTimeoutMs,
    }),
    connectTimeout: config.commandTimeoutMs,
    // A queue would repeat a command after its caller has gone.
    enableOfflineQueue: options.blocking ?? false,
    maxRetriesPerRequest: options.blocking ? null : 0,
    autoResendUnfulfilledCommands: false,
    // The library's own subscription after a reconnect is awaited by nobody: a connection that closes meanwhile would end
    // the process. Subscribers subscribe again themselves.
    autoResubscribe: false,
    // A primary that became a replica keeps its connections: the next one leads to the new primary. Nothing is repeated.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    retryStrategy: reconnectDelay,
  };
}

function reconnectDelay(attempt: number): number {
  return Math.min(50 * attempt, reconnectDelayMaxMs);
}

function parseNode(node: string): { host: string; port: number } {
  const colon = node.lastIndexOf(':');
  return { host: node.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(node.slice(colon + 1)) };
}

export type Keyspace = ReturnType<typeof createKeyspace>;

export function createKeyspace(prefix: string) {
  return {
    prefix,
    /** `<prefix><kind>:{<id>}`. A brace in an id would move the hash tag and with it the slot. */
    key: (kind: string, id: string) => `${prefix}${kind}:{${id.replace(/[{}]/g, '_')}}`,
    /** `<prefix><name>`: a stream or channel of the whole installation. */
    name: (name: string) => `${prefix}${name}`,
  };
}
