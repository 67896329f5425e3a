/** Keeps all replicas of an installation at one time: each tells Redis its own, and takes the highest that one has told. */
import type { Clock } from '../clock.ts';
import type { RedisClient } from '../redis/client.ts';
import { defineScript } from '../redis/script.ts';
import type { createReferenceClock } from '../reference-clock.ts';
import { slewRate } from '../slewed-offset.ts';

export interface CommonTimeOptions {
  redis: RedisClient;
  key: string;
  clock: Pick<ReturnType<typeof createReferenceClock>, 'exactMs' | 'join'>;
  /** A time that is further ahead than this is not taken. */
  maxDifferenceMs: number;
  monotonicMs?: Clock;
}

const trips = 5;
/** Replicas whose corrections differ are apart by what they correct in this time. */
const comparedEveryMs = 1000;
/** The time of replicas that are gone is forgotten. */
const keptMs = 10_000;

/**
 * The common time goes on by Redis's clock. It goes a little slower, so that replicas which all correct their time
 * backwards do not hold each other up.
 * KEYS: common time. ARGV: own time (ms), what to do: read, raise or replace.
 */
const compareTimes = defineScript(`
local clock = redis.call('TIME')
local at = clock[1] * 1000 + clock[2] / 1000
local own = tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'time', 'at')
local common = nil
if known[1] and ARGV[2] ~= 'replace' and math.abs(at - tonumber(known[2])) <= ${keptMs} then
  common = tonumber(known[1]) + (at - tonumber(known[2])) * ${1 - slewRate}
end
if common == nil or (own > common and ARGV[2] == 'raise') then
  redis.call('HSET', KEYS[1], 'time', ARGV[1], 'at', string.format('%.3f', at))
  redis.call('PEXPIRE', KEYS[1], ${keptMs})
end
return {string.format('%.3f', common or own), string.format('%.3f', at)}
`);

interface Comparison {
  sentAtMs: number;
  answeredAtMs: number;
  redisMs: number;
  /** The common time minus the own one. */
  aheadMs: number;
}

export function createCommonTime(options: CommonTimeOptions) {
  const { redis, key, clock, maxDifferenceMs, monotonicMs = () => performance.now() } = options;
  let last: Comparison | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function compare(todo: 'raise' | 'read' | 'replace'): Promise<Comparison> {
    const sentAtMs = monotonicMs();
    const ownMs = clock.exactMs();
    const answer = (await compareTimes.run(redis, [key], [ownMs.toFixed(3), todo])) as [string, string];
    const [commonMs, redisMs] = answer.map(Number) as [number, number];
    return { sentAtMs, answeredAtMs: monotonicMs(), redisMs, aheadMs: commonMs - ownMs };
  }

  /** After a fail-over, or a step of Redis's clock, the common time would jump with it. */
  const hasRedisJumped = (now: Comparison, before: Comparison) =>
    now.redisMs - before.redisMs > (now.answeredAtMs - before.sentAtMs) * (1 + slewRate) + 1;

  const aheadMs = () => last?.aheadMs ?? 0;
  const isApart = () => aheadMs() > maxDifferenceMs;

  /** Also while the clock is not trusted: a clock that jumps does not move the time of this process, and the correction of each replica goes on. */
  async function round(): Promise<void> {
    const before = last;
    let compared = await compare('raise');
    if (before !== undefined && hasRedisJumped(compared, before)) compared = await compare('replace');
    last = compared;
    // At least so far: replicas that estimated it would drive each other on.
    const leastMs = compared.aheadMs - tripMs(compared);
    if (!isApart() && leastMs > 0) clock.join(leastMs);
  }

  async function readFast(): Promise<Comparison> {
    let fastest = await compare('read');
    for (let trip = 1; trip < trips; trip += 1) {
      const compared = await compare('read');
      if (tripMs(compared) < tripMs(fastest)) fastest = compared;
    }
    return fastest;
  }

  return {
    /**
     * Begins with the time of the replicas that run, also where it is behind the own one: nothing was issued by that yet.
     * Without Redis the own time begins: a service that needs Redis is not ready, and the others issue nothing.
     * @throws Error where the two are too far apart
     */
    async start(): Promise<void> {
      last = await readFast().catch(() => undefined);
      if (last !== undefined) {
        const gapMs = last.aheadMs - tripMs(last) / 2;
        if (Math.abs(gapMs) > maxDifferenceMs) throw new Error(sentenceOf(gapMs));
        clock.join(gapMs);
      }
      timer ??= setInterval(() => void round().catch(() => undefined), comparedEveryMs).unref();
    },
    stop(): void {
      clearInterval(timer);
      timer = undefined;
    },
    /** @throws Error where the time of this replica is too far behind that of the others */
    assertTogether(): void {
      if (isApart()) throw new Error(sentenceOf(aheadMs()));
    },
    /** How far the others were ahead when they were last compared. */
    aheadMs,
  };
}

const tripMs = ({ sentAtMs, answeredAtMs }: Comparison) => answeredAtMs - sentAtMs;

function sentenceOf(aheadMs: number): string {
  const where = aheadMs > 0 ? 'behind' : 'ahead of';
  return `The time of this replica is ${(Math.abs(aheadMs) / 1000).toFixed(1)} s ${where} that of the others`;
}
