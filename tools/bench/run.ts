/** `npm run bench`: each row beside its floor, in one run, as a table of ratios. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { auditRowName, measureAudit } from './audit/measure-audit.ts';
import { printAudit } from './audit/print-audit.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import { type EstateMeasurement, estateRowName, measureEstate } from './estate/measure-estate.ts';
import { printEstate } from './estate/print-estate.ts';
import { type LinkMeasurement, linkRowName, measureLink } from './link/measure-link.ts';
import { printLink } from './link/print-link.ts';
import { type LoginResult, loginRowName, measureLogin, printLogin } from './login/measure-login.ts';
import { measure, type RowResult } from './measure.ts';
import { rows } from './rows/index.ts';
import type { Row } from './rows/row.ts';
import { measureScale, printScale, type ScaleResult, scaleRowName } from './scale/measure-scale.ts';
import { measureSignOn, printSignOn, type SignOnResult, signOnRowName } from './sign-on/measure-sign-on.ts';
import { printTable } from './table.ts';

/** Rows with a stack and figures of their own. */
const ownRows: readonly string[] = [
  linkRowName,
  estateRowName,
  loginRowName,
  signOnRowName,
  scaleRowName,
  auditRowName,
];

const usage = `Usage: npm run bench [-- options]

  --only NAME         only this row, may be repeated (${[...rows.map(({ name }) => name), ...ownRows].join(', ')})
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
else await bench(values.only, Number(values.seconds), Number(values.rounds), Number(values.connections));

async function bench(
  only: readonly string[] | undefined,
  seconds: number,
  rounds: number,
  connections: number,
): Promise<void> {
  const chosen = selected(only?.filter((name) => !ownRows.includes(name)));
  const isWanted = (name: string) => !only || only.includes(name);
  // Before the stack runs, whose processes would take their share of both cores.
  const link = isWanted(linkRowName) ? await benchLink(seconds, rounds) : undefined;
  const estate = isWanted(estateRowName) ? await benchEstate(seconds, rounds, connections) : undefined;
  const stacked = chosen.length > 0 ? await benchStack(chosen, seconds, rounds, connections) : undefined;
  const logins = isWanted(loginRowName) ? await benchLogin(seconds, rounds) : undefined;
  const signOns = isWanted(signOnRowName) ? await benchSignOn(seconds, rounds) : undefined;
  const grown = isWanted(scaleRowName) ? await benchScale(seconds, rounds, connections) : undefined;
  const audit = isWanted(auditRowName) ? await benchAudit(seconds, rounds, connections) : undefined;
  if (link) printLink(link.result);
  if (estate) printEstate(estate.result);
  if (stacked) printTable(stacked.results, chosen);
  if (logins) printLogin(logins.result);
  if (signOns) printSignOn(signOns.result);
  if (grown) printScale(grown.result);
  if (audit) printAudit(audit.result);
  const parts = [link, estate, stacked, logins, signOns, grown, audit].filter((part) => part !== undefined);
  if (!parts.every(({ isPinned }) => isPinned))
    console.log('Warning: processes could not be pinned to cores; the ratios are only a hint.');
  const disturbed = parts.reduce((sum, { disturbedRounds }) => sum + disturbedRounds, 0);
  if (disturbed > 0)
    console.log(`Warning: ${disturbed} rounds were disturbed by other processes on this machine.`);
  const results = [
    link?.result,
    estate?.result,
    ...(stacked?.results ?? []),
    logins?.result,
    signOns?.result,
    grown?.result,
    audit?.result,
  ].filter((result) => result !== undefined);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
}

function selected(names: readonly string[] | undefined): readonly Row[] {
  if (!names) return rows;
  return names.map((name) => {
    const row = rows.find((candidate) => candidate.name === name);
    if (!row) throw new Error(`There is no row ${name}.\n${usage}`);
    return row;
  });
}

async function benchLink(seconds: number, rounds: number): Promise<LinkMeasurement> {
  console.log(`measuring ${linkRowName} …`);
  return measureLink({ seconds, rounds });
}

function benchAudit(seconds: number, rounds: number, connections: number) {
  console.log(`measuring ${auditRowName} …`);
  return measureAudit({ seconds, rounds, connections });
}

async function benchEstate(seconds: number, rounds: number, connections: number): Promise<EstateMeasurement> {
  console.log(`measuring ${estateRowName} …`);
  return measureEstate({ seconds, rounds, connections });
}

interface Benched<Result> {
  result: Result;
  isPinned: boolean;
  disturbedRounds: number;
}

/** On a stack of its own: what one row leaves in the stores is none of another's business. */
async function onOwnStack<Result>(
  name: string,
  chains: number,
  work: (stack: BenchStack) => Promise<{ result: Result; disturbedRounds: number }>,
): Promise<Benched<Result>> {
  console.log(`measuring ${name} …`);
  const stack = await startBenchStack(chains);
  try {
    return { ...(await work(stack)), isPinned: stack.isPinned };
  } finally {
    await stack.stop();
  }
}

function benchSignOn(seconds: number, rounds: number): Promise<Benched<SignOnResult>> {
  return onOwnStack(signOnRowName, 0, (stack) => measureSignOn(stack, { seconds, rounds }));
}

function benchLogin(seconds: number, rounds: number): Promise<Benched<LoginResult>> {
  return onOwnStack(loginRowName, 0, (stack) => measureLogin(stack, { seconds, rounds }));
}

function benchScale(seconds: number, rounds: number, connections: number): Promise<Benched<ScaleResult>> {
  return onOwnStack(scaleRowName, connections * (rounds + 1), (stack) =>
    measureScale(stack, { seconds, rounds, connections }),
  );
}

async function benchStack(
  chosen: readonly Row[],
  seconds: number,
  rounds: number,
  connections: number,
): Promise<{ results: RowResult[]; isPinned: boolean; disturbedRounds: number }> {
  const stack = await startBenchStack(connections * (rounds + 1));
  const results: RowResult[] = [];
  let disturbedRounds = 0;
  try {
    for (const row of chosen) {
      console.log(`measuring ${row.name} …`);
      const measured = await measure(row, stack, { seconds, rounds, connections });
      results.push(measured.result);
      disturbedRounds += measured.disturbedRounds;
    }
  } finally {
    await stack.stop();
  }
  return { results, isPinned: stack.isPinned, disturbedRounds };
}
