/** Limits the attempts on client secrets and the ops password over all replicas of both APIs. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { type AttemptCounter, createAttemptCounter } from '@gatehouse/service-kit/limits';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';

const limits = {
  // For all addresses together that have not proved the secret before.
  accountAttempts: 60,
  // An address that has proved the secret has its own attempts, which others cannot use up.
  knownDeviceAttempts: 120,
  accountWindowMs: 10 * 60_000,
  // During a rolling restart, many new addresses may send the right secret before the first is verified.
  freeFailures: 40,
  firstDelayMs: 1_000,
  maxDelayMs: 5 * 60_000,
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
