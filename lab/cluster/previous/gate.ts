/** Replaces the release before by this one and puts it back under one load, with pods of both behind each Service in between. */
import { setTimeout as wait } from 'node:timers/promises';
import { interruption } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { type services, settled } from '../disturbances/pods.ts';
import { rollBackAll } from '../disturbances/releases.ts';
import { figuresOf, textOf } from '../load/figures.ts';
import { watched } from '../load/load.ts';
import { becomes, mustBe } from '../step.ts';
import { workplace } from '../workplace.ts';
import { applyRelease, publicUrl } from './install.ts';
import { type Begun, type Phase, phaseTable } from './phases.ts';
import { requestsByImage } from './served.ts';

type Service = (typeof services)[number];

/** As UPGRADING.md names it. One service has pods of both releases at a time; those before it are new. */
const order: readonly Service[] = ['auth-api', 'environment-api', 'auth-ui'];

/** One release alone is watched for this part of the time of both. */
const aloneShare = 0.1;

/** @returns figures, and the table of the phases below them. @throws Error with both where a request failed or had to be repeated */
export async function passGate(cluster: Cluster, sideBySideMs: number): Promise<string> {
  const begun: Begun[] = [];
  const shares: string[] = [];
  const during = async (phase: Phase, work: () => Promise<unknown>) => {
    console.log(`  ${new Date().toISOString()} ${phase}`);
    begun.push({ phase, beganMs: Date.now() });
    await work();
  };
  const pause = (ms: number) => wait(ms, undefined, { signal: interruption.signal });
  const alone = () => pause(sideBySideMs * aloneShare);

  const act = async () => {
    await during('N−1 alone', alone);
    for (const service of order) {
      await during('upgrading', () => beginUpgrade(cluster, service));
      await during('side by side', async () => {
        const before = await requestsByImage(cluster, service);
        await pause(sideBySideMs / order.length);
        shares.push(shareOf(service, before, await requestsByImage(cluster, service)));
      });
      await during('upgrading', () => endUpgrade(cluster, service));
    }
    await during('N alone', alone);
    await during('rolling back', () => rollBackAll(cluster, order.toReversed()));
    await during('N−1 on the migrated schema', alone);
  };
  const { sent, beganMs, endedMs } = await watched(cluster, act, { publicUrl });
  const figures = figuresOf(sent, beganMs, endedMs);
  const text = `${textOf(figures)}; side by side ${shares.join(', ')}\n\n${phaseTable(sent, begun)}`;
  mustBe(figures.failed === 0 && figures.repeated === 0, text);
  return text;
}

const placeOf = (cluster: Cluster, service: Service) => [
  `--namespace=${cluster.namespace}`,
  `deployment/${service}`,
];

interface Deployment {
  spec: { replicas: number };
  status: { replicas?: number; readyReplicas?: number; updatedReplicas?: number };
}

/** Longer than a run: a new pod serves as soon as it is ready, and does not count as available for so long, so no old one goes. */
const held = { minReadySeconds: 86_400, progressDeadlineSeconds: 86_401 };
const released = { minReadySeconds: 0, progressDeadlineSeconds: 600 };

/** The migrations run, and one pod of the new release comes beside those that are there: then the rollout stands still. */
async function beginUpgrade(cluster: Cluster, service: Service): Promise<void> {
  await setRollout(cluster, service, held);
  await applyRelease(cluster, service, workplace);
  const isStanding = async () => {
    const { spec, status } = await cluster.get<Deployment>(...placeOf(cluster, service));
    return status.updatedReplicas === 1 && status.readyReplicas === spec.replicas + 1;
  };
  await becomes(`a new pod of ${service} serves beside the old ones`, isStanding, { timeoutMs: 180_000 });
}

async function endUpgrade(cluster: Cluster, service: Service): Promise<void> {
  await setRollout(cluster, service, released);
  await settled(cluster, service);
}

async function setRollout(cluster: Cluster, service: Service, spec: typeof held): Promise<void> {
  await cluster.kubectl(['patch', ...placeOf(cluster, service), '--patch', JSON.stringify({ spec })]);
}

/** @throws Error where a release answered nothing */
function shareOf(
  service: Service,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string {
  const counts = [...after].map(([image, count]) => count - (before.get(image) ?? 0));
  mustBe(counts.length === 2 && counts.every((count) => count > 0), `${service}: ${[...after].join(', ')}`);
  return `${service} ${counts.join(' and ')}`;
}
