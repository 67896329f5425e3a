/** Measures the cost of a request with 1, 2 and 4 replicas behind one address, in CPU time and in work of the stores; docs/explain/sizing.md rests on it. */
import { setTimeout as wait } from 'node:timers/promises';
import type { BenchStack } from '../bench-stack.ts';
import { fire } from '../load.ts';
import { targetOf } from '../login/sides.ts';
import { createLoginDriver } from '../login/whole-login.ts';
import { residentMiB } from '../machine.ts';
import type { MeasureOptions } from '../measure.ts';
import { clientCredentialsRows } from '../rows/client-credentials.ts';
import { introspectRow } from '../rows/introspect.ts';
import { refreshRow } from '../rows/refresh.ts';
import { formOf, tokenRequest } from '../rows/row.ts';
import { rounded, sampled } from '../samples.ts';
import { createReplicas } from './replicas.ts';
import { commandsBetween, type KindOfKey, openStores } from './stores.ts';

export const scaleOutRowName = 'scale_out';

const replicaCounts = [1, 2, 4];
const idleSeconds = 5;
/** Whole logins before the kinds of keys are weighed. */
const logins = 20;
/** Three attempts on one account are made at once. */
const loginConnections = 3;

interface Cost {
  replicas: number;
  request: string;
  perSecond: number;
  cpuMs: number;
  redisCommands: number;
  /** The most frequent commands, each with how often it is sent for one request. */
  mostly: string;
  postgresTransactions: number;
}

interface Idle {
  replicas: number;
  cpuPercent: number;
  redisCommandsPerSecond: number;
  postgresTransactionsPerSecond: number;
  redisConnections: number;
  postgresConnections: number;
  rssMiB: number;
}

export interface ScaleOutResult {
  name: typeof scaleOutRowName;
  costs: Cost[];
  /** Of all replicas together, without a request. */
  idle: Idle[];
  kinds: Record<string, KindOfKey>;
}

const passwordRow = {
  name: 'password_login',
  plan: async (stack: BenchStack) => tokenRequest(stack, stack.authorization, formOf(stack.login)),
};

export async function measureScaleOut(
  stack: BenchStack,
  { seconds, connections }: MeasureOptions,
): Promise<{ result: ScaleOutResult; disturbedRounds: number }> {
  const replicas = await createReplicas(stack.serverPid, stack.authApiUrl);
  const stores = await openStores(stack);
  const behind = { ...stack, authApiUrl: replicas.url, chains: connections * 2 };
  const [clientCredentials] = clientCredentialsRows;
  const result: ScaleOutResult = { name: scaleOutRowName, costs: [], idle: [], kinds: {} };
  let disturbedRounds = 0;

  async function cost(row: Pick<typeof introspectRow, 'name' | 'plan'>, count: number): Promise<void> {
    const plan = await row.plan(behind);
    const load = { connections: row === passwordRow ? loginConnections : connections, seconds };
    await fire(plan, { ...load, seconds: 1 });
    const before = await stores.work();
    const round = await sampled(
      [...stack.pids, ...replicas.pids, process.pid],
      () => fire(plan, load),
      replicas.pids,
    );
    const after = await stores.work();
    if (round.isDisturbed) disturbedRounds += 1;
    const requests = round.perSecond * seconds;
    const each = [...commandsBetween(before, after)].map(
      ([name, calls]) => [name, calls / requests] as const,
    );
    result.costs.push({
      ...{ replicas: count, request: row.name, perSecond: Math.round(round.perSecond) },
      cpuMs: rounded((1000 * round.cpuSeconds) / requests),
      redisCommands: rounded(each.reduce((sum, [, calls]) => sum + calls, 0)),
      mostly: each
        .slice(0, 6)
        .map(([name, calls]) => `${name} ${rounded(calls)}`)
        .join(', '),
      postgresTransactions: rounded((after.transactions - before.transactions) / requests),
    });
  }

  async function idle(count: number): Promise<void> {
    const before = await stores.work();
    const startedMs = performance.now();
    const round = await sampled(
      [...stack.pids, ...replicas.pids, process.pid],
      () => wait(idleSeconds * 1000, {}),
      replicas.pids,
    );
    const after = await stores.work();
    const elapsed = (performance.now() - startedMs) / 1000;
    const open = await stores.connections();
    result.idle.push({
      replicas: count,
      cpuPercent: rounded((100 * round.cpuSeconds) / idleSeconds),
      redisCommandsPerSecond: rounded(
        [...commandsBetween(before, after).values()].reduce((sum, one) => sum + one, 0) / elapsed,
      ),
      postgresTransactionsPerSecond: rounded((after.transactions - before.transactions) / elapsed),
      ...{ redisConnections: open.redis, postgresConnections: open.postgres },
      rssMiB: residentMiB(replicas.pids.at(-1) ?? 0),
    });
  }

  try {
    await logInByPages(stack);
    for (const count of replicaCounts) {
      await replicas.scaleTo(count);
      console.log(`  ${count} of ${replicaCounts.at(-1)} replicas …`);
      for (const row of [clientCredentials, introspectRow, refreshRow, passwordRow])
        if (row !== undefined) await cost(row, count);
      await idle(count);
    }
    result.kinds = await stores.kinds();
    return { result, disturbedRounds };
  } finally {
    await Promise.all([replicas.stop(), stores.close()]);
  }
}

async function logInByPages(stack: BenchStack): Promise<void> {
  const driver = createLoginDriver(targetOf(stack), 1);
  try {
    for (let made = 0; made < logins; made += 1) await driver.run();
  } finally {
    await driver.close();
  }
}

export function printScaleOut({ costs, idle, kinds }: ScaleOutResult): void {
  console.log('each request:');
  console.table(costs);
  console.log('without a request, all replicas together:');
  console.table(idle);
  console.log('keys in Redis, and the mean bytes of one with its value:');
  console.table(kinds);
}
