/** The row `audit`: what the audit trail costs the token path, by stacks that differ in it alone. */
import { fileURLToPath } from 'node:url';
import { type BenchStack, startBenchStack } from '../bench-stack.ts';
import { fire, type LoadOptions, type LoadPlan, type LoadResult } from '../load.ts';
import { tokenExchangeRow } from '../rows/assertions.ts';
import { clientCredentialsRows } from '../rows/client-credentials.ts';
import type { Row } from '../rows/row.ts';
import { disturbedIn, middleOf, type Sample, sampled } from '../samples.ts';
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
  // Of stacks that are alike, that which is started last costs a tenth less.
  const runs = [await measureStacks(parts, options), await measureStacks(parts.toReversed(), options)];
  return {
    result: {
      name: auditRowName,
      costs: measuredRows.map((row, index) =>
        costOf(
          row.name,
          runs.map(({ rows }) => rows[index] as Samples),
        ),
      ),
    },
    isPinned: runs.every(({ isPinned }) => isPinned),
    disturbedRounds: disturbedIn(
      runs.flatMap(({ rows }) => rows.flatMap((row) => parts.flatMap((part) => row[part]))),
    ),
  };
}

/** The samples of each row; the stacks start in the order of the parts. */
async function measureStacks(order: readonly Part[], options: AuditOptions) {
  const chains = options.connections * (options.rounds + 1);
  const stacks: [Part, BenchStack][] = [];
  for (const part of order) stacks.push([part, await startStackWith(part, chains)]);
  const pids = [...stacks.flatMap(([, stack]) => stack.pids), process.pid];
  try {
    const rows: Samples[] = [];
    for (const row of measuredRows) rows.push(await fireInTurn(row, stacks, pids, options));
    return { rows, isPinned: stacks.every(([, { isPinned }]) => isPinned) };
  } finally {
    await Promise.all(stacks.map(([, stack]) => stack.stop()));
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

type Samples = Record<Part, Sample<LoadResult & { cpuUs: number }>[]>;

async function fireInTurn(
  row: Row,
  stacks: readonly (readonly [Part, BenchStack])[],
  pids: readonly number[],
  options: AuditOptions,
): Promise<Samples> {
  const samples: Samples = { whole: [], appended: [], none: [] };
  const fires: { part: Part; stack: BenchStack; plan: LoadPlan }[] = [];
  for (const [part, stack] of stacks) fires.push({ part, stack, plan: await row.plan(stack) });
  for (const { plan } of fires) await fire(plan, { ...options, seconds: Math.min(2, options.seconds) });
  for (let round = 0; round < options.rounds; round++) {
    for (const { part, stack, plan } of fires) {
      const sample = await sampled(pids, () => fire(plan, options), [stack.serverPid]);
      const cpuUs = (sample.cpuSeconds * 1e6) / (sample.perSecond * options.seconds);
      samples[part].push({ ...sample, cpuUs });
    }
  }
  return samples;
}

function costOf(grant: string, runs: readonly Samples[]): AuditCost {
  const middleOfRuns = (valuesOf: (run: Samples) => number[]) =>
    runs.reduce((sum, run) => sum + middleOf(valuesOf(run)), 0) / runs.length;
  /** Of the rounds, each beside that without a trail: what others do to the machine meets both. */
  const ratioOf = (part: Part, of: (sample: Samples[Part][number], none: Samples[Part][number]) => number) =>
    round3(middleOfRuns((run) => run[part].map((sample, round) => of(sample, run.none[round] ?? sample))));
  return {
    grant,
    parts: parts.map((part) => ({
      part,
      perSecond: Math.round(middleOfRuns((run) => run[part].map(({ perSecond }) => perSecond))),
      ratio: ratioOf(part, (sample, none) => sample.perSecond / none.perSecond),
      cpuUs: Math.round(middleOfRuns((run) => run[part].map(({ cpuUs }) => cpuUs))),
      cpuRatio: ratioOf(part, (sample, none) => none.cpuUs / sample.cpuUs),
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
        must: part === 'none' ? '' : auditMust,
        'CPU us': cpuUs,
        'of none by CPU': cpuRatio,
      })),
    ),
  );
}
