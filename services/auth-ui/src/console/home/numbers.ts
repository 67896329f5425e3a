/** Builds the numbers of the first page: at most five. */

import type { AuditLag } from '@gatehouse/contracts/answers';
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { formatsIn } from '../../texts/formats.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { Overviews } from './first-steps.ts';

export interface KeyNumber {
  label: string;
  value: string;
  note?: string | undefined;
  /** Something of it does not work. */
  isBad?: boolean;
}

export function numbersOf(visit: ConsoleVisit, { authApi, environmentApi }: Overviews): KeyNumber[] {
  const lag = [...(authApi?.auditLag ?? []), ...(environmentApi?.auditLag ?? [])];
  const { counts } = environmentApi ?? {};
  return [
    ...(authApi?.signIns === undefined ? [] : ofSignIns(visit, authApi.signIns)),
    ...(authApi === undefined ? [] : ofDirectories(visit, authApi.links)),
    ...(lag.length > 0 ? [ofAudit(visit, lag)] : []),
    // A contact centre has no audit trail of its own.
    ...(lag.length === 0 && counts !== undefined
      ? [
          {
            label: visit.text('console.home.number.apiKeys'),
            value: formatsIn(visit.language).number(counts.apiKeys),
          },
        ]
      : []),
  ];
}

function ofSignIns(
  { text, language }: ConsoleVisit,
  { total, steps, stepSeconds }: NonNullable<AuthApiOverview['signIns']>,
): KeyNumber[] {
  const { number, percent, duration } = formatsIn(language);
  const { succeeded, failed, p50Ms, p95Ms } = total;
  const peak = Math.max(0, ...steps.map((step) => step.succeeded)) / (stepSeconds / 60);
  const all = succeeded + failed;
  const share = all === 0 ? undefined : text('console.home.number.share', { share: percent(failed / all) });
  const numbers: KeyNumber[] = [
    {
      label: text('console.home.number.signIns'),
      value: number(succeeded),
      note: text('console.home.number.peak', { peak: number(peak) }),
    },
    { label: text('console.home.number.failed'), value: number(failed), note: share },
  ];
  if (p50Ms === undefined || p95Ms === undefined) return numbers;
  const half = text('console.home.number.half', { half: duration(p50Ms) });
  return [...numbers, { label: text('console.home.number.latency'), value: duration(p95Ms), note: half }];
}

function ofDirectories(
  { text, language }: ConsoleVisit,
  { open, down, connecting }: AuthApiOverview['links'],
): KeyNumber[] {
  const { number } = formatsIn(language);
  const count = open + down + connecting;
  if (count === 0) return [];
  return [
    {
      label: text('console.home.number.directories'),
      value: text('console.home.number.of', { open: number(open), all: number(count) }),
      note: text('console.home.number.connected'),
      isBad: down > 0,
    },
  ];
}

function ofAudit({ text, language }: ConsoleVisit, lag: readonly AuditLag[]): KeyNumber {
  const { number, duration } = formatsIn(language);
  const waiting = lag.reduce((sum, one) => sum + one.waiting, 0);
  const oldestMs = 1000 * Math.max(0, ...lag.map(({ oldestSeconds }) => oldestSeconds));
  return {
    label: text('console.home.number.audit'),
    value: number(waiting),
    note:
      waiting === 0
        ? text('console.home.number.auditNone')
        : text('console.home.number.auditOldest', { time: duration(oldestMs) }),
    isBad: lag.some(({ refused }) => refused > 0),
  };
}
