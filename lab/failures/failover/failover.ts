/** `npm run test:failover`: lets each store fail over under load, and prints what that did. */
import { setTimeout as wait } from 'node:timers/promises';
import { checkPromises } from '../../harness/check.ts';
import { disturbAll } from '../../harness/disturb.ts';
import { experiment } from '../../harness/experiment.ts';
import { type ChaosStack, startChaosStack } from '../../harness/installation.ts';
import type { Record as LoadRecord } from '../../harness/record.ts';
import { type Columns, lineOf, printTable } from '../../harness/table.ts';
import { failedText, judge, type Losses, type Row } from '../../harness/verdict.ts';
import { startElasticsearchStore } from './elasticsearch.ts';
import { startPostgresStore } from './postgresql.ts';
import { startClusterStore } from './redis-cluster.ts';
import { startSentinelStore } from './redis-sentinel.ts';
import type { FailOver, Findings } from './store.ts';

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

/** How much was acknowledged. */
type Kept = Readonly<Record<'tokens' | 'revoked' | 'settings' | 'logins', number>>;

interface FailOverRow extends Row {
  acknowledged: Kept;
  /** Facts that the store itself told. */
  kept: Findings['kept'];
}

const columns: Columns<FailOverRow> = {
  'what happens': ({ name }) => name,
  requests: ({ requests }) => String(requests),
  'failed, by status': ({ failed }) => failedText(failed),
  'time to recover': ({ recoveryMs }) => `${(recoveryMs / 1000).toFixed(1)} s`,
  'revocations kept': ({ acknowledged: { revoked }, losses }) =>
    `${revoked - losses.acceptedRevoked} of ${revoked}`,
  'writes kept': ({ acknowledged, losses, kept }) =>
    [...writesKept(acknowledged, losses), ...kept].join(', '),
  'must not be': ({ faults }) => faults.join('; ') || 'none',
};

export const failover = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    seconds: { type: 'string', default: '12' },
    markdown: { type: 'string' },
  },
  async run({ only, seconds, markdown }, closers) {
    const rows: FailOverRow[] = [];
    for (const [name, start] of Object.entries(stores)) {
      if (!only.some((text) => text === '' || text.startsWith(name))) continue;
      await using open = closers.use(new AsyncDisposableStack());
      const store = await start(open);
      const stack = await startChaosStack(open, store.change);
      const failOvers = await store.failOvers(stack);
      const chosen = failOvers.filter((one) => only.some((text) => one.name.includes(text)));
      const once = (one: FailOver, record: LoadRecord) => failOverOnce(stack, one, record, Number(seconds));
      rows.push(...(await disturbAll(stack, chosen, once, (row) => lineOf(columns, row))));
    }
    printTable(columns, rows, markdown);
    return rows.every(({ faults }) => faults.length === 0);
  },
});

async function failOverOnce(
  stack: ChaosStack,
  failOver: FailOver,
  record: LoadRecord,
  seconds: number,
): Promise<FailOverRow> {
  const { promises } = record;
  record.sent.length = 0;
  const beganMs = performance.now();
  await failOver.begin();
  // Those of the last moment are what a copy may lack, and the load forgets the oldest.
  const lastMoment = { revoked: [...promises.revoked], tokens: [...promises.tokens] };
  await wait(seconds * 1_000);
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

function writesKept({ tokens, settings, logins }: Kept, losses: Losses): string[] {
  const all = [
    ['settings', settings, losses.settings],
    ['tokens', tokens, losses.tokens],
    ['login events', logins, losses.events],
  ] as const;
  const refreshTokens = losses.refreshTokens > 0 ? [`${losses.refreshTokens} refresh tokens lost`] : [];
  return [...all.map(([what, count, lost]) => `${count - lost} of ${count} ${what}`), ...refreshTokens];
}
