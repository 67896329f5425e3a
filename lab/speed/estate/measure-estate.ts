/** The row `environment_estate`: 10 000 contact centres with 50 settings each, beside a hundredth of them. */

import { seedEstate } from '../../plans/estate-seed.ts';
import { cpuTimes, residentMiB } from '../machine.ts';
import { disturbedIn, medianOf, rounded, sampled } from '../samples.ts';
import { centerPath } from './center-path.ts';
import { type EstateStack, startEstateStack } from './estate-stack.ts';
import type { PacedFigures } from './paced-reads.ts';
import { measurePropagation, type Propagation } from './propagation.ts';
import { fireReads, type ReadFigures, type ReadPlan, whileReading } from './read-load.ts';

export const estateRowName = 'environment_estate';
/** A single read, of bare Fastify with one prepared SELECT. */
export const estateAim = 0.6;
export const propagationMustMs = 50;
const exportMustPerSecond = 3_000;

const sizes = [100, 10_000] as const;
const singleRead = 'single read';
const propagatedChanges = 200;
/** A load that lasts: at twice as much the two cores, which the load, PostgreSQL and both replicas use too, are full, and a queue forms. */
const sustainedShare = 0.3;

export interface SizedFigures {
  contactCenters: number;
  rows: Record<string, ReadFigures>;
  floorPerSecond: number;
  ratioToFloor: number;
  /** CPU time of a single read and of its floor, in the process that serves it: steadier when others use the machine. */
  cpuUs: number;
  floorCpuUs: number;
  export: Record<'json' | 'yaml', { tookMs: number; mebibytes: number }>;
  rssMiB: number;
}

export interface EstateResult {
  name: typeof estateRowName;
  sizes: SizedFigures[];
  /** `busy`: while Environment API answers `sustainedShare` of the single reads that it can. */
  propagation: Record<'quiet' | 'busy', Propagation>;
  /** Of the busy time. */
  reads: PacedFigures;
}

export interface EstateMeasurement {
  result: EstateResult;
  isPinned: boolean;
  disturbedRounds: number;
}

interface Options {
  seconds: number;
  rounds: number;
  connections: number;
}

export async function measureEstate(options: Options): Promise<EstateMeasurement> {
  const stack = await startEstateStack();
  try {
    const figures: SizedFigures[] = [];
    let disturbedRounds = 0;
    await seedEstate(stack.database, sizes[0]);
    // Once unmeasured, so that the code is compiled for the first size as well as for the second.
    await measureSize(stack, sizes[0], { ...options, rounds: 1 });
    for (const size of sizes) {
      await seedEstate(stack.database, size);
      const { disturbed, ...sized } = await measureSize(stack, size, options);
      disturbedRounds += disturbed;
      figures.push(sized);
    }
    const quiet = await measurePropagation(stack, 'quiet', propagatedChanges);
    const capacity = figures.at(-1)?.rows[singleRead]?.perSecond ?? 0;
    const { result: busy, reads } = await whileReading(
      {
        url: stack.url,
        authorization: stack.authorization,
        perSecond: sustainedShare * capacity,
        contactCenters: sizes[1],
      },
      () => measurePropagation(stack, 'busy', propagatedChanges),
    );
    return {
      result: { name: estateRowName, sizes: figures, propagation: { quiet, busy }, reads },
      isPinned: stack.isPinned,
      disturbedRounds,
    };
  } finally {
    await stack.stop();
  }
}

async function measureSize(stack: EstateStack, contactCenters: number, { rounds, ...load }: Options) {
  const { url, authorization, floorUrl, pids } = stack;
  const product = (path: ReadPlan['path']): ReadPlan => ({ url, authorization, path });
  const single = centerPath(contactCenters);
  const floor: ReadPlan = { url: floorUrl, path: single };
  const plans: Record<string, ReadPlan> = {
    [singleRead]: product(single),
    'settings at a location': product((number) => `${single(number)}/settings?location=/`),
    'page of 100': product(() => '/contact-centers?limit=100'),
    'by domain': product(
      (number) => `/contact-centers?domain=tenant-${1 + (number % contactCenters)}.example`,
    ),
    'search that finds one': product(
      (number) => `/contact-centers?limit=100&search=centre%20${1 + (number % contactCenters)}%20of`,
    ),
    'search that finds all': product(() => '/contact-centers?limit=100&search=centre'),
  };
  await fireReads(floor, { ...load, seconds: Math.min(2, load.seconds) });
  const rows: Record<string, ReadFigures> = {};
  let floorPerSecond = 0;
  let cpuUs = 0;
  let floorCpuUs = 0;
  let disturbed = 0;
  for (const [name, plan] of Object.entries(plans)) {
    const isSingle = name === singleRead;
    await fireReads(plan, { ...load, seconds: Math.min(2, load.seconds) });
    const samples = [];
    const floors = [];
    for (let round = 0; round < rounds; round++) {
      if (isSingle) floors.push(await sampled(pids, () => readsOf(stack.floorPid, floor, load)));
      samples.push(await sampled(pids, () => readsOf(stack.serverPid, plan, load)));
    }
    disturbed += disturbedIn([...samples, ...floors]);
    const { perSecond, p50Ms } = medianOf(samples, (sample) => sample.perSecond);
    const { p99Ms } = medianOf(samples, (sample) => sample.p99Ms);
    if (isSingle) {
      cpuUs = Math.min(...samples.map((sample) => sample.cpuUs));
      floorCpuUs = Math.min(...floors.map((sample) => sample.cpuUs));
    }
    rows[name] = { perSecond: Math.round(perSecond), p50Ms, p99Ms };
    if (isSingle) floorPerSecond = medianOf(floors, (sample) => sample.perSecond).perSecond;
  }
  const singlePerSecond = rows[singleRead]?.perSecond ?? 0;
  return {
    contactCenters,
    rows,
    floorPerSecond: Math.round(floorPerSecond),
    ratioToFloor: Math.round((1000 * singlePerSecond) / floorPerSecond) / 1000,
    cpuUs: Math.round(cpuUs),
    floorCpuUs: Math.round(floorCpuUs),
    export: { json: await timeExport(stack, 'json'), yaml: await timeExport(stack, 'yaml') },
    rssMiB: residentMiB(stack.serverPid),
    disturbed,
  };
}

/** With the CPU time that the process spent on each of them. */
async function readsOf(pid: number, plan: ReadPlan, load: { seconds: number; connections: number }) {
  const before = cpuTimes([pid]);
  const figures = await fireReads(plan, load);
  const after = cpuTimes([pid]);
  const spentUs = before && after ? (after.ours - before.ours) * 10_000 : Number.NaN;
  return { ...figures, cpuUs: spentUs / (figures.perSecond * load.seconds) };
}

async function timeExport({ url, authorization }: EstateStack, format: 'json' | 'yaml') {
  const startedMs = performance.now();
  const answer = await fetch(`${url}/export`, {
    headers: { authorization, accept: `application/${format}` },
  });
  if (!answer.ok) throw new Error(`the export was refused: ${answer.status}`);
  const { byteLength } = await answer.arrayBuffer();
  return {
    tookMs: Math.round(performance.now() - startedMs),
    mebibytes: Math.round(byteLength / 2 ** 18) / 4,
  };
}

function perSecond(contactCenters: number, tookMs: number): number {
  return Math.round((1_000 * contactCenters) / tookMs);
}

export function printEstate({ sizes, propagation, reads }: EstateResult): void {
  const [small, large] = sizes;
  console.table(
    sizes.flatMap(({ contactCenters, rows }) =>
      Object.entries(rows).map(([row, figures]) => ({
        'contact centres': contactCenters,
        row,
        'per second': figures.perSecond,
        'p50 ms': figures.p50Ms,
        'p99 ms': figures.p99Ms,
        'p99 grew by': rounded(figures.p99Ms / (small?.rows[row]?.p99Ms ?? Number.NaN)),
      })),
    ),
  );
  console.table(
    sizes.map(
      ({ contactCenters, floorPerSecond, ratioToFloor, cpuUs, floorCpuUs, export: exported, rssMiB }) => ({
        'contact centres': contactCenters,
        'floor per second': floorPerSecond,
        'single read of floor': ratioToFloor,
        aim: estateAim,
        'CPU us': cpuUs,
        'floor CPU us': floorCpuUs,
        'JSON, centres a second': perSecond(contactCenters, exported.json.tookMs),
        'YAML, centres a second': perSecond(contactCenters, exported.yaml.tookMs),
        'must export': contactCenters === large?.contactCenters ? exportMustPerSecond : '',
        'YAML MiB': exported.yaml.mebibytes,
        'RSS MiB': rssMiB,
      }),
    ),
  );
  console.log(
    `busy: Environment API answers ${100 * sustainedShare} % of the single reads that it can, at p50 ${reads.p50Ms} ms, p99 ${reads.p99Ms} ms; quiet: none`,
  );
  for (const [state, { changes, replicas, p50Ms, p99Ms, maxMs, writeP99Ms }] of Object.entries(propagation))
    console.log(
      `${changes} changes reached ${replicas} replicas of Auth API (${state}): p50 ${p50Ms} ms, p99 ${p99Ms} ms (must ${propagationMustMs}), at most ${maxMs} ms after the answer to the write, which took at p99 ${writeP99Ms} ms`,
    );
}
