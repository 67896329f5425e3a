/** How often client secrets and the ops password can be tried, over all replicas of both APIs. */
import type { Clock } from '../clock.ts';
import { type AttemptCounter, createAttemptCounter } from '../limits/attempt-counter.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Keyspace } from '../redis/keys.ts';

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
