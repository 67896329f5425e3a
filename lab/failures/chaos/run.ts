/** `npm run chaos`: breaks every part of an installation under load, alone and two at a time, and prints what that did. */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createCalls } from '../../harness/calls.ts';
import { checkPromises } from '../../harness/check.ts';
import { createHttp } from '../../harness/http.ts';
import { type ChaosStack, startChaosStack } from '../../harness/installation.ts';
import { isCalm, longestCalmWaitMs, startLoad } from '../../harness/load.ts';
import { createRecord, type Record as LoadRecord } from '../../harness/record.ts';
import { tableOf } from '../../harness/table.ts';
import { judge, type Row } from '../../harness/verdict.ts';
import { type Disturbance, disturbancesOf } from './disturbances.ts';

const usage = `Usage: npm run chaos [-- options]

  --only TEXT       only disturbances whose name contains it, may be repeated
  --seconds N       length of each outage (4)
  --markdown FILE   write the table there too
  --list            name the disturbances and end
`;

/** Longer than a recovery may take. */
const watchedAfterMs = 8_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seconds: { type: 'string', default: '4' },
    markdown: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const stack = await startChaosStack();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void stack.close().finally(() => process.exit(130)));
  try {
    const chosen = disturbancesOf(stack).filter(({ name }) =>
      values.only.some((text) => name.includes(text)),
    );
    if (values.list) {
      for (const { name } of chosen) console.log(name);
      return 0;
    }
    const missing = Object.entries(stack.disks).filter(([, disk]) => disk === undefined);
    for (const [name] of missing)
      console.log(`Skipped: ${name} disk full, because no tmpfs may be mounted here.`);
    const rows = await disturb(stack, chosen);
    console.log(tableOf(rows));
    if (values.markdown !== undefined) writeFileSync(values.markdown, `${tableOf(rows)}\n`);
    return rows.every(({ faults }) => faults.length === 0) ? 0 : 1;
  } finally {
    await stack.close();
  }
}

async function disturb(stack: ChaosStack, disturbances: readonly Disturbance[]): Promise<Row[]> {
  const record = createRecord();
  const load = startLoad(await createCalls({ ...stack, http: createHttp(stack.publicUrl) }, record), record);
  const rows: Row[] = [];
  try {
    if (!(await isCalm(record)))
      throw new Error('the installation does not answer the load even undisturbed');
    for (const disturbance of disturbances) {
      const row = await disturbOnce(stack, disturbance, record);
      rows.push(row);
      const calm = await isCalm(record);
      if (!calm) row.faults.push(`it is not well again after ${longestCalmWaitMs / 1_000} more seconds`);
      const { name, recoveryMs, failed, faults } = row;
      console.log(
        `${name}: recovered after ${recoveryMs} ms, failed ${JSON.stringify(failed)} ${faults.join('; ')}`,
      );
      if (!calm) break;
    }
  } finally {
    await load.stop();
  }
  return rows;
}

async function disturbOnce(stack: ChaosStack, disturbance: Disturbance, record: LoadRecord): Promise<Row> {
  record.sent.length = 0;
  const beganMs = performance.now();
  await disturbance.begin();
  await wait(Number(values.seconds) * 1_000);
  await disturbance.end();
  const backMs = performance.now();
  await wait(watchedAfterMs);
  const endedMs = performance.now();
  const sent = [...record.sent];
  const losses = await checkPromises(stack, record, disturbance.destroys);
  return judge(disturbance.name, sent, { beganMs, backMs, endedMs }, losses);
}
