/** Decides whether this process should get traffic, by its own hard dependencies, with hysteresis. */
import { type Clock, steadyClock } from '../clock.ts';
import { reasonOf } from './reason.ts';
import type { Start } from './start.ts';

export interface ReadinessCheck {
  name: string;
  /** Resolves when the dependency answers; the reason of its rejection is shown on the management port. */
  check: () => Promise<void>;
  /** Shown, but does not take the process out of service: the outage of one tenant must not stop the others. */
  isAdvisory?: boolean;
}

export interface CheckState {
  name: string;
  ok: boolean;
  isAdvisory: boolean;
  reason?: string;
  sinceMs: number;
}

export interface Readiness {
  readonly isReady: boolean;
  readonly states: readonly CheckState[];
  /** Runs every check once, now. */
  probe(): Promise<void>;
  /** Probes at an interval until stop(). */
  start(): void;
  stop(): void;
}

export interface ReadinessOptions {
  intervalMs?: number;
  budgetMs?: number;
  /** Failures in a row before a check counts as failed: one lost packet must not empty the service. */
  failureThreshold?: number;
  now?: Clock;
  /** Nothing is ready before it is done. */
  start?: Pick<Start, 'awaited'>;
}

export function createReadiness(
  checks: readonly ReadinessCheck[],
  options: ReadinessOptions = {},
): Readiness {
  const { intervalMs = 1000, budgetMs = 500, failureThreshold = 3, now = steadyClock, start } = options;
  const createdAtMs = now();
  const failures = new Map<string, number>();
  // A dependency is not ready before its first good answer.
  const states = checks.map(
    ({ name, isAdvisory = false }): CheckState => ({
      name,
      ok: false,
      isAdvisory,
      reason: 'not probed yet',
      sinceMs: createdAtMs,
    }),
  );
  let timer: NodeJS.Timeout | undefined;

  async function probeOne({ name, check }: ReadinessCheck, state: CheckState): Promise<void> {
    try {
      await within(budgetMs, check());
      failures.set(name, 0);
      if (!state.ok) state.sinceMs = now();
      state.ok = true;
      delete state.reason;
    } catch (error) {
      const inARow = (failures.get(name) ?? 0) + 1;
      failures.set(name, inARow);
      state.reason = reasonOf(error);
      if (state.ok && inARow >= failureThreshold) {
        state.ok = false;
        state.sinceMs = now();
      }
    }
  }

  const readiness: Readiness = {
    get isReady() {
      return readiness.states.every(({ ok, isAdvisory }) => ok || isAdvisory);
    },
    get states() {
      const awaited = start?.awaited;
      if (awaited === undefined) return states;
      const missing = { ...awaited, ok: false, isAdvisory: false, sinceMs: createdAtMs };
      return [...states.filter(({ name }) => name !== awaited.name), missing];
    },
    async probe() {
      await Promise.all(checks.map((check, index) => probeOne(check, states[index] as CheckState)));
    },
    start() {
      timer ??= setInterval(() => void readiness.probe(), intervalMs).unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
  return readiness;
}

async function within(budgetMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${budgetMs} ms`)), budgetMs);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
