/** Takes away what Gatehouse connects to, and gives it back whatever happens meanwhile. */
import { setTimeout as wait } from 'node:timers/promises';
import { interruption, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { podsLike } from '../disturbances/pods.ts';
import { becomes } from '../step.ts';
import { sql } from '../stores/databases.ts';

/** No pod of the deployment is left while `act` runs. */
export async function without<T>(
  cluster: Cluster,
  [namespace, name]: readonly [namespace: string, name: string],
  act: () => Promise<T>,
): Promise<T> {
  const place = ['--namespace', namespace];
  const deployment = `deployment/${name}`;
  const { spec } = await cluster.get<{ spec: { replicas: number; selector: { matchLabels: object } } }>(
    deployment,
    ...place,
  );
  const selector = Object.entries(spec.selector.matchLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join();
  await cluster.kubectl(['scale', deployment, '--replicas=0', ...place]);
  try {
    await cluster.kubectl(['wait', 'pod', '--for=delete', '--timeout=90s', '--selector', selector, ...place]);
    return await act();
  } finally {
    await cluster.tryKubectl(['scale', deployment, `--replicas=${spec.replicas}`, ...place]);
    await cluster.tryKubectl(['rollout', 'status', deployment, '--timeout=180s', ...place]);
  }
}

export const redis = ['databases', 'redis'] as const;
export const configServer = ['estate', 'config-server'] as const;
export const environmentApi = ['gatehouse', 'environment-api'] as const;

/** Its Service leads nowhere, and every connection ends. The server itself goes on: its data is on no volume that outlives the pod. */
export async function withoutPostgres<T>(cluster: Cluster, act: () => Promise<T>): Promise<T> {
  const leadTo = (app: string) =>
    cluster.tryKubectl([
      ...['patch', 'service', 'postgres', '--namespace=databases'],
      ...['--patch', JSON.stringify({ spec: { selector: { app } } })],
    ]);
  const [server] = await podsLike(cluster, 'databases', 'app=postgres');
  const pod = `pod/${server?.metadata.name}`;
  const endConnections = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename LIKE 'gatehouse%';`;
  try {
    await leadTo('nobody');
    await becomes('no connection is left', async () => {
      const psql = ['psql', '--username=postgres', '-qAt', '--command', endConnections];
      const said = await cluster.kubectl(['exec', '--namespace=databases', pod, '--', ...psql]);
      return said.trim() === '0';
    });
    return await act();
  } finally {
    await leadTo('postgres');
    await until(
      'PostgreSQL is reached again',
      async () => (await sql(cluster, 'SELECT 1;').catch(() => undefined)) || undefined,
    );
  }
}

/** It stands still for `stopMs` again and again while `act` runs. */
export async function halting<T>(pid: number, stopMs: number, act: () => Promise<T>): Promise<T> {
  let isOver = false;
  const halts = (async () => {
    while (!isOver && !interruption.signal.aborted) {
      process.kill(pid, 'SIGSTOP');
      await wait(stopMs);
      process.kill(pid, 'SIGCONT');
      await wait(stopMs / 4);
    }
  })();
  try {
    return await act();
  } finally {
    isOver = true;
    await halts;
  }
}
