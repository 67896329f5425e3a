/** Reads times on the command line: a moment, or how long ago. */
import type { Command } from 'commander';
import { UsageError } from '../failure/failure.ts';

export interface Span {
  since?: string;
  until?: string;
}

export const spanned = (command: Command): Command =>
  command
    .option('--since <time>', 'a time such as 2027-01-31T12:00:00Z, or a span such as 15m, 2h, 7d')
    .option('--until <time>', 'the same');

/** As the APIs want it. @throws UsageError */
export const spanOf = ({ since, until }: Span) => ({ from: timeOf(since), to: timeOf(until) });

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return new Date(Date.now() - Number(count) * (unitMs[unit] ?? 0)).toISOString();
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new UsageError(`${JSON.stringify(text)} is no time: write 2027-01-31T12:00:00Z or 15m, 2h, 7d`);
  return new Date(time).toISOString();
}
