/** Measures one row beside its floor and the form post: interleaved rounds in one run, medians of the clean ones. */
import type { BenchStack } from './bench-stack.ts';
import { fire, type LoadOptions, type LoadPlan, type LoadResult } from './load.ts';
import { cpuTimes, foreignShare, residentMiB } from './machine.ts';
import type { Row } from './rows.ts';

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
  /** Other servers doing the same work in the same run, by name: their requests per second. */
  peers: Record<string, number>;
}

export interface MeasureOptions extends LoadOptions {
  rounds: number;
}

/** More of a core than this taken by others makes a round count as disturbed. */
const disturbedShare = 0.15;

export interface Measurement {
  result: RowResult;
  disturbedRounds: number;
}

export async function measure(row: Row, stack: BenchStack, options: MeasureOptions): Promise<Measurement> {
  const plans = {
    product: await row.plan(stack),
    floor: stack.floor(row.floor),
    form: stack.floor('form'),
  };
  const samples: Record<keyof typeof plans, Sample[]> = { product: [], floor: [], form: [] };
  await fire(plans.product, { ...options, seconds: Math.min(2, options.seconds) });
  for (let round = 0; round < options.rounds; round++) {
    for (const kind of ['form', 'floor', 'product'] as const) {
      samples[kind].push(await sample(plans[kind], stack, options));
    }
  }
  const product = medianOf(samples.product);
  const floor = medianOf(samples.floor).perSecond;
  const form = medianOf(samples.form).perSecond;
  return {
    disturbedRounds: Object.values(samples)
      .flat()
      .filter(({ isDisturbed }) => isDisturbed).length,
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
      peers: {},
    },
  };
}

interface Sample extends LoadResult {
  isDisturbed: boolean;
}

async function sample(plan: LoadPlan, stack: BenchStack, options: LoadOptions): Promise<Sample> {
  const pids = [...stack.pids, process.pid];
  const before = cpuTimes(pids);
  const result = await fire(plan, options);
  const foreign = foreignShare(before, cpuTimes(pids), options.seconds);
  return { ...result, isDisturbed: foreign > disturbedShare };
}

function medianOf(samples: readonly Sample[]): LoadResult {
  const clean = samples.filter(({ isDisturbed }) => !isDisturbed);
  const used = clean.length > 0 ? clean : samples;
  const sorted = [...used].sort((left, right) => left.perSecond - right.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Sample;
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}
