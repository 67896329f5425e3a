/** Connects to Redis with bounded waiting and no queue while the server is away, and names its keys. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { Cluster, Redis } from 'ioredis';
import type { Logger } from '../logging/logger.ts';
import type { Secret } from '../secret.ts';
import { gatherWrites } from './gathered-writes.ts';

export interface RedisConfig {
  url: string;
  clusterNodes: readonly string[];
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

export function createRedis(config: RedisConfig, options: RedisClientOptions): RedisClient {
  const client =
    config.clusterNodes.length > 0 ? createCluster(config, options) : createSingle(config, options);
  let isReported = false;
  client.on('error', (error: Error) => {
    // One line for each outage, not for each attempt to reconnect.
    if (!isReported) options.log.warn({ err: error }, 'Redis connection failed');
    isReported = true;
  });
  client.on('ready', () => {
    if (isReported) options.log.info('Redis is back');
    isReported = false;
  });
  return client;
}

/** Answers in one round trip, for readiness. */
export async function pingRedis(redis: RedisClient): Promise<void> {
  await redis.ping();
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
  const client = new Redis(config.url, nodeOptions(config, options));
  prepareConnections(client, options);
  return client;
}

function createCluster(config: RedisConfig, options: RedisClientOptions): Cluster {
  const cluster = new Cluster(config.clusterNodes.map(parseNode), {
    redisOptions: nodeOptions(config, options),
    enableOfflineQueue: options.blocking ?? false,
    clusterRetryStrategy: reconnectDelay,
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
    retryStrategy: reconnectDelay,
  };
}

function reconnectDelay(attempt: number): number {
  return Math.min(50 * attempt, reconnectDelayMaxMs);
}

function parseNode(node: string): { host: string; port: number } {
  const colon = node.lastIndexOf(':');
  const port = Number(node.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port)) throw new Error(`Redis cluster node ${node}: write host:port`);
  return { host: node.slice(0, colon).replace(/^\[|\]$/g, ''), port };
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
