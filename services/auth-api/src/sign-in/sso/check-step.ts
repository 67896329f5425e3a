/** Runs the steps of a check one after another, and says what each found in sentences with parameters. */
import type { SsoCheckStep } from '@gatehouse/contracts/auth-administration';
import type { Clock } from '@gatehouse/service-kit/clock';
import { saidAs, type Verdict } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import { SsoError } from './failure.ts';

/** @throws SsoError and others when it did not go well */
export interface CheckStep {
  name: string;
  run(): Promise<Verdict>;
}

export const passed = (...said: Said[]): Verdict => saidAs('ok', said);
export const warning = (...said: Said[]): Verdict => saidAs('warning', said);

/** Steps that need no step before them. */
const independent = 'person';

export async function runSteps(wanted: readonly CheckStep[], now: Clock): Promise<SsoCheckStep[]> {
  const steps: SsoCheckStep[] = [];
  for (const { name, run } of wanted) {
    // The identity provider could not be identified: there is nothing to try with it.
    const isHopeless = name !== independent && steps.some(({ status }) => status === 'failed');
    const startedMs = now();
    const verdict = isHopeless ? saidAs('skipped', [say('signOn.notTried')]) : await run().catch(failureOf);
    steps.push({ step: name, ...verdict, durationMs: Math.max(0, Math.round(now() - startedMs)) });
  }
  return steps;
}

/** With the reason for the log: the caller of a check may read it. */
export function failureOf(error: unknown): Verdict {
  if (error instanceof SsoError) {
    const detail = error.found;
    return saidAs('failed', [say(`signOn.refused.${error.reason}`, { detail })]);
  }
  const detail = error instanceof SignInError && error.detail !== undefined ? error.detail : messageOf(error);
  return saidAs('failed', [say('signOn.failed', { detail: detail.replace(/\.$/, '') })]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
