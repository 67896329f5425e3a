/** Builds the charts of the first page, with the words that say the same. */
import type { SignInActivity } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { formatsIn } from '../../texts/formats.ts';
import { refusalText } from '../shell/refusals.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type Chart, columnChart, lineChart, shareBar } from './chart.ts';

export interface Figures {
  signIns: Chart;
  latency: Chart;
  /** The most frequent first. */
  failures: { reason: string; count: string; bar: string }[];
  /** Below both charts over time, from the left to the right. */
  times: string[];
  /** The same in words, step by step. */
  table: { time: string; succeeded: string; failed: string; half: string; most: string }[];
  perMinute: boolean;
}

const minuteMs = 60_000;
/** Of the table, which would be most of the page otherwise. */
const maxRows = 48;

export function figuresOf({ text, language }: ConsoleVisit, signIns: SignInActivity): Figures {
  const { steps, stepSeconds, total, failures } = signIns;
  const formats = formatsIn(language);
  const minutes = stepSeconds / 60;
  const rate = (count: number) => count / minutes;
  const peak = Math.max(0, ...steps.map(({ succeeded }) => rate(succeeded)));
  const milliseconds = (ms: number | undefined) =>
    ms === undefined ? text('console.home.noValue') : formats.duration(ms);
  const largest = failures[0]?.count ?? 0;
  return {
    signIns: columnChart(
      {
        up: steps.map(({ succeeded }) => rate(succeeded)),
        down: steps.map(({ failed }) => rate(failed)),
      },
      {
        id: 'sign-ins',
        title: text('console.home.signIns.title'),
        description: text('console.home.signIns.description', {
          succeeded: total.succeeded,
          failed: total.failed,
          peak: formats.number(peak),
        }),
        label: formats.number,
      },
    ),
    latency: lineChart(
      [
        { values: steps.map(({ p50Ms }) => p50Ms), kind: 'half' },
        { values: steps.map(({ p95Ms }) => p95Ms), kind: 'most' },
      ],
      {
        id: 'latency',
        title: text('console.home.latency.title'),
        description: text('console.home.latency.description', {
          half: milliseconds(total.p50Ms),
          most: milliseconds(total.p95Ms),
        }),
        label: formats.duration,
      },
    ),
    failures: failures.map(({ reason, count }) => ({
      reason: refusalText(text, reason),
      count: formats.number(count),
      bar: shareBar(count, largest),
    })),
    times: timesOf(signIns, formats.before),
    table: joined(steps)
      .filter(({ succeeded, failed }) => succeeded + failed > 0)
      .toReversed()
      .map(({ at, succeeded, failed, p50Ms, p95Ms }) => ({
        time: text('console.home.time', { at: new Date(at) }),
        succeeded: formats.number(succeeded),
        failed: formats.number(failed),
        half: milliseconds(p50Ms),
        most: milliseconds(p95Ms),
      })),
    perMinute: minutes === 1,
  };
}

/** Steps side by side as one, so that the table has few rows. A joined row has the latency of its slowest step. */
function joined(steps: SignInActivity['steps']): SignInActivity['steps'] {
  const length = Math.ceil(steps.length / maxRows);
  const rows: SignInActivity['steps'] = [];
  for (let from = 0; from < steps.length; from += length) {
    const parts = steps.slice(from, from + length);
    const sum = (of: 'succeeded' | 'failed') => parts.reduce((count, part) => count + part[of], 0);
    const most = (of: 'p50Ms' | 'p95Ms') => {
      const known = parts.map((part) => part[of]).filter((ms) => ms !== undefined);
      return known.length === 0 ? undefined : Math.max(...known);
    };
    rows.push({
      at: parts[0]?.at ?? '',
      succeeded: sum('succeeded'),
      failed: sum('failed'),
      ...definedOnly({ p50Ms: most('p50Ms'), p95Ms: most('p95Ms') }),
    });
  }
  return rows;
}

/** Relative, because the time zone of the reader is unknown: the start, the middle and the end. */
function timesOf({ from, to }: SignInActivity, before: (ms: number) => string): string[] {
  const lengthMs = Math.round((Date.parse(to) - Date.parse(from)) / minuteMs) * minuteMs;
  return [before(lengthMs), before(lengthMs / 2), before(0)];
}
