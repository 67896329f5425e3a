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
  /**
   * CPU time of Auth API's process for one request; steadier than the clock when others use the machine. 0 without /proc. Where
   * the load signs each request or other servers work on its core, it alone says what Auth API could do.
   */
  cpuUs: number;
  formPostCpuUs: number;
  ratioToFormPostByCpu: number;
  /** Other servers doing the same work in the same run, by name: their requests per second. */
  peers: Record<string, number>;
  ratioToPeer?: number;
  peerCpuUs?: number;
  ratioToPeerByCpu?: number;
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
  const { serverPid, floorPid, peer } = stack;
  const servers = { product: serverPid, floor: floorPid, form: floorPid, peer: peer.pid };
  await fire(plans.product, { ...options, seconds: Math.min(2, options.seconds) });
  for (let round = 0; round < options.rounds; round++) {
    for (const kind of ['form', 'floor', 'peer', 'product'] as const) {
      const plan = plans[kind];
      if (plan) samples[kind].push(await sampled(pids, () => fire(plan, options), [servers[kind]]));
    }
  }
  const product = medianOf(samples.product, bySpeed);
  const floor = medianOf(samples.floor, bySpeed).perSecond;
  const form = medianOf(samples.form, bySpeed).perSecond;
  const cpuUs = cpuUsOf(samples.product, options);
  const formPostCpuUs = cpuUsOf(samples.form, options);
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
      rssMiB: residentMiB(serverPid),
      cpuUs,
      formPostCpuUs,
      ratioToFormPostByCpu: round3(formPostCpuUs / cpuUs),
      ...comparedWithPeer({ perSecond: product.perSecond, cpuUs }, samples.peer, options),
    },
  };
}

function comparedWithPeer(
  { perSecond, cpuUs }: Pick<RowResult, 'perSecond' | 'cpuUs'>,
  samples: readonly Sample<LoadResult>[],
  options: LoadOptions,
): Pick<RowResult, 'peers' | 'ratioToPeer' | 'peerCpuUs' | 'ratioToPeerByCpu'> {
  if (samples.length === 0) return { peers: {} };
  const peer = medianOf(samples, bySpeed).perSecond;
  const peerCpuUs = cpuUsOf(samples, options);
  return {
    peers: { 'oidc-provider': Math.round(peer) },
    ratioToPeer: round3(perSecond / peer),
    peerCpuUs,
    ratioToPeerByCpu: round3(peerCpuUs / cpuUs),
  };
}

/** The median of the rounds, for one request. */
function cpuUsOf(samples: readonly Sample<LoadResult>[], { seconds }: LoadOptions): number {
  const ofRound = ({ cpuSeconds, perSecond }: Sample<LoadResult>) => cpuSeconds / (perSecond * seconds);
  return Math.round(ofRound(medianOf(samples, ofRound)) * 1e7) / 10;
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
      'by CPU': result.ratioToFormPostByCpu,
      must: row.mustToFormPost ?? '',
      'p50 ms': result.p50Ms,
      'p99 ms': result.p99Ms,
      'RSS MiB': result.rssMiB,
      'CPU us': result.cpuUs,
      'form post CPU us': result.formPostCpuUs,
      'times the peer': result.ratioToPeer ?? '',
      'peer by CPU': result.ratioToPeerByCpu ?? '',
    };
  });
  console.table(lines);
}
