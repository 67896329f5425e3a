/** Turns what probes find into problems of the overview; a page that loads again does not ask every server each time. */
import type { Problem, Runbook } from '@gatehouse/contracts/answers';
import type { Clock } from '../clock.ts';
import { examine, type Probe } from './diagnosis.ts';

export interface ProblemWatchOptions {
  probes: readonly Probe[];
  /** By the name of a finding; every other one is a dependency. */
  runbooks: Readonly<Record<string, Runbook>>;
  /** Findings without which sign-ins go on. */
  dispensable: readonly string[];
  now: Clock;
}

/** For so long an examination is told without another one. */
const freshMs = 15_000;
/** For so long it is told while another one runs, which a server that hangs makes slow. */
const usableMs = 60_000;

export type ProblemWatch = ReturnType<typeof createProblemWatch>;

export function createProblemWatch({ probes, runbooks, dispensable, now }: ProblemWatchOptions) {
  let last: { atMs: number; problems: Problem[] } | undefined;
  let running: Promise<Problem[]> | undefined;

  async function look(): Promise<Problem[]> {
    const atMs = now();
    const { findings } = await examine(probes);
    const problems = findings.flatMap(({ name, status, message, sentences }): Problem[] => {
      if (status !== 'failed' && status !== 'warning') return [];
      return [
        {
          severity: status === 'failed' && !dispensable.includes(name) ? 'critical' : 'warning',
          runbook: runbooks[name] ?? 'a-dependency-is-down',
          subject: name,
          message,
          ...(sentences !== undefined && { sentences }),
        },
      ];
    });
    last = { atMs, problems };
    return problems;
  }

  /** Never rejects. */
  return async (): Promise<Problem[]> => {
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : now() - last.atMs;
    if (last !== undefined && ageMs < freshMs) return last.problems;
    running ??= look().finally(() => {
      running = undefined;
    });
    return last !== undefined && ageMs < usableMs ? last.problems : running;
  };
}
