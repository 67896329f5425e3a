/** `npm run test:regions`: two regions on this machine, the fail-over and the way back as docs/guides/regions.md says, timed. */
import { readFileSync } from 'node:fs';
import { experiment } from '../../harness/experiment.ts';
import { createFindings } from '../../harness/findings.ts';
import { createCallers } from './callers.ts';
import { checkHeld, hold } from './facts.ts';
import { type Installation, startInstallation } from './installation.ts';
import { failBack, failOver, type Step } from './procedure.ts';
import { checkReadOnly } from './read-only.ts';
import { watchCalls } from './watch.ts';

export const regions = experiment({
  usage: 'Usage: npm run test:regions\n',
  options: {},
  async run(_options, closers) {
    return runIn(await startInstallation(closers));
  },
});

async function runIn(installation: Installation): Promise<boolean> {
  const { publicUrl, first, second } = installation;
  const findings = createFindings();
  const parts: boolean[] = [];
  await checkReadOnly(installation, findings);
  parts.push(findings.print('The read-only region while the writable one runs'));
  const held = await hold(installation, first, 'before the fail-over');
  await replicated(installation);
  const watch = watchCalls(second, publicUrl, held);
  await take('Fail-over', failOver(installation));
  await watch.print();
  const inSecond = createCallers(second, publicUrl);
  await checkHeld(findings, { second, callers: inSecond, held });
  await findings.expect('audit trail: whole', true, inSecond.isTrailWhole);
  parts.push(findings.print('What the second region honours after the fail-over'));

  const heldThere = await hold(installation, second, 'before the way back');
  await take('Fail-back', failBack(installation));
  const inFirst = createCallers(first, publicUrl);
  await checkHeld(findings, { second: first, callers: inFirst, held: heldThere });
  await findings.expect('audit trail: whole', true, inFirst.isTrailWhole);
  await findings.expect('JWT from before the fail-over', true, () => inFirst.isActive(held.jwt.access));
  await checkReadOnly(installation, findings);
  parts.push(findings.print('What the first region honours after the way back'));
  return parts.every(Boolean);
}

/** Losing what was not replicated is a matter of the lag, which the page tells to watch; here nothing is under way. */
async function replicated({ first, second }: Installation): Promise<void> {
  const written = await first.psql('SELECT pg_current_wal_lsn()');
  while ((await second.psql(`SELECT pg_last_wal_replay_lsn() >= '${written}'`)) !== true);
}

async function take(chapter: string, steps: readonly Step[]): Promise<void> {
  const page = readFileSync(new URL('../../../docs/guides/regions.md', import.meta.url), 'utf8');
  const rows = [];
  for (const [index, { title, run: runStep }] of steps.entries()) {
    if (!page.includes(`${index + 1}. **${title}**`))
      throw new Error(`docs/guides/regions.md has no step ${index + 1}. ${title}`);
    const startedMs = performance.now();
    await runStep();
    rows.push({ step: title, seconds: Math.round((performance.now() - startedMs) / 100) / 10 });
  }
  console.log(`\n${chapter}`);
  console.table(rows);
}
