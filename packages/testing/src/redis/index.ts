/** Names what tests may use of Redis servers. */

export { redisConfigOf, startRedis, startRedisCluster, type TestRedis } from './redis.ts';
export { type ClusterNode, startRedisNodes } from './redis-cluster.ts';
export { type RedisSentinel, startRedisSentinel } from './redis-sentinel.ts';
export { startRedisServer } from './redis-server.ts';
