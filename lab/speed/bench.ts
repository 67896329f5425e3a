/** `npm run bench`: measures each row beside its floor in one run and prints ratios. */
import { writeFileSync } from 'node:fs';
import { experiment } from '../harness/experiment.ts';
import { type BenchStack, type StackOptions, startBenchStack } from './bench-stack.ts';
import {
  burstRowName,
  burstStack,
  measureBurst,
  partOf,
  peak,
  printBurst,
  quiet,
  shift,
} from './burst/measure-burst.ts';
import { compareTrees } from './compare.ts';
import { estateRowName, measureEstate, printEstate } from './estate/measure-estate.ts';
import { printComparison } from './login/compare-logins.ts';
import { loginRowName, measureLogin } from './login/measure-login.ts';
import { measureSecondApplication, secondApplicationRowName } from './login/measure-second-application.ts';
import { type MeasureOptions, measure, printTable, type RowResult } from './measure.ts';
import { dpopRow, jwtBearerRow, tokenExchangeRow } from './rows/assertions.ts';
import { clientCredentialsRows } from './rows/client-credentials.ts';
import { introspectRow } from './rows/introspect.ts';
import { refreshRow } from './rows/refresh.ts';
import type { Row } from './rows/row.ts';
import { scaleOf } from './scale/fill.ts';
import {
  measureScale,
  printScale,
  type ScaleResult,
  scaleRowName,
  smallSize,
} from './scale/measure-scale.ts';
import { agentCount, agentsRowName, measureAgents, printAgents } from './scale-out/measure-agents.ts';
import { measureScaleOut, printScaleOut, scaleOutRowName } from './scale-out/measure-scale-out.ts';
import { measureSignOn, printSignOn, signOnRowName } from './sign-on/measure-sign-on.ts';

/** Rows that share one stack. */
const rows: readonly Row[] = [
  ...clientCredentialsRows,
  introspectRow,
  refreshRow,
  tokenExchangeRow,
  jwtBearerRow,
  dpopRow,
];

interface Sizes {
  /** In the row `burst`. */
  shift: boolean;
  share: number;
}

/** Rows that start servers of their own, in the order in which they run. */
function ownRowsOf({ shift: isShift, share }: Sizes) {
  return {
    // It runs before a stack does, whose processes would take their share of the cores.
    [estateRowName]: part(measureEstate, printEstate),
    [loginRowName]: part(onStack(measureLogin), printComparison),
    [secondApplicationRowName]: part(onStack(measureSecondApplication), printComparison),
    [signOnRowName]: part(onStack(measureSignOn), printSignOn),
    [scaleRowName]: part(onScale(share), printScale),
    [scaleOutRowName]: part(onStack(measureScaleOut), printScaleOut),
    [agentsRowName]: part(onStack(measureAgents, { agents: agentCount }), printAgents),
    [burstRowName]: part(onBurst(partOf(isShift ? shift : peak, share), share), printBurst),
  };
}

const names = [...rows.map(({ name }) => name), ...Object.keys(ownRowsOf({ shift: false, share: 1 }))];

const usage = `Usage: npm run bench [-- options]

  --only NAME         only this row, may be repeated (${names.join(', ')})
  --json FILE         write the figures there too
  --seconds N         length of one round (5)
  --rounds N          rounds of each kind (3)
  --connections N     connections of the load (32)
  --shift             in burst, 20 000 people within ten minutes instead of 2 000 within ten seconds
  --share N           in scale and burst, this share of the people and of what the stores hold, for a first look (1)
  --against FOLDER    compare with another checkout: its rounds and ours take turns, each on a fresh stack
`;

export const bench = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: names },
    json: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    shift: { type: 'boolean', default: false },
    share: { type: 'string', default: '1' },
    against: { type: 'string' },
  },
  names: { only: names },
  async run({ only, json, against, shift: isShift, share, ...given }) {
    const options = {
      seconds: Number(given.seconds),
      rounds: Number(given.rounds),
      connections: Number(given.connections),
    };
    if (against !== undefined) await compareTrees(against, only, options);
    else {
      const results = await measureAll(only, options, { shift: isShift, share: Number(share) });
      if (json) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
    }
    return true;
  },
});

async function measureAll(
  only: readonly string[],
  options: MeasureOptions,
  sizes: Sizes,
): Promise<unknown[]> {
  const onOneStack = rows.filter(({ name }) => only.includes(name));
  const [estate, ...others] = Object.entries(ownRowsOf(sizes)).map(
    ([name, measurePart]) =>
      () =>
        only.includes(name) ? measurePart(name, options) : undefined,
  );
  const parts = [];
  for (const next of [estate, () => measureRows(onOneStack, options), ...others]) {
    const measured = await next?.();
    if (measured !== undefined) parts.push(measured);
  }
  for (const { print } of parts) print();
  if (!parts.every(({ isPinned }) => isPinned))
    console.log('Warning: processes could not be pinned to cores; the ratios are only a hint.');
  const disturbed = parts.reduce((sum, { disturbedRounds }) => sum + disturbedRounds, 0);
  if (disturbed > 0)
    console.log(`Warning: ${disturbed} rounds were disturbed by other processes on this machine.`);
  return parts.flatMap<unknown>((measured) => measured.results);
}

interface Measured<Result> {
  result: Result;
  isPinned: boolean;
  disturbedRounds: number;
}

/** A row with figures of its own: how it is measured and how they are printed. */
function part<Result>(
  measureIt: (options: MeasureOptions) => Promise<Measured<Result>>,
  print: (result: Result) => void,
) {
  return async (name: string, options: MeasureOptions) => {
    console.log(`measuring ${name} …`);
    const { result, ...measured } = await measureIt(options);
    return { ...measured, results: [result], print: () => print(result) };
  };
}

/** Measures on a fresh stack, so that one row does not see what another one left in the stores. */
function onStack<Result>(
  measureIt: (stack: BenchStack, options: MeasureOptions) => Promise<Omit<Measured<Result>, 'isPinned'>>,
  stackOptions: StackOptions = {},
) {
  return async (measureOptions: MeasureOptions): Promise<Measured<Result>> => {
    const stack = await startBenchStack(chainsOf(measureOptions), stackOptions);
    try {
      return { ...(await measureIt(stack, measureOptions)), isPinned: stack.isPinned };
    } finally {
      await stack.stop();
    }
  };
}

function onScale(share: number) {
  return (measureOptions: MeasureOptions): Promise<Measured<ScaleResult>> => {
    // A round of a second is a round, of which each connection needs a chain.
    const short = { ...measureOptions, rounds: measureOptions.rounds * measureOptions.seconds, seconds: 1 };
    return onStack((stack) => measureScale(stack, rows, scaleOf(share), measureOptions), {
      agents: smallSize.persons,
    })(short);
  };
}

function onBurst(size: Parameters<typeof burstStack>[0], share: number) {
  return onStack((stack) => measureBurst(stack, size, partOf(quiet, share)), burstStack(size));
}

async function measureRows(chosen: readonly Row[], options: MeasureOptions) {
  if (chosen.length === 0) return undefined;
  const { result: results, ...measured } = await onStack(async (stack) => {
    const result: RowResult[] = [];
    let disturbedRounds = 0;
    for (const row of chosen) {
      console.log(`measuring ${row.name} …`);
      const one = await measure(row, stack, options);
      result.push(one.result);
      disturbedRounds += one.disturbedRounds;
    }
    return { result, disturbedRounds };
  })(options);
  return { ...measured, results, print: () => printTable(results, chosen) };
}

/** Every connection of every round, the warm-up included, has a chain of refresh tokens of its own. */
function chainsOf({ connections, rounds }: MeasureOptions) {
  return connections * (rounds + 1);
}
