/** Runs the probes of all dependencies for an operator, each in bounded time. */
import { hostname } from 'node:os';
import type { Diagnosis, Finding } from '@gatehouse/contracts/answers';
import { type Said, say, wordsOf } from '../sentences/say.ts';
import { reasonOf } from './reason.ts';

/** The result of a probe; a thrown error is a failure with its message. */
export type Verdict = Pick<Finding, 'status' | 'message' | 'sentences' | 'reason'>;

/** The verdict of a status, from the sentences that tell it. */
export function saidAs(status: Finding['status'], said: readonly Said[]): Verdict {
  return { status, ...wordsOf(...said) };
}

export interface Probe {
  name: string;
  run(signal: AbortSignal): Promise<Verdict>;
}

export interface DiagnosisOptions {
  service: string;
  version: string;
  timeoutMs?: number;
}

const usualTimeoutMs = 5000;

/** Never rejects. */
export async function diagnose(probes: readonly Probe[], options: DiagnosisOptions): Promise<Diagnosis> {
  const { service, version, timeoutMs = usualTimeoutMs } = options;
  return { service, version, instance: hostname(), ...(await examine(probes, timeoutMs)) };
}

/** Never rejects. */
export async function examine(
  probes: readonly Probe[],
  timeoutMs = usualTimeoutMs,
): Promise<Pick<Diagnosis, 'ok' | 'findings'>> {
  const findings = await Promise.all(probes.map((probe) => finding(probe, timeoutMs)));
  return { ok: findings.every(({ status }) => status !== 'failed'), findings };
}

async function finding({ name, run }: Probe, timeoutMs: number): Promise<Finding> {
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const verdict = await Promise.race([run(signal), lateness(signal, timeoutMs)]).catch(verdictOf);
  return { name, ...verdict, durationMs: Math.round(performance.now() - startedMs) };
}

function lateness(signal: AbortSignal, timeoutMs: number): Promise<Verdict> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () =>
      resolve(saidAs('failed', [say('noAnswer', { waitSeconds: timeoutMs / 1000 })])),
    );
  });
}

function verdictOf(error: unknown): Verdict {
  return { status: 'failed', message: reasonOf(error) };
}

/** Returns the worst of several verdicts: failures before warnings. */
export function worst(verdicts: readonly Verdict[], allIsWell: string | Said): Verdict {
  for (const status of ['failed', 'warning'] as const) {
    const found = verdicts.filter((verdict) => verdict.status === status);
    if (found.length === 0) continue;
    const sentences = found.flatMap((verdict) => verdict.sentences ?? []);
    return {
      status,
      message: found.map(({ message }) => message).join(' '),
      ...(found.every((verdict) => verdict.sentences !== undefined) && { sentences }),
    };
  }
  return typeof allIsWell === 'string' ? { status: 'ok', message: allIsWell } : saidAs('ok', [allIsWell]);
}
