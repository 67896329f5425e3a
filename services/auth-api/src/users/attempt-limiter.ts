/** Limits how often passwords can be tried. */
import type { Clock } from '@gatehouse/service-kit/clock';
import {
  type Attempt,
  AttemptRefused,
  type AttemptSubject,
  type AttemptLimits as CounterLimits,
  createAttemptCounter,
} from '@gatehouse/service-kit/limits/attempt-counter';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis/client';
import { SignInError } from './sign-in-error.ts';

/**
 * Keep `accountAttempts` below the `account-lockout-threshold` of the Configuration Servers: then no stranger can lock
 * an account.
 */
export type AttemptLimits = Omit<CounterLimits, 'streakLifeMs'>;

const streakLifeMs = 24 * 3_600_000;

export type AttemptLimiter = ReturnType<typeof createAttemptLimiter>;

/**
 * An attempt is reserved before the password is verified and given back when no server was asked, so parallel attempts get
 * no more tries than serial ones. After some failures in a row the wait doubles.
 */
export function createAttemptLimiter(options: {
  redis: RedisClient;
  keyspace: Keyspace;
  limits: AttemptLimits;
  now: Clock;
}) {
  const counter = createAttemptCounter({
    ...options,
    name: 'limit',
    limits: { ...options.limits, streakLifeMs },
  });
  return {
    /** `device`: value of the browser-binding cookie. @throws SignInError `throttled` with the time to wait */
    async reserve(subject: AttemptSubject): Promise<Attempt> {
      try {
        return await counter.reserve(subject);
      } catch (error) {
        if (!(error instanceof AttemptRefused)) throw error;
        throw new SignInError('throttled', {
          retryAfterSeconds: Math.ceil(error.waitMs / 1000),
          detail: error.message,
        });
      }
    },
  };
}
