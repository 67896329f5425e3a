/** `npm run bench`: each row beside its floor, in one run, as a table of ratios. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startBenchStack } from './bench-stack.ts';
import { measure, type RowResult } from './measure.ts';
import { type Row, rows } from './rows.ts';
import { printTable } from './table.ts';

const usage = `Usage: npm run bench [-- options]

  --only NAME         only this row, may be repeated (${rows.map(({ name }) => name).join(', ')})
  --json FILE         write the figures there too
  --seconds N         length of one round (5)
  --rounds N          rounds of each kind (3)
  --connections N     connections of the load (32)
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'string' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(usage);
else
  await bench(
    selected(values.only),
    Number(values.seconds),
    Number(values.rounds),
    Number(values.connections),
  );

function selected(names: readonly string[] | undefined): readonly Row[] {
  if (!names) return rows;
  return names.map((name) => {
    const row = rows.find((candidate) => candidate.name === name);
    if (!row) throw new Error(`There is no row ${name}.\n${usage}`);
    return row;
  });
}

async function bench(
  chosen: readonly Row[],
  seconds: number,
  rounds: number,
  connections: number,
): Promise<void> {
  const stack = await startBenchStack(connections * (rounds + 1));
  const results: RowResult[] = [];
  let disturbed = 0;
  try {
    for (const row of chosen) {
      console.log(`measuring ${row.name} …`);
      const { result, disturbedRounds } = await measure(row, stack, { seconds, rounds, connections });
      results.push(result);
      disturbed += disturbedRounds;
    }
  } finally {
    await stack.stop();
  }
  printTable(results, chosen);
  if (!stack.isPinned)
    console.log('Warning: processes could not be pinned to cores; the ratios are only a hint.');
  if (disturbed > 0)
    console.log(`Warning: ${disturbed} rounds were disturbed by other processes on this machine.`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}
