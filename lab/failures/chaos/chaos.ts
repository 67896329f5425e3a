/** `npm run chaos`: breaks every part of an installation under load, alone and two at a time, and prints what that did. */
import { setTimeout as wait } from 'node:timers/promises';
import { checkPromises } from '../../harness/check.ts';
import { disturbAll } from '../../harness/disturb.ts';
import { experiment } from '../../harness/experiment.ts';
import { type ChaosStack, startChaosStack } from '../../harness/installation.ts';
import type { Record as LoadRecord } from '../../harness/record.ts';
import { printTable } from '../../harness/table.ts';
import { failureColumns, judge, type Row } from '../../harness/verdict.ts';
import { type Disturbance, disturbancesOf } from './disturbances.ts';

const usage = `Usage: npm run chaos [-- options]

  --only TEXT       only disturbances whose name contains it, may be repeated
  --seconds N       length of each outage (4)
  --markdown FILE   write the table there too
  --list            name the disturbances and end
`;

/** Longer than a recovery may take. */
const watchedAfterMs = 8_000;

export const chaos = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seconds: { type: 'string', default: '4' },
    markdown: { type: 'string' },
    list: { type: 'boolean' },
  },
  async run({ only, seconds, markdown, list }, closers) {
    const stack = await startChaosStack(closers);
    const chosen = disturbancesOf(stack).filter(({ name }) => only.some((text) => name.includes(text)));
    if (list) {
      for (const { name } of chosen) console.log(name);
      return true;
    }
    const missing = Object.entries(stack.disks).filter(([, disk]) => disk === undefined);
    for (const [name] of missing)
      console.log(`Skipped: ${name} disk full, because no tmpfs may be mounted here.`);
    const rows = await disturbAll(
      stack,
      chosen,
      (disturbance, record) => disturbOnce(stack, disturbance, record, Number(seconds)),
      ({ name, recoveryMs, failed, faults }) =>
        `${name}: recovered after ${recoveryMs} ms, failed ${JSON.stringify(failed)} ${faults.join('; ')}`,
    );
    printTable(failureColumns, rows, markdown);
    return rows.every(({ faults }) => faults.length === 0);
  },
});

async function disturbOnce(
  stack: ChaosStack,
  disturbance: Disturbance,
  record: LoadRecord,
  seconds: number,
): Promise<Row> {
  record.sent.length = 0;
  const beganMs = performance.now();
  await disturbance.begin();
  await wait(seconds * 1_000);
  await disturbance.end();
  const backMs = performance.now();
  await wait(watchedAfterMs);
  const endedMs = performance.now();
  const sent = [...record.sent];
  const losses = await checkPromises(stack, record, disturbance.destroys);
  return judge(disturbance.name, sent, { beganMs, backMs, endedMs }, losses);
}
