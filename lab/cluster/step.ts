/** Describes a step of the run, and how it reports its findings. */
import { until } from '../../tools/programs/execute.ts';
import type { Columns } from '../harness/table.ts';
import type { Cluster } from './cluster.ts';

export interface Step {
  /** Begins the row of the table; `--only` chooses by it. */
  name: string;
  /** Runs even where `--only` names others: later steps build on it. */
  isNeeded?: boolean;
  /** Returns the figures for the table; a Markdown table may follow below an empty line. Throws for what must not be; `Skipped` for what cannot be had here. */
  run(cluster: Cluster): Promise<string>;
}

/** A step that this machine or this checkout cannot do; its message says why. No failure. */
export class Skipped extends Error {
  override name = 'Skipped';
}

/** @throws Error with the sentence, which says what must not be */
export function mustBe(condition: boolean, sentence: string): void {
  if (!condition) throw new Error(sentence);
}

/** Waits until it is so. @throws Error after a minute, or what the question throws */
export async function becomes(
  what: string,
  isSo: () => Promise<boolean>,
  limits?: { timeoutMs?: number; everyMs?: number },
): Promise<void> {
  await until(what, async () => (await isSo()) || undefined, limits);
}

export interface Row {
  name: string;
  seconds: number;
  outcome: 'right' | 'wrong' | 'skipped' | 'not run';
  figures: string;
}

export const columns: Columns<Row> = {
  step: ({ name }) => name,
  seconds: ({ seconds }) => seconds.toFixed(1),
  outcome: ({ outcome }) => outcome,
  figures: ({ figures }) => figures.split('\n', 1)[0] ?? '',
};

/** The table below the figures of a step, with an empty line before it. */
export function tableIn({ figures }: Row): string {
  const table = figures.split('\n').filter((line) => line.startsWith('| '));
  return table.length === 0 ? '' : `\n${table.join('\n')}\n`;
}
