/** `npm run test:clock`: makes the clock of one replica and that of PostgreSQL wrong, before its start and while it runs, and prints what that did. */
import { experiment } from '../../harness/experiment.ts';
import { createFindings, type Findings } from '../../harness/findings.ts';
import { type Installation, startInstallation } from './installation.ts';
import { checkJump } from './jumps.ts';
import { checkStart, checkStartWithoutPostgres } from './starts.ts';
import { day, differences, hour, settled, spoken } from './wrong.ts';

const usage = `Usage: npm run test:clock [-- options]

  --only WHOSE    only the clock of the "replica", or of "PostgreSQL"
  --starts        only clocks that are wrong at the start
`;

export const clock = experiment({
  usage,
  options: { only: { type: 'string' }, starts: { type: 'boolean' } },
  async run({ only, starts = false }, closers) {
    const installation = await startInstallation(closers);
    await installation.startSecond();
    const findings = createFindings();
    await settled(installation, 'ready', findings, 'before');
    const parts = [findings.print('Both clocks are right')];
    if (only !== 'PostgreSQL') parts.push(...(await checkReplica(installation, starts, findings)));
    if (only !== 'replica') parts.push(...(await checkPostgres(installation, starts, findings)));
    return parts.every(Boolean);
  },
});

async function checkReplica(
  installation: Installation,
  starts: boolean,
  findings: Findings,
): Promise<boolean[]> {
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
  for (const seconds of starts ? [] : [-1, ...differences]) {
    await checkJump(installation, { clock, seconds, whose: 'replica' }, findings);
    parts.push(findings.print(`The clock of a replica is ${spoken(seconds)} ahead`));
  }
  return parts;
}

async function checkPostgres(
  installation: Installation,
  starts: boolean,
  findings: Findings,
): Promise<boolean[]> {
  const { postgres: clock } = installation.clocks;
  await installation.fakePostgres();
  await settled(installation, 'ready', findings, 'PostgreSQL has restarted');
  const parts = [findings.print('PostgreSQL has a clock of its own')];
  for (const seconds of [hour, -hour, 400 * day, -400 * day]) {
    await checkStart(installation, { clock, seconds, whose: 'PostgreSQL' }, findings);
    parts.push(findings.print(`The clock of PostgreSQL is ${spoken(seconds)} ahead when a replica starts`));
  }
  for (const seconds of starts ? [] : [-1, ...differences]) {
    await checkJump(installation, { clock, seconds, whose: 'PostgreSQL' }, findings);
    parts.push(findings.print(`The clock of PostgreSQL is ${spoken(seconds)} ahead`));
  }
  return parts;
}
