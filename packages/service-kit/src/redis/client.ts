/** The Redis client: bounded waiting, no queue while the server is gone. */

import { Cluster, Redis } from 'ioredis';
import type { Logger } from '../logging/logger.ts';
import type { Secret } from '../secret.ts';

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
  /** A connection for blocking reads or subscriptions: no time limit per command. */
  blocking?: boolean;
  /** Sends commands one by one: a pipeline would put them all into the trace of the request that began it. */
  isTraced?: boolean;
}

const reconnectDelayMaxMs = 1000;

export function createRedis(config: RedisConfig, options: RedisClientOptions): RedisClient {
  const client =
    config.clusterNodes.length > 0 ? createCluster(config, options) : createSingle(config, options);
  let isReported = false;
  client.on('error', (error: Error) => {
    // A line per outage, not a line per reconnect attempt.
    if (!isReported) options.log.warn({ err: error }, 'Redis connection failed');
    isReported = true;
  });
  client.on('ready', () => {
    if (isReported) options.log.info('Redis is back');
    isReported = false;
  });
  return client;
}

/** For readiness: one round trip. */
export async function pingRedis(redis: RedisClient): Promise<void> {
  await redis.ping();
}

/** Waits until the server answers, at most `timeoutMs`; later outages are the callers' 503. */
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

/** A client for blocking reads or subscriptions, with the connection settings of another. */
export function duplicateRedis(config: RedisConfig, log: Logger): RedisClient {
  return createRedis(config, { log, blocking: true });
}

function createSingle(config: RedisConfig, options: RedisClientOptions): Redis {
  const client = new Redis(config.url, nodeOptions(config, options));
  survivePauses(client);
  return client;
}

function createCluster(config: RedisConfig, options: RedisClientOptions): Cluster {
  const cluster = new Cluster(config.clusterNodes.map(parseNode), {
    redisOptions: nodeOptions(config, options),
    enableOfflineQueue: options.blocking ?? false,
    enableAutoPipelining: isPipelining(options),
    clusterRetryStrategy: reconnectDelay,
  });
  cluster.on('+node', survivePauses);
  return cluster;
}

/**
 * After a pause of the process (no CPU, a long garbage collection) the socket timeout fires before the answer that has
 * arrived meanwhile is read. The connection is closed only if the next turn of the event loop reads nothing.
 */
function survivePauses(client: Redis): void {
  client.on('connect', () => {
    const { stream } = client;
    const destroy = stream.destroy.bind(stream);
    stream.destroy = (error?: Error) => {
      if (!error?.message.startsWith('Socket timeout')) return destroy(error);
      const { bytesRead } = stream;
      setImmediate(() => {
        if (stream.bytesRead === bytesRead) destroy(error);
      });
      return stream;
    };
  });
}

function nodeOptions(config: RedisConfig, options: RedisClientOptions) {
  return {
    ...(config.username ? { username: config.username } : {}),
    ...(config.password ? { password: config.password.reveal() } : {}),
    ...(config.tls ? { tls: {} } : {}),
    // One timer for a connection: one for each command costs every request two microseconds. A server that does not answer
    // in time is left, so what waits is refused, and what comes is refused at once until it answers again.
    ...(options.blocking ? {} : { socketTimeout: config.commandTimeoutMs }),
    connectTimeout: config.commandTimeoutMs,
    // A command is answered or refused now: a queue would repeat it after the caller has gone.
    enableOfflineQueue: options.blocking ?? false,
    maxRetriesPerRequest: options.blocking ? null : 0,
    autoResendUnfulfilledCommands: false,
    // Commands of one turn of the event loop travel together. A blocking command would hold up those behind it.
    enableAutoPipelining: isPipelining(options),
    // The library's own subscription after a reconnect is awaited by nobody: a connection that closes meanwhile would end
    // the process. Subscribers subscribe again themselves.
    autoResubscribe: false,
    retryStrategy: reconnectDelay,
  };
}

function isPipelining({ blocking, isTraced }: RedisClientOptions): boolean {
  return !blocking && !isTraced;
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
