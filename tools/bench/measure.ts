/** Measures one row beside its floor and the form post: interleaved rounds in one run, medians of the clean ones. */
import type { BenchStack } from './bench-stack.ts';
import { fire, type LoadOptions, type LoadResult } from './load.ts';
import { residentMiB } from './machine.ts';
import type { Row } from './rows/row.ts';
import { disturbedIn, medianOf, type Sample, sampled } from './samples.ts';

export interface RowResult {
  name: string;
  perSecond: number;
  floorPerSecond: number;
  ratioToFloor: number;
  formPostPerSecond: number;
  ratioToFormPost: number;
  p50Ms: number;
  p99Ms: number;
  rssMiB: number;
  /** CPU time of Auth API's process for one request; steadier than the clock when others use the machine. 0 without /proc. */
  cpuUs: number;
  /** Other servers doing the same work in the same run, by name: their requests per second. */
  peers: Record<string, number>;
  ratioToPeer?: number;
}

export interface MeasureOptions extends LoadOptions {
  rounds: number;
}

export interface Measurement {
  result: RowResult;
  disturbedRounds: number;
}

export async function measure(row: Row, stack: BenchStack, options: MeasureOptions): Promise<Measurement> {
  const plans = {
    product: await row.plan(stack),
    floor: stack.floor(row.floor),
    form: stack.floor('form'),
    peer: await row.peer?.(stack),
  };
  const samples: Record<keyof typeof plans, Sample<LoadResult>[]> = {
    product: [],
    floor: [],
    form: [],
    peer: [],
  };
  const pids = [...stack.pids, process.pid];
  await fire(plans.product, { ...options, seconds: Math.min(2, options.seconds) });
  for (let round = 0; round < options.rounds; round++) {
    for (const kind of ['form', 'floor', 'peer', 'product'] as const) {
      const plan = plans[kind];
      if (plan) samples[kind].push(await sampled(pids, () => fire(plan, options), [stack.serverPid]));
    }
  }
  const product = medianOf(samples.product, bySpeed);
  const floor = medianOf(samples.floor, bySpeed).perSecond;
  const form = medianOf(samples.form, bySpeed).perSecond;
  return {
    disturbedRounds: disturbedIn(Object.values(samples).flat()),
    result: {
      name: row.name,
      perSecond: Math.round(product.perSecond),
      floorPerSecond: Math.round(floor),
      ratioToFloor: round3(product.perSecond / floor),
      formPostPerSecond: Math.round(form),
      ratioToFormPost: round3(product.perSecond / form),
      p50Ms: product.p50Ms,
      p99Ms: product.p99Ms,
      rssMiB: residentMiB(stack.serverPid),
      cpuUs: Math.round((product.cpuSeconds * 1e7) / (product.perSecond * options.seconds)) / 10,
      ...comparedWithPeer(product.perSecond, samples.peer),
    },
  };
}

function comparedWithPeer(
  perSecond: number,
  samples: readonly Sample<LoadResult>[],
): Pick<RowResult, 'peers' | 'ratioToPeer'> {
  if (samples.length === 0) return { peers: {} };
  const peer = medianOf(samples, bySpeed).perSecond;
  return { peers: { 'oidc-provider': Math.round(peer) }, ratioToPeer: round3(perSecond / peer) };
}

function bySpeed({ perSecond }: LoadResult): number {
  return perSecond;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export function printTable(results: readonly RowResult[], rows: readonly Row[]): void {
  const lines = results.map((result) => {
    const row = rows.find(({ name }) => name === result.name) as Row;
    return {
      row: result.name,
      'per second': result.perSecond,
      'of floor': result.ratioToFloor,
      aim: row.aimToFloor,
      'of form post': result.ratioToFormPost,
      must: row.mustToFormPost ?? '',
      'p50 ms': result.p50Ms,
      'p99 ms': result.p99Ms,
      'RSS MiB': result.rssMiB,
      'CPU us': result.cpuUs,
      'times the peer': result.ratioToPeer ?? '',
    };
  });
  console.table(lines);
}
