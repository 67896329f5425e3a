/** How often client secrets and the ops password can be tried, over all replicas of both APIs. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { type AttemptCounter, createAttemptCounter } from '@gatehouse/service-kit/limits/attempt-counter';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';

const limits = {
  // From everybody who has not proved the secret before, together.
  accountAttempts: 60,
  // What strangers may use up leaves an address that has proved it tries of its own.
  knownDeviceAttempts: 120,
  accountWindowMs: 10 * 60_000,
  // A rolling restart may send the right secret from many new addresses before the first of them is found right.
  freeFailures: 40,
  firstDelayMs: 1_000,
  longestDelayMs: 5 * 60_000,
  streakLifeMs: 30 * 60_000,
  addressAttempts: 200,
  addressWindowMs: 60_000,
};

export function createSecretAttempts(options: {
  redis: RedisClient;
  keyspace: Keyspace;
  now: Clock;
}): AttemptCounter {
  return createAttemptCounter({ ...options, name: 'limit:secret', limits });
}
