/** `npm run test:failover`: lets each store fail over under load, and prints what that did. */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createCalls } from '../../harness/calls.ts';
import { checkPromises } from '../../harness/check.ts';
import { createHttp } from '../../harness/http.ts';
import { type ChaosStack, startChaosStack } from '../../harness/installation.ts';
import { isCalm, longestCalmWaitMs, startLoad } from '../../harness/load.ts';
import { createRecord, type Record as LoadRecord } from '../../harness/record.ts';
import { judge } from '../../harness/verdict.ts';
import { startElasticsearchStore } from './elasticsearch.ts';
import { startPostgresStore } from './postgresql.ts';
import { startClusterStore } from './redis-cluster.ts';
import { startSentinelStore } from './redis-sentinel.ts';
import type { FailOver, Store } from './store.ts';
import { type FailOverRow, tableOf } from './table.ts';

const usage = `Usage: npm run test:failover [-- options]

  --only TEXT       only fail-overs whose name contains it, may be repeated
  --seconds N       time until what was broken comes back (12)
  --markdown FILE   write the table there too
`;

const stores = {
  Sentinel: startSentinelStore,
  Cluster: startClusterStore,
  PostgreSQL: startPostgresStore,
  Elasticsearch: startElasticsearchStore,
};
/** After the return. */
const watchedAfterMs = 6_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seconds: { type: 'string', default: '12' },
    markdown: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const rows: FailOverRow[] = [];
  const open = { close: async () => undefined as unknown };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void open.close().finally(() => process.exit(130)));
  for (const [name, start] of Object.entries(stores)) {
    if (!values.only.some((text) => text === '' || text.startsWith(name))) continue;
    await using closers = new AsyncDisposableStack();
    open.close = () => closers.disposeAsync();
    const store = await start();
    closers.defer(() => store.close());
    const stack = await startChaosStack(store.change);
    closers.defer(() => stack.close());
    rows.push(...(await failOverAll(stack, store)));
  }
  console.log(tableOf(rows));
  if (values.markdown !== undefined) writeFileSync(values.markdown, `${tableOf(rows)}\n`);
  return rows.every(({ faults }) => faults.length === 0) ? 0 : 1;
}

async function failOverAll(stack: ChaosStack, store: Store): Promise<FailOverRow[]> {
  const record = createRecord();
  const failOvers = await store.failOvers(stack);
  const load = startLoad(await createCalls({ ...stack, http: createHttp(stack.publicUrl) }, record), record);
  const rows: FailOverRow[] = [];
  try {
    if (!(await isCalm(record)))
      throw new Error('the installation does not answer the load even undisturbed');
    for (const failOver of failOvers) {
      if (!values.only.some((text) => failOver.name.includes(text))) continue;
      const row = await failOverOnce(stack, failOver, record);
      rows.push(row);
      const calm = await isCalm(record);
      if (!calm) row.faults.push(`it is not well again after ${longestCalmWaitMs / 1_000} more seconds`);
      console.log(tableOf([row]).split('\n').at(-1));
      if (!calm) break;
    }
  } finally {
    await load.stop();
  }
  return rows;
}

async function failOverOnce(stack: ChaosStack, failOver: FailOver, record: LoadRecord): Promise<FailOverRow> {
  const { promises } = record;
  record.sent.length = 0;
  const beganMs = performance.now();
  await failOver.begin();
  // Those of the last moment are what a copy may lack, and the load forgets the oldest.
  const lastMoment = { revoked: [...promises.revoked], tokens: [...promises.tokens] };
  await wait(Number(values.seconds) * 1_000);
  await failOver.end();
  await wait(watchedAfterMs);
  for (const token of lastMoment.revoked) promises.revoked.add(token);
  for (const token of lastMoment.tokens) promises.tokens.add(token);
  const sent = [...record.sent];
  const acknowledged = {
    tokens: promises.tokens.size,
    revoked: promises.revoked.size,
    settings: promises.settings.size,
    logins: promises.logins.size,
  };
  const losses = await checkPromises(stack, record, undefined);
  promises.revoked.clear();
  const { kept, faults } = (await failOver.inspect?.()) ?? { kept: [], faults: [] };
  const times = { beganMs, backMs: beganMs, endedMs: performance.now() };
  const row = judge(failOver.name, sent, times, losses, failOver);
  return { ...row, faults: [...row.faults, ...faults], acknowledged, kept };
}
