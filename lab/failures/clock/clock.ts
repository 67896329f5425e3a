/** `npm run test:clock`: makes the clock of one replica and that of PostgreSQL wrong while they run, and prints what that did. */
import { experiment } from '../../harness/experiment.ts';
import { createFindings } from '../../harness/findings.ts';
import { startInstallation } from './installation.ts';
import { checkJump, differences, settled, spoken } from './jumps.ts';

const usage = `Usage: npm run test:clock [-- options]

  --only WHOSE    only the clock of the "replica", or of "PostgreSQL"
`;

export const clock = experiment({
  usage,
  options: { only: { type: 'string' } },
  async run({ only }, closers) {
    const installation = await startInstallation(closers);
    await installation.startSecond();
    const findings = createFindings();
    await settled(installation, 'ready', findings, 'before');
    const parts = [findings.print('Both clocks are right')];
    for (const whose of ['replica', 'PostgreSQL'] as const) {
      if (only !== undefined && only !== whose) continue;
      const isReplica = whose === 'replica';
      const clock = isReplica ? installation.clocks.replica : installation.clocks.postgres;
      const title = `The clock of ${isReplica ? 'a replica' : whose}`;
      const check = async (work: Promise<void>, what: string) => {
        await work;
        parts.push(findings.print(what));
      };
      if (!isReplica) {
        await installation.fakePostgres();
        const restarted = settled(installation, 'ready', findings, 'PostgreSQL has restarted');
        await check(restarted, 'PostgreSQL has a clock of its own');
      }
      for (const seconds of [-1, ...differences]) {
        const jump = checkJump(installation, { clock, seconds, whose }, findings);
        await check(jump, `${title} is ${spoken(seconds)} ahead`);
      }
    }
    return parts.every(Boolean);
  },
});
