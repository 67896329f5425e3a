/** Judges one disturbance by what was sent and promised around it. */
import type { Sent } from './record.ts';
import type { Columns } from './table.ts';

export interface Times {
  beganMs: number;
  /** The dependency serves again. */
  backMs: number;
  endedMs: number;
}

export interface Losses {
  tokens: number;
  settings: number;
  /** Logins without a row in the audit trail. */
  events: number;
  refreshTokens: number;
  acceptedRevoked: number;
}

export interface Row {
  name: string;
  requests: number;
  /** Requests that were not answered as they should be, by status; `none` is no answer. */
  failed: Readonly<{ [status: string]: number }>;
  /** From the return of the dependency to the start of the last request that failed. */
  recoveryMs: number;
  /** The kind of that request. */
  lastFailed: string;
  /** Longest time to an answer, right or not, and its kind. */
  slowestMs: number;
  slowestKind: string;
  losses: Losses;
  /** Findings that must not be; none when all is well. */
  faults: string[];
}

export const maxRecoveryMs = 5_000;

export interface Allowance {
  /** Kinds that may be lost, because they were acknowledged before the copy had them. */
  tolerated?: readonly (keyof Losses)[];
  recoveryMs?: number;
  /** False: what is broken is on the path of no request. Default true. */
  mayFail?: boolean;
}

export function judge(
  name: string,
  sent: readonly Sent[],
  { beganMs, backMs, endedMs }: Times,
  losses: Losses,
  { tolerated = [], recoveryMs: allowedMs = maxRecoveryMs, mayFail = true }: Allowance = {},
): Row {
  const during = sent.filter(({ startedMs }) => startedMs >= beganMs && startedMs <= endedMs);
  const wrong = during.filter(({ isRight }) => !isRight);
  const last = wrong.reduce<Sent | undefined>(
    (latest, one) => (latest === undefined || one.startedMs > latest.startedMs ? one : latest),
    undefined,
  );
  const slowest = during.reduce<Sent | undefined>(
    (longest, one) => (longest === undefined || timeOf(one) > timeOf(longest) ? one : longest),
    undefined,
  );
  const recoveryMs = Math.max(0, Math.round((last?.startedMs ?? backMs) - backMs));
  const failed: { [status: string]: number } = {};
  for (const { status } of wrong) failed[statusOf(status)] = (failed[statusOf(status)] ?? 0) + 1;
  const errors = wrong.filter(({ status }) => status >= 500 && status !== 503);
  const faults = [
    ...new Set(errors.map(({ kind, status }) => `${kind} was answered ${status}`)),
    ...(wrong.length > 0 && !mayFail ? [`${wrong.length} requests failed`] : []),
    ...(recoveryMs > allowedMs ? [`${last?.kind} still fails after ${recoveryMs} ms`] : []),
    ...faultsOf(losses, tolerated),
  ];
  return {
    ...{ name, requests: during.length, failed, recoveryMs, lastFailed: last?.kind ?? '' },
    ...{ slowestMs: Math.round(timeOf(slowest)), slowestKind: slowest?.kind ?? '', losses, faults },
  };
}

function timeOf(sent: Sent | undefined): number {
  return sent === undefined ? 0 : sent.endedMs - sent.startedMs;
}

function faultsOf(losses: Losses, tolerated: readonly (keyof Losses)[]): string[] {
  const sentences: [keyof Losses, string][] = [
    ['tokens', 'tokens are lost'],
    ['settings', 'settings are lost'],
    ['events', 'logins are not in the audit trail'],
    ['refreshTokens', 'refresh tokens are lost'],
    ['acceptedRevoked', 'revoked tokens are accepted'],
  ];
  return sentences
    .filter(([what]) => losses[what] > 0 && !tolerated.includes(what))
    .map(([what, sentence]) => `${losses[what]} ${sentence}`);
}

function statusOf(status: number): string {
  return status === 0 ? 'none' : status === 200 ? 'wrong answer' : String(status);
}

/** How many requests failed, by status. */
export function failedText(failed: Row['failed']): string {
  const counts = Object.entries(failed).map(([status, count]) => `${count} × ${status}`);
  return counts.join(', ') || 'none';
}

/** Of the failure table. */
export const failureColumns: Columns<Row> = {
  disturbance: ({ name }) => name,
  requests: ({ requests }) => String(requests),
  'failed, by status': ({ failed }) => failedText(failed),
  recovery: ({ recoveryMs, lastFailed }) =>
    recoveryMs === 0 ? '0' : `${(recoveryMs / 1000).toFixed(1)} s (${lastFailed})`,
  'slowest answer': ({ slowestMs, slowestKind }) => `${(slowestMs / 1000).toFixed(1)} s (${slowestKind})`,
  lost: ({ losses }) => lossText(losses),
  'must not be': ({ faults }) => faults.join('; ') || 'none',
};

function lossText({ tokens, settings, events, refreshTokens }: Losses): string {
  const named: [number, string][] = [
    [tokens, 'tokens'],
    [settings, 'settings'],
    [events, 'audit events'],
    [refreshTokens, 'refresh tokens'],
  ];
  const lost = named.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return lost.join(', ') || 'nothing';
}
