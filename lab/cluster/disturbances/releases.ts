/** Changes the releases: upgrade, rollback, and automatic scaling. */

import type { Cluster } from '../cluster.ts';
import { becomes } from '../step.ts';
import { podsOf, services, settled } from './pods.ts';

/** Another revision of a release with some values changed; waits until its pods are replaced. */
export async function upgrade(cluster: Cluster, service: string, ...settings: string[]): Promise<void> {
  const place = ['--namespace', cluster.namespace, '--wait', '--timeout', '5m'];
  const values = settings.flatMap((setting) => ['--set', setting]);
  await runHelm(cluster, ['upgrade', service, `charts/${service}`, '--reuse-values', ...values, ...place]);
  await settled(cluster, service);
}

/** The services one after the other, as UPGRADING.md says. */
export async function upgradeAll(cluster: Cluster): Promise<void> {
  for (const service of services) await upgrade(cluster, service, `podAnnotations.round=${Date.now()}x`);
}

export async function rollBackAll(cluster: Cluster, names: readonly string[] = services): Promise<void> {
  for (const service of names) {
    const place = ['--namespace', cluster.namespace, '--wait', '--timeout', '5m'];
    await runHelm(cluster, ['rollback', service, ...place]);
    await settled(cluster, service);
  }
}

/** @throws Error with all that helm said where it failed */
export async function runHelm({ helm }: Cluster, args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await helm(args);
  if (exitCode !== 0) throw new Error(`helm ${args[0]} ${args[1]} failed:\n${stdout}${stderr}`);
}

/** One service after the other, as docs/guides/replace-secrets.md says. */
export async function restart(cluster: Cluster, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await cluster.kubectl(['rollout', 'restart', '--namespace', cluster.namespace, `deployment/${name}`]);
    await settled(cluster, name);
  }
}

const scaled = 'auth-api';
const most = 4;

/** By the load itself: its share of so little is too much for two pods. Returns how long it took until all were ready. */
export async function scaleUp(cluster: Cluster): Promise<number> {
  const startMs = performance.now();
  await upgrade(
    cluster,
    scaled,
    'autoscaling.enabled=true',
    'autoscaling.minReplicas=2',
    `autoscaling.maxReplicas=${most}`,
    'autoscaling.targetCpuUtilization=5',
    'autoscaling.behavior.scaleDown.stabilizationWindowSeconds=0',
  );
  await becomes(`there are ${most} pods`, async () => (await podsOf(cluster, scaled)).length === most, {
    timeoutMs: 180_000,
  });
  await settled(cluster, scaled);
  return performance.now() - startMs;
}

/** A target that the load cannot reach. */
export async function scaleDown(cluster: Cluster): Promise<number> {
  const startMs = performance.now();
  await upgrade(cluster, scaled, 'autoscaling.targetCpuUtilization=1000');
  await becomes('there are 2 pods', async () => (await podsOf(cluster, scaled)).length === 2, {
    timeoutMs: 240_000,
  });
  await upgrade(cluster, scaled, 'autoscaling.enabled=false');
  return performance.now() - startMs;
}
