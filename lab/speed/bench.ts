/** `npm run bench`: measures each row beside its floor in one run and prints ratios. */
import { writeFileSync } from 'node:fs';
import { experiment } from '../harness/experiment.ts';
import { buildPreviousTree } from '../upgrade/previous-tree.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import { compareTrees } from './compare.ts';
import { factorRows, measureFactors, printFactors } from './login/factor-rows.ts';
import { loginRows, measureLogins, printLogins } from './login/login-rows.ts';
import { type MeasureOptions, measure, printTable, type RowResult } from './measure.ts';
import { dpopRow, jwtBearerRow, tokenExchangeRow } from './rows/assertions.ts';
import { clientCredentialsRows } from './rows/client-credentials.ts';
import { introspectRow } from './rows/introspect.ts';
import { refreshRow } from './rows/refresh.ts';
import type { Row } from './rows/row.ts';

/** Rows of one request each, which share one stack. Each row of whole logins has its own. */
const requestRows: readonly Row[] = [
  ...clientCredentialsRows,
  introspectRow,
  refreshRow,
  tokenExchangeRow,
  jwtBearerRow,
  dpopRow,
];

const names = [...requestRows, ...loginRows, ...factorRows].map(({ name }) => name);

const usage = `Usage: npm run bench [-- options]

  --only NAME         only this row, may be repeated (${names.join(', ')})
  --json FILE         write the figures there too
  --seconds N         length of one round (5)
  --rounds N          rounds of each kind (3)
  --connections N     connections of the load (32)
  --against FOLDER    compare with another checkout: its rounds and ours take turns, each on a fresh stack
  --against-release   compare with the release before (the commit in lab/cluster/previous-release)
`;

export const bench = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: names },
    json: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    against: { type: 'string' },
    'against-release': { type: 'boolean' },
  },
  names: { only: names },
  async run({ only, json, against, ...given }) {
    const options = {
      seconds: Number(given.seconds),
      rounds: Number(given.rounds),
      connections: Number(given.connections),
    };
    const other = given['against-release'] ? await buildPreviousTree() : against;
    if (other !== undefined) await compareTrees(other, only, options);
    else {
      const results = await measureAll(only, options);
      if (json) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
    }
    return true;
  },
});

async function measureAll(only: readonly string[], options: MeasureOptions): Promise<unknown[]> {
  const parts = [];
  const chosen = requestRows.filter(({ name }) => only.includes(name));
  if (chosen.length > 0) parts.push(await onStack(options, (stack) => measureRows(chosen, stack, options)));
  for (const row of loginRows) {
    if (!only.includes(row.name)) continue;
    console.log(`measuring ${row.name} …`);
    const { result, ...measured } = await onStack(options, (stack) => measureLogins(row, stack, options));
    parts.push({ ...measured, results: [result], print: () => printLogins(result) });
  }
  for (const row of factorRows) {
    if (!only.includes(row.name)) continue;
    console.log(`measuring ${row.name} …`);
    const { result, ...measured } = await onStack(options, (stack) => measureFactors(row, stack, options));
    parts.push({ ...measured, results: [result], print: () => printFactors(result) });
  }
  for (const { print } of parts) print();
  if (!parts.every(({ isPinned }) => isPinned))
    console.log('Warning: processes could not be pinned to cores; the ratios are only a hint.');
  const disturbed = parts.reduce((sum, { disturbedRounds }) => sum + disturbedRounds, 0);
  if (disturbed > 0)
    console.log(`Warning: ${disturbed} rounds were disturbed by other processes on this machine.`);
  return parts.flatMap<unknown>(({ results }) => results);
}

/** Measures on a fresh stack, so that one row does not see what another one left in the stores. */
async function onStack<Measured extends object>(
  { connections, rounds }: MeasureOptions,
  measureIt: (stack: BenchStack) => Promise<Measured>,
) {
  // Every connection of every round, the warm-up included, has a chain of refresh tokens of its own.
  const stack = await startBenchStack(connections * (rounds + 1));
  try {
    return { ...(await measureIt(stack)), isPinned: stack.isPinned };
  } finally {
    await stack.stop();
  }
}

async function measureRows(chosen: readonly Row[], stack: BenchStack, options: MeasureOptions) {
  const results: RowResult[] = [];
  let disturbedRounds = 0;
  for (const row of chosen) {
    console.log(`measuring ${row.name} …`);
    const measured = await measure(row, stack, options);
    results.push(measured.result);
    disturbedRounds += measured.disturbedRounds;
  }
  return { results, disturbedRounds, print: () => printTable(results, chosen) };
}
