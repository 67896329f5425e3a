/** The row `environment_estate`: 10 000 contact centres with 50 settings each, beside a hundredth of them. */
import { residentMiB } from '../machine.ts';
import { disturbedIn, medianOf, sampled } from '../samples.ts';
import { centerId, seedEstate } from './estate-seed.ts';
import { type EstateStack, startEstateStack } from './estate-stack.ts';
import { measurePropagation, type Propagation } from './propagation.ts';
import { fireReads, type ReadFigures, type ReadPlan } from './read-load.ts';

export const estateRowName = 'environment_estate';
/** A single read, of bare Fastify with one prepared SELECT. */
export const estateAim = 0.6;
export const propagationMustMs = 1000;

const sizes = [100, 10_000] as const;
const propagatedChanges = 200;

export interface SizedFigures {
  contactCenters: number;
  rows: Record<string, ReadFigures>;
  floorPerSecond: number;
  ratioToFloor: number;
  export: Record<'json' | 'yaml', { tookMs: number; mebibytes: number }>;
  rssMiB: number;
}

export interface EstateResult {
  name: typeof estateRowName;
  sizes: SizedFigures[];
  propagation: Propagation;
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
    for (const size of sizes) {
      await seedEstate(stack.database, size);
      const { disturbed, ...sized } = await measureSize(stack, size, options);
      disturbedRounds += disturbed;
      figures.push(sized);
    }
    const propagation = await measurePropagation(stack, propagatedChanges);
    return {
      result: { name: estateRowName, sizes: figures, propagation },
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
  const some = (number: number) => centerId(1 + ((number * 7919) % contactCenters));
  const floor: ReadPlan = { url: floorUrl, path: (number) => `/contact-centers/${some(number)}` };
  const plans: Record<string, ReadPlan> = {
    'single read': product((number) => `/contact-centers/${some(number)}`),
    'settings at a location': product((number) => `/contact-centers/${some(number)}/settings?location=/`),
    'page of 100': product(() => '/contact-centers?limit=100'),
    'by domain': product(
      (number) => `/contact-centers?domain=tenant-${1 + (number % contactCenters)}.example`,
    ),
    search: product(
      (number) => `/contact-centers?limit=100&search=centre%20${1 + (number % contactCenters)}`,
    ),
  };
  await fireReads(floor, { ...load, seconds: Math.min(2, load.seconds) });
  const rows: Record<string, ReadFigures> = {};
  let floorPerSecond = 0;
  let disturbed = 0;
  for (const [name, plan] of Object.entries(plans)) {
    const isSingle = name === 'single read';
    await fireReads(plan, { ...load, seconds: Math.min(2, load.seconds) });
    const samples = [];
    const floors = [];
    for (let round = 0; round < rounds; round++) {
      if (isSingle) floors.push(await sampled(pids, () => fireReads(floor, load)));
      samples.push(await sampled(pids, () => fireReads(plan, load)));
    }
    disturbed += disturbedIn([...samples, ...floors]);
    const { perSecond, p50Ms, p99Ms } = medianOf(samples, (sample) => sample.perSecond);
    rows[name] = { perSecond: Math.round(perSecond), p50Ms, p99Ms };
    if (isSingle) floorPerSecond = medianOf(floors, (sample) => sample.perSecond).perSecond;
  }
  const single = rows['single read']?.perSecond ?? 0;
  return {
    contactCenters,
    rows,
    floorPerSecond: Math.round(floorPerSecond),
    ratioToFloor: Math.round((1000 * single) / floorPerSecond) / 1000,
    export: { json: await timeExport(stack, 'json'), yaml: await timeExport(stack, 'yaml') },
    rssMiB: residentMiB(stack.serverPid),
    disturbed,
  };
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
