/** Names what others may use of Redis. */
export {
  createKeyspace,
  createRedis,
  duplicateRedis,
  type Keyspace,
  pingRedis,
  type RedisClient,
  untilRedisIsReady,
} from './client.ts';
export { redisProbe } from './probe.ts';
export { createReplicas, type Replicas } from './replicas.ts';
export { defineScript } from './script.ts';
export { createSingleUse, type SingleUse } from './single-use.ts';
