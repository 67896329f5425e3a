/** `npm run test:clock`: makes the clock of one replica and that of PostgreSQL wrong, before its start and while it runs, and prints what that did. */
import { parseArgs } from 'node:util';
import { createFindings, type Findings } from '../../harness/findings.ts';
import { type Installation, startInstallation } from './installation.ts';
import { checkJump } from './jumps.ts';
import { checkStart, checkStartWithoutPostgres } from './starts.ts';
import { day, differences, hour, settled, spoken } from './wrong.ts';

const usage = `Usage: npm run test:clock [-- options]

  --only WHOSE    only the clock of the "replica", or of "PostgreSQL"
  --starts        only clocks that are wrong at the start
`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, starts: { type: 'boolean' }, help: { type: 'boolean' } },
});

if (values.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  await using closers = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void closers.disposeAsync().finally(() => process.exit(130)));
  const installation = await startInstallation();
  closers.defer(() => installation.close());
  await installation.startSecond();
  const findings = createFindings();
  await settled(installation, 'ready', findings, 'before');
  const parts = [findings.print('Both clocks are right')];
  if (values.only !== 'PostgreSQL') parts.push(...(await checkReplica(installation, findings)));
  if (values.only !== 'replica') parts.push(...(await checkPostgres(installation, findings)));
  return parts.every(Boolean) ? 0 : 1;
}

async function checkReplica(installation: Installation, findings: Findings): Promise<boolean[]> {
  const { replica: clock } = installation.clocks;
  const parts: boolean[] = [];
  for (const seconds of differences) {
    await checkStart(installation, { clock, seconds, whose: 'replica' }, findings);
    parts.push(findings.print(`A replica starts ${spoken(seconds)} ahead`));
  }
  for (const seconds of [0, hour, -hour]) {
    await checkStartWithoutPostgres(installation, seconds, findings);
    parts.push(findings.print(`A replica starts ${spoken(seconds)} ahead, while PostgreSQL is away`));
  }
  for (const seconds of values.starts ? [] : [-1, ...differences]) {
    await checkJump(installation, { clock, seconds, whose: 'replica' }, findings);
    parts.push(findings.print(`The clock of a replica is ${spoken(seconds)} ahead`));
  }
  return parts;
}

async function checkPostgres(installation: Installation, findings: Findings): Promise<boolean[]> {
  const { postgres: clock } = installation.clocks;
  await installation.fakePostgres();
  await settled(installation, 'ready', findings, 'PostgreSQL has restarted');
  const parts = [findings.print('PostgreSQL has a clock of its own')];
  for (const seconds of [hour, -hour, 400 * day, -400 * day]) {
    await checkStart(installation, { clock, seconds, whose: 'PostgreSQL' }, findings);
    parts.push(findings.print(`The clock of PostgreSQL is ${spoken(seconds)} ahead when a replica starts`));
  }
  for (const seconds of values.starts ? [] : [-1, ...differences]) {
    await checkJump(installation, { clock, seconds, whose: 'PostgreSQL' }, findings);
    parts.push(findings.print(`The clock of PostgreSQL is ${spoken(seconds)} ahead`));
  }
  return parts;
}
