/** The row `audit`: what the audit trail costs the token path, by stacks that differ in it alone. */
import { fileURLToPath } from 'node:url';
import { type BenchStack, startBenchStack } from '../bench-stack.ts';
import { fire, type LoadOptions, type LoadPlan, type LoadResult } from '../load.ts';
import { tokenExchangeRow } from '../rows/assertions.ts';
import { clientCredentialsRows } from '../rows/client-credentials.ts';
import type { Row } from '../rows/row.ts';
import { disturbedIn, medianOf, middleOf, type Sample, sampled } from '../samples.ts';
import { auditPartVariable } from './without-audit.ts';

export const auditRowName = 'audit';
/** Least share of the throughput that must be left. */
export const auditMust = 0.9;

/** Plain client credentials are counted; an exchange is an event of its own. */
const measuredRows = [clientCredentialsRows[0], tokenExchangeRow].filter(
  (row): row is Row => row !== undefined,
);

/** The whole trail; only what a request waits for; nothing of it. */
const parts = ['whole', 'appended', 'none'] as const;
type Part = (typeof parts)[number];

export interface PartCost {
  part: Part;
  perSecond: number;
  /** Of the throughput without a trail. */
  ratio: number;
  /** Of Auth API's process for a request; steadier than the clock when others use the machine. */
  cpuUs: number;
  /** The CPU time without a trail, of this one. */
  cpuRatio: number;
}

export interface AuditCost {
  grant: string;
  parts: PartCost[];
}

export interface AuditMeasurement {
  result: { name: typeof auditRowName; costs: AuditCost[] };
  isPinned: boolean;
  disturbedRounds: number;
}

export interface AuditOptions extends LoadOptions {
  rounds: number;
}

export async function measureAudit(options: AuditOptions): Promise<AuditMeasurement> {
  const chains = options.connections * (options.rounds + 1);
  const stacks: BenchStack[] = [];
  for (const part of parts) stacks.push(await startStackWith(part, chains));
  const pids = [...stacks.flatMap((stack) => stack.pids), process.pid];
  try {
    const costs: AuditCost[] = [];
    let disturbedRounds = 0;
    for (const row of measuredRows) {
      const plans = await Promise.all(stacks.map((stack) => row.plan(stack)));
      const samples = await fireInTurn(stacks, plans, pids, options);
      disturbedRounds += disturbedIn(samples.flat());
      costs.push(costOf(row.name, samples));
    }
    return {
      result: { name: auditRowName, costs },
      isPinned: stacks.every(({ isPinned }) => isPinned),
      disturbedRounds,
    };
  } finally {
    await Promise.all(stacks.map((stack) => stack.stop()));
  }
}

async function startStackWith(part: Part, chains: number): Promise<BenchStack> {
  const { NODE_OPTIONS: options } = process.env;
  const hook = fileURLToPath(new URL('without-audit.ts', import.meta.url));
  // Its processes inherit them.
  process.env['NODE_OPTIONS'] = `${options ?? ''} --import=${hook}`;
  process.env[auditPartVariable] = part;
  try {
    return await startBenchStack(chains);
  } finally {
    delete process.env[auditPartVariable];
    if (options === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = options;
  }
}

type Samples = Sample<LoadResult & { cpuUs: number }>[];

async function fireInTurn(
  stacks: readonly BenchStack[],
  plans: readonly LoadPlan[],
  pids: readonly number[],
  options: AuditOptions,
): Promise<Samples[]> {
  const samples = plans.map((): Samples => []);
  for (const plan of plans) await fire(plan, { ...options, seconds: Math.min(2, options.seconds) });
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, plan] of plans.entries()) {
      const sample = await sampled(pids, () => fire(plan, options), [stacks[index]?.serverPid ?? 0]);
      const cpuUs = (sample.cpuSeconds * 1e6) / (sample.perSecond * options.seconds);
      samples[index]?.push({ ...sample, cpuUs });
    }
  }
  return samples;
}

function costOf(grant: string, samples: readonly Samples[]): AuditCost {
  const speeds = samples.map((some) => medianOf(some, ({ perSecond }) => perSecond).perSecond);
  const cpus = samples.map((some) => medianOf(some, ({ cpuUs }) => cpuUs).cpuUs);
  /** Of the rounds, each beside that without a trail: what others do to the machine meets both. */
  const ratioOf = (index: number, of: (sample: Samples[number], none: Samples[number]) => number) =>
    round3(
      middleOf((samples[index] ?? []).map((sample, round) => of(sample, samples.at(-1)?.[round] ?? sample))),
    );
  return {
    grant,
    parts: parts.map((part, index) => ({
      part,
      perSecond: Math.round(speeds[index] ?? 0),
      ratio: ratioOf(index, (sample, none) => sample.perSecond / none.perSecond),
      cpuUs: Math.round(cpus[index] ?? 0),
      cpuRatio: ratioOf(index, (sample, none) => none.cpuUs / sample.cpuUs),
    })),
  };
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const meanings = {
  whole: 'written, stored and chained',
  appended: 'written by the request alone',
  none: 'no trail',
};

export function printAudit({ costs }: AuditMeasurement['result']): void {
  console.log(`${auditRowName}: tokens with the audit trail, beside the same service without one`);
  console.table(
    costs.flatMap(({ grant, parts }) =>
      parts.map(({ part, perSecond, ratio, cpuUs, cpuRatio }) => ({
        grant,
        trail: meanings[part],
        'per second': perSecond,
        'of none': ratio,
        must: part === 'appended' ? auditMust : '',
        'CPU us': cpuUs,
        'of none by CPU': cpuRatio,
      })),
    ),
  );
}
