/** Keeps about 100 requests a second on the services of the node while something is done to them. */
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { interruption, until } from '../../../tools/programs/execute.ts';
import type { Sent } from '../../harness/record.ts';
import type { Cluster } from '../cluster.ts';
import { addressesOf, operatorOf } from './addresses.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { SenderPlan } from './sender.ts';

/** Four calls have this pace; the others are 19 requests a second (lab/harness/calls.ts). */
const perSecond = 20;
/** After-effects of a disturbance show up in so long. */
const watchedAfterMs = 3_000;
const simulator = { address: 'config-server.estate.svc', port: 8888 };

/** Watches the requests while something is done, from its beginning until shortly after its end. */
export async function underLoad(
  cluster: Cluster,
  disturb: () => Promise<unknown>,
  plan: Partial<SenderPlan> = {},
): Promise<Figures> {
  const { sent, beganMs, endedMs } = await watched(cluster, disturb, plan);
  return figuresOf(sent, beganMs, endedMs);
}

/** The requests themselves, with the time in which they were begun. */
export async function watched(
  cluster: Cluster,
  disturb: () => Promise<unknown>,
  plan: Partial<SenderPlan> = {},
): Promise<{ sent: Sent[]; beganMs: number; endedMs: number }> {
  const load = startLoad(cluster, {
    addresses: await addressesOf(cluster),
    operator: await operatorOf(cluster),
    configServer: simulator,
    perSecond,
    ...plan,
  });
  try {
    await load.isCalm();
    const beganMs = Date.now();
    await disturb();
    await wait(watchedAfterMs, undefined, { signal: interruption.signal });
    const endedMs = Date.now();
    await load.isCalm();
    const sent = load.sent.filter(({ startedMs }) => startedMs >= beganMs && startedMs <= endedMs);
    return { sent, beganMs, endedMs };
  } finally {
    await load.stop();
  }
}

function startLoad(cluster: Cluster, plan: SenderPlan) {
  const program = path.join(import.meta.dirname, 'sender.ts');
  const sender = cluster.spawnInside(process.execPath, [
    '--conditions=source',
    program,
    JSON.stringify(plan),
  ]);
  const exited = once(sender, 'exit');
  const sent: Sent[] = [];
  if (sender.stdout)
    createInterface(sender.stdout).on('line', (line) => void sent.push(JSON.parse(line) as Sent));
  return {
    sent: sent as readonly Sent[],
    /** Resolves when for a moment every request was answered at once. */
    isCalm: () =>
      until('every request of the load is answered', async () => {
        if (sender.exitCode !== null) throw new Error('the process of the load has ended');
        const recent = sent.filter(({ startedMs }) => startedMs > Date.now() - 1_500);
        return (
          (recent.length > 100 && recent.every(({ isRight, repeatedAfter }) => isRight && !repeatedAfter)) ||
          undefined
        );
      }),
    async stop() {
      sender.kill();
      await exited;
    },
  };
}
