/** Looks at the problems of both APIs and lets them be said; while PostgreSQL cannot keep what was said, only what is critical is said. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { Problem } from '@gatehouse/contracts/answers';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Core } from '../../core/domain.ts';
import type { Overview } from '../overview/service.ts';
import type { Channel } from './channel.ts';
import type { Delivery } from './delivery.ts';
import { type Ledger, type Look, problemIdOf, type Seen, type Source } from './ledger.ts';

interface WatchOptions {
  overview: Overview;
  environmentApi: Pick<EnvironmentApiClient, 'problems'>;
  ledger: Ledger;
  delivery: Delivery;
  channels: readonly Channel[];
  quietMs: number;
}

const intervalMs = 30_000;
/** So long PostgreSQL must be away: a fail-over takes less. */
const awayMs = 60_000;
/** Without them most of the other problems are not seen. */
const eyes = ['PostgreSQL', 'Redis'];

export function createWatch(core: Core, options: WatchOptions) {
  const { redis, keyspace, location, now, trust, log } = core;
  const { overview, environmentApi, ledger, delivery, channels, quietMs } = options;
  const saidAlone = new Map<string, { problem: Problem; atMs: number }>();
  let awaySinceMs: number | undefined;

  async function look(): Promise<Look> {
    const [own, others] = await Promise.all([
      overview.read({ window: '1h' }).then(({ problems }) => problems),
      environmentApi.problems().catch(() => undefined),
    ]);
    const isHalfBlind = own.some(
      ({ runbook, subject }) => runbook === 'a-dependency-is-down' && eyes.includes(subject),
    );
    const blind: Source[] = [
      ...(isHalfBlind ? ['auth-api' as const] : []),
      ...(isHalfBlind || others === undefined ? ['environment-api' as const] : []),
    ];
    const of =
      (source: Source) =>
      (problem: Problem): Seen => ({ source, problem });
    return { seen: [...own.map(of('auth-api')), ...(others ?? []).map(of('environment-api'))], blind };
  }

  /** Once for all replicas by Redis; without it each says it once for itself. */
  async function mayWeSay(id: string): Promise<boolean> {
    const saidAtMs = saidAlone.get(id)?.atMs;
    if (saidAtMs !== undefined && saidAtMs > now() - quietMs) return false;
    const key = keyspace.name(`alert-said:${id}`);
    const answer = await redis.set(key, '1', 'PX', quietMs, 'NX').catch(() => 'OK');
    return answer === 'OK';
  }

  async function sayAlone({ seen }: Look): Promise<void> {
    awaySinceMs ??= now();
    if (now() - awaySinceMs < awayMs) return;
    const at = new Date(now()).toISOString();
    for (const { problem } of seen) {
      const problemId = problemIdOf(location, problem);
      if (problem.severity !== 'critical' || !(await mayWeSay(problemId))) continue;
      saidAlone.set(problemId, { problem, atMs: now() });
      const sent = await delivery.sendNow({
        kind: 'new',
        at,
        problemId,
        problem,
        location,
        beganAt: new Date(awaySinceMs).toISOString(),
      });
      if (sent.some((one) => one.problem === undefined)) continue;
      saidAlone.delete(problemId);
      await redis.del(keyspace.name(`alert-said:${problemId}`)).catch(() => undefined);
    }
  }

  /** One round. @throws Error while PostgreSQL cannot keep what is said, or the clock is wrong */
  async function round(): Promise<void> {
    const seen = await look();
    try {
      // By a wrong clock everything would be solved, or would last for days.
      if (!trust.isTrusted) throw new Error('the clock is not trusted');
      const count = await ledger.take(seen, saidAlone, now());
      awaySinceMs = undefined;
      saidAlone.clear();
      if (count > 0) delivery.wake();
    } catch (error) {
      await sayAlone(seen);
      throw error;
    }
  }

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs,
    failing: 'problems could not be looked at for alerts, or what is said could not be kept',
    recovered: 'problems are looked at for alerts again',
    async round() {
      await round();
      return false;
    },
  });

  return {
    round,
    start: () => (channels.length > 0 ? work.start() : undefined),
    stop: work.stop,
  };
}
