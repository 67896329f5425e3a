/** Compares the speed of two checkouts: runs the bench of each in turn and prints medians, spreads and changes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { repositoryFolder } from '../../tools/stack/processes/node-program.ts';
import { percentile } from '../harness/percentile.ts';
import type { MeasureOptions } from './measure.ts';

/** Figures that say how fast the product is; those of the floors and peers are left out. */
const compared = /^(perSecond|ratioToFloor|cpu(Us|Ms)\w*)$/;

/** `theirTree`: a checkout whose bench has the same options; rows that it does not have are left out. Each round is a run of its own, on a fresh stack. */
export async function compareTrees(
  theirTree: string,
  only: readonly string[],
  { rounds, seconds, connections }: MeasureOptions,
): Promise<void> {
  const trees = { before: resolve(theirTree), after: repositoryFolder };
  const bench = (cwd: string, args: readonly string[]) =>
    execFileSync(process.execPath, ['tools/bootstrap.mjs', 'bench', ...args], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const theirs = new Set(bench(trees.before, ['--help']).match(/\w+/g));
  const rows = only.filter((name) => theirs.has(name));
  const figures = new Map<string, Record<keyof typeof trees, number[]>>();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  for (let round = 0; round < rounds; round += 1) {
    // Each goes first every other time: a machine that slows down in the meantime favours neither.
    const order = round % 2 === 0 ? (['before', 'after'] as const) : (['after', 'before'] as const);
    for (const side of order) {
      const json = join(folder, `${side}-${round}.json`);
      const load = ['--rounds', '1', '--seconds', `${seconds}`, '--connections', `${connections}`];
      const args = [...load, '--json', json, ...rows.flatMap((name) => ['--only', name])];
      console.log(`round ${round + 1} of ${rounds}: ${trees[side]}`);
      bench(trees[side], args);
      for (const result of JSON.parse(readFileSync(json, 'utf8')) as { name: string }[])
        for (const [name, value] of figuresOf(result, result.name)) {
          const both = figures.get(name) ?? { before: [], after: [] };
          both[side].push(value);
          figures.set(name, both);
        }
    }
  }
  rmSync(folder, { recursive: true });
  console.table([...figures].map(([figure, { before, after }]) => comparisonOf(figure, before, after)));
}

/** The numbers to compare in a result, by their path such as `login_code_flow.loads.0.ours.perSecond`. */
function figuresOf(value: unknown, path: string): [string, number][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'peers') return [];
    const at = `${path}.${key}`;
    return typeof inner === 'number' && compared.test(key) ? [[at, inner]] : figuresOf(inner, at);
  });
}

function comparisonOf(figure: string, before: number[], after: number[]) {
  const change = medianOf(after) / medianOf(before) - 1;
  const spread = Math.max(spreadOf(before), spreadOf(after));
  return {
    figure,
    before: medianOf(before),
    'spread before': percent(spreadOf(before)),
    after: medianOf(after),
    'spread after': percent(spreadOf(after)),
    change: percent(change),
    'outside the spread': Math.abs(change) > spread ? 'yes' : 'no',
  };
}

/** The middle half of the values, as a share of their median: one disturbed round does not widen it. */
function spreadOf(values: readonly number[]): number {
  return (percentile(values, 0.75) - percentile(values, 0.25)) / medianOf(values);
}

function medianOf(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
