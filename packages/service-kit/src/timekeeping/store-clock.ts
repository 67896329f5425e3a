/** Keeps the time of PostgreSQL for a service, and compares the clock of the machine with those of PostgreSQL and Redis. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock, Trust } from '../clock.ts';
import { type Probe, saidAs } from '../health/diagnosis.ts';
import type { ReadinessCheck } from '../health/readiness.ts';
import type { Logger } from '../observability/logging/logger.ts';
import type { Metrics } from '../observability/metrics/registry.ts';
import type { Queryable } from '../postgres/pool.ts';
import type { RedisClient } from '../redis/client.ts';
import { type ClockDifference, createReferenceClock } from '../reference-clock.ts';
import { type Said, say, wordsOf } from '../sentences/say.ts';
import { createCommonTime } from './common-time.ts';

export interface StoreClockOptions {
  /** The PostgreSQL of the writable region. */
  writer: Queryable;
  /** The PostgreSQL of this region: asked until the writable region has answered once. */
  pool: Queryable;
  redis: RedisClient;
  /** The key of the time that the replicas have in common. */
  commonKey: string;
  maxDifferenceMs: number;
  log: Logger;
  metrics: Metrics;
  /** The clock of the machine. */
  systemMs?: Clock;
}

/** The parts of the clock that a service uses. */
export interface ServiceClock {
  now: Clock;
  trust: Trust;
  /** @throws Error while PostgreSQL does not answer, or a clock is too wrong to serve: nothing is issued before */
  start(): Promise<void>;
  stop(): void;
  readinessCheck: ReadinessCheck;
  probe: Probe;
}

/** So large a difference is told; a larger one takes the replica out of service. */
const warningMs = 1000;

export function createStoreClock(options: StoreClockOptions): ServiceClock {
  const { writer, pool, redis, commonKey, maxDifferenceMs, log, metrics, systemMs } = options;
  let isAnswered = false;
  const clock = createReferenceClock({
    reference: {
      store: 'postgresql',
      async ask() {
        try {
          const answerMs = await timeOfPostgres(writer);
          isAnswered = true;
          return answerMs;
        } catch (error) {
          if (writer === pool || isAnswered) throw error;
          // A region must start while the other one is down.
          return timeOfPostgres(pool);
        }
      },
    },
    compared: [{ store: 'redis', ask: () => timeOfRedis(redis) }],
    maxDifferenceMs,
    ...definedOnly({ systemMs }),
    onStep: (ms) =>
      log.warn(
        { event: 'clock_stepped', ms: Math.round(ms) },
        'the clocks of PostgreSQL and of this machine have both jumped, and the time of this replica follows',
      ),
  });
  const common = createCommonTime({ redis, key: commonKey, clock, maxDifferenceMs });
  metrics.gauge(
    'gatehouse_clock_behind_replicas_seconds',
    'How far the time of this replica was behind that of the others when they were last compared.',
    [],
    (gauge) => gauge.set({}, Math.max(0, common.aheadMs() / 1000)),
  );
  metrics.gauge(
    'gatehouse_clock_difference_seconds',
    'Clock of the machine minus the clock of a store, by the last measurement.',
    ['store'],
    (gauge) => {
      for (const { store, ms } of clock.differences()) gauge.set({ store }, ms / 1000);
    },
  );
  const beyond = (limitMs: number) => clock.differences().filter(({ ms }) => Math.abs(ms) > limitMs);
  const assertTrusted = () => {
    const wrong = beyond(maxDifferenceMs);
    if (wrong.length > 0) throw new Error(wordsOf(...wrong.map(sentenceOf)).message);
    if (!clock.trust.isTrusted) throw new Error('not compared yet with the clock of PostgreSQL');
    common.assertTogether();
  };

  return {
    now: clock.now,
    trust: clock.trust,
    async start() {
      await clock.measure(true);
      // A process that has no time from before cannot know which clock is wrong.
      assertTrusted();
      if (clock.errorMs() > maxDifferenceMs / 3)
        throw new Error('PostgreSQL answers too slowly to tell the time');
      // A reading that is a little wrong does no harm beside other replicas: their time counts.
      await common.start();
      clock.start();
    },
    stop() {
      clock.stop();
      common.stop();
    },
    readinessCheck: { name: 'clock', check: async () => assertTrusted() },
    probe: {
      name: 'Clock',
      async run() {
        const wrong = beyond(maxDifferenceMs);
        if (wrong.length > 0)
          return saidAs('failed', [
            ...wrong.map(sentenceOf),
            say('probe.clock.serves'),
            say('probe.clock.set'),
          ]);
        const apart = beyond(warningMs);
        if (apart.length > 0) return saidAs('warning', [...apart.map(sentenceOf), say('probe.clock.set')]);
        return saidAs('ok', [say('probe.clock.fine', { limit: warningMs })]);
      },
    },
  };
}

/** A clock that somebody else sets. */
export function trustedClock(now: Clock): ServiceClock {
  return {
    now,
    trust: { isTrusted: true },
    start: async () => undefined,
    stop: () => undefined,
    readinessCheck: { name: 'clock', check: async () => undefined },
    probe: { name: 'Clock', run: async () => saidAs('ok', [say('probe.clock.owner')]) },
  };
}

const storeNames: Record<string, string> = { postgresql: 'PostgreSQL', redis: 'Redis' };

function sentenceOf({ store, ms }: ClockDifference): Said {
  const seconds = Math.round(Math.abs(ms) / 100) / 10;
  return say(ms > 0 ? 'probe.clock.ahead' : 'probe.clock.behind', {
    seconds,
    store: storeNames[store] ?? store,
  });
}

async function timeOfPostgres(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ ms: number }>({
    name: 'clock_read',
    text: 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms',
  });
  return rows[0]?.ms ?? Number.NaN;
}

async function timeOfRedis(redis: RedisClient): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}
