/** Judges a long run of the three services: memory, handles, delays and starts, each against its bound. */
import type { ServiceName } from '../../../tools/stack/services.ts';
import { percentile } from '../../harness/percentile.ts';
import { rounded } from '../rounds.ts';
import type { StartFigures } from './starts.ts';

/** A line that probe.mjs writes. */
export interface ProbeSample {
  /** Since 1970. */
  atMs: number;
  /** After a collection. */
  heapMiB: number;
  /** Sockets, timers, files: whatever keeps a process alive. */
  handles: number;
}

export interface Observed {
  service: ServiceName;
  start: StartFigures;
  /** Most resident memory in the run. */
  loadedMiB: number;
  /** Under load. */
  samples: readonly ProbeSample[];
  /** Without load, before and after it: with load, connections come and go. */
  handles: { before: number; after: number };
  /** How long the answers took, by part of the run. */
  delaysMs: readonly (readonly number[])[];
  /** How often each kind of wrong answer came. */
  failures: ReadonlyMap<string, number>;
}

/** The first and the last of them are compared: ten minutes of an hour. */
export const partsOfRun = 6;

const maxStartMs = 600;
const maxIdleMiB: Partial<Record<ServiceName, number>> = { 'auth-api': 95 };
const maxLoadedMiB: Record<ServiceName, number> = { 'auth-api': 150, 'auth-ui': 100, 'environment-api': 120 };
const maxTrendMiBPerMinute = 0.5;
const maxDelayGrowth = 1.2;
/** The pools of connections to the stores keep some and close some. */
const maxMoreHandles = 3;

export function rowOf(observed: Observed) {
  const { service, start, loadedMiB, samples, handles, delaysMs, failures } = observed;
  const wrong = [...failures.values()].reduce((sum, count) => sum + count, 0);
  // Until then caches fill and code is compiled.
  const trend = slopeOf(samples.slice(Math.ceil(samples.length / partsOfRun))) * 60_000;
  const p99First = percentile(delaysMs[0] ?? [], 0.99);
  const p99Last = percentile(delaysMs.at(-1) ?? [], 0.99);
  const growth = p99Last / p99First;
  // Whether each is kept: by a figure that is missing none is.
  const bounds: [boolean, string][] = [
    [start.startMs <= maxStartMs, `start above ${maxStartMs} ms`],
    [
      start.idleMiB <= (maxIdleMiB[service] ?? Number.POSITIVE_INFINITY),
      `idle above ${maxIdleMiB[service]} MiB`,
    ],
    [loadedMiB <= maxLoadedMiB[service], `loaded above ${maxLoadedMiB[service]} MiB`],
    [trend <= maxTrendMiBPerMinute, `heap grows by more than ${maxTrendMiBPerMinute} MiB a minute`],
    [handles.after <= handles.before + maxMoreHandles, 'more handles'],
    [growth <= maxDelayGrowth, `p99 above ${maxDelayGrowth} of the first`],
    [wrong === 0, 'wrong answers'],
  ];
  return {
    service,
    'exec to 200, ms': start.startMs,
    'idle MiB': start.idleMiB,
    'loaded MiB': loadedMiB,
    'heap MiB': rounded(samples.at(-1)?.heapMiB ?? Number.NaN),
    'heap MiB/min': rounded(trend),
    handles: `${handles.before} → ${handles.after}`,
    answers: delaysMs.flat().length,
    wrong,
    'p99 ms': `${rounded(p99First)} → ${rounded(p99Last)}`,
    'p99 grew by': rounded(growth),
    'must not be': bounds.flatMap(([isKept, broken]) => (isKept ? [] : [broken])).join('; ') || 'none',
  };
}

/** Least squares, per millisecond. */
function slopeOf(samples: readonly ProbeSample[]): number {
  const atMs = meanOf(samples.map((sample) => sample.atMs));
  const heapMiB = meanOf(samples.map((sample) => sample.heapMiB));
  const sumOf = (term: (sample: ProbeSample) => number) =>
    samples.reduce((sum, sample) => sum + term(sample), 0);
  return (
    sumOf((sample) => (sample.atMs - atMs) * (sample.heapMiB - heapMiB)) /
    sumOf((sample) => (sample.atMs - atMs) ** 2)
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
