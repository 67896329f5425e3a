/** Runs the probes of all dependencies for an operator, each in bounded time. */
import { hostname } from 'node:os';
import type { Diagnosis, Finding } from '@gatehouse/contracts/answers';
import type { Sentence } from '@gatehouse/contracts/sentences';
import { type Said, say, sayFound, wordsOf } from '../sentences/say.ts';
import { reasonsOf } from './reason.ts';

/** The result of a probe; a thrown error is a failure with its reason. */
export type Verdict = Pick<Finding, 'status' | 'message' | 'reason'> & {
  sentences: NonNullable<Finding['sentences']>;
};

/** The verdict of a package that leaves the words to its callers. */
type Unsaid = Pick<Finding, 'status'> & { sentence: Sentence };

/** The verdict of a status, from the sentences that tell it. */
export function saidAs(status: Finding['status'], said: readonly Said[]): Verdict {
  return { status, ...wordsOf(...said) };
}

type Found = Verdict & Pick<Finding, 'name' | 'durationMs'>;

export interface Probe {
  name: string;
  run(signal: AbortSignal): Promise<Verdict | Unsaid>;
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
): Promise<Pick<Diagnosis, 'ok'> & { findings: Found[] }> {
  const findings = await Promise.all(probes.map((probe) => finding(probe, timeoutMs)));
  return { ok: findings.every(({ status }) => status !== 'failed'), findings };
}

async function finding({ name, run }: Probe, timeoutMs: number): Promise<Found> {
  const startedMs = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const found = await Promise.race([run(signal), lateness(signal, timeoutMs)]).catch(verdictOf);
  const verdict = 'sentence' in found ? saidAs(found.status, [sayFound(found.sentence)]) : found;
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
  return saidAs('failed', reasonsOf(error));
}

/** Returns the worst of several verdicts: failures before warnings. */
export function worst(verdicts: readonly Verdict[], ...allIsWell: readonly Said[]): Verdict {
  for (const status of ['failed', 'warning'] as const) {
    const found = verdicts.filter((verdict) => verdict.status === status);
    if (found.length === 0) continue;
    return {
      status,
      message: found.map(({ message }) => message).join(' '),
      sentences: found.flatMap(({ sentences }) => sentences),
    };
  }
  return saidAs('ok', allIsWell);
}
