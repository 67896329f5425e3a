/** People who sign in by the pages at times that do not wait for the server, and come back when they are sent away. */
import { setTimeout as wait } from 'node:timers/promises';
import { agentPassword, userNameOf } from '../agents-seed.ts';
import { createLoginDriver, type LoginTarget, SentAway } from '../login/whole-login.ts';
import { percentile } from '../samples.ts';

export interface Burst {
  logins: number;
  /** Within these they come, one as long after another as any. */
  seconds: number;
}

interface Refusal {
  status: number;
  retryAfterSeconds: number;
  /** Second since the beginning in which the login comes back. */
  backInSecond: number;
}

export type BurstFigures = Awaited<ReturnType<ReturnType<typeof createCrowd>['signIn']>>;

/** To each server. */
const connections = 500;
/** A person who has not got in so long after the last one came counts as failed. */
const patienceMs = 300_000;

export function createCrowd(target: LoginTarget) {
  const driver = createLoginDriver(target, connections);

  async function signInAll({ logins, seconds }: Burst) {
    const startMs = performance.now();
    const endMs = startMs + 1_000 * seconds + patienceMs;
    const refusals: Refusal[] = [];
    const failures: string[] = [];
    const durationsMs: number[] = [];
    let lastMs = startMs;

    async function signIn(person: number): Promise<void> {
      const fields = { ...target.fields, username: userNameOf(person), password: agentPassword };
      const browser = driver.open(fields);
      while (performance.now() < endMs) {
        const begunMs = performance.now();
        try {
          await browser.signIn();
          lastMs = performance.now();
          durationsMs.push(lastMs - begunMs);
          return;
        } catch (error) {
          if (!(error instanceof SentAway)) throw error;
          const { status, retryAfterSeconds } = error;
          const backMs = performance.now() - startMs + 1_000 * retryAfterSeconds;
          refusals.push({ status, retryAfterSeconds, backInSecond: Math.floor(backMs / 1_000) });
          await wait(1_000 * retryAfterSeconds);
        }
      }
      throw new Error('never got in');
    }

    const everybody = Array.from({ length: logins }, async (_, person) => {
      await wait(Math.max(0, startMs + (1_000 * seconds * person) / logins - performance.now()));
      await signIn(person).catch((error: Error) => void failures.push(error.message));
    });
    await Promise.all(everybody);
    return {
      signedIn: durationsMs.length,
      /** `first` is the error of the first of them, to look for. */
      failed: { logins: failures.length, first: failures[0] ?? '' },
      p50Ms: at(durationsMs, 0.5),
      p99Ms: at(durationsMs, 0.99),
      allInAfterSeconds: Math.round((lastMs - startMs) / 1_000),
      refused: {
        429: refusals.filter(({ status }) => status === 429).length,
        503: refusals.filter(({ status }) => status === 503).length,
        retryAfterSeconds: spreadOf(refusals.map(({ retryAfterSeconds }) => retryAfterSeconds)),
        mostBackInOneSecond: mostOf(refusals.map(({ backInSecond }) => backInSecond)),
      },
    };
  }

  return { signIn: signInAll, close: () => driver.close() };
}

function spreadOf(values: readonly number[]) {
  return { least: at(values, 0), median: at(values, 0.5), most: at(values, 1) };
}

function mostOf(seconds: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const second of seconds) counts.set(second, (counts.get(second) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function at(values: readonly number[], share: number): number {
  return Math.round(percentile(values, share) * 10) / 10;
}
