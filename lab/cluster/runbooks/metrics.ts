/** Reads metrics and readiness at the management ports of the pods, as Prometheus and the kubelet do. */

import { attempt } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { podsOf } from '../disturbances/pods.ts';
import { inNetwork } from '../node/network.ts';

export type Labels = Record<string, string | RegExp>;

/** Undefined where the pod does not answer: `up` is 0. */
export async function readManagement(address: string, path: string): Promise<string | undefined> {
  const curl = ['curl', '-sS', '--max-time', '3', `http://${address}:8081${path}`];
  const { exitCode, stdout } = await attempt(...inNetwork(...curl));
  return exitCode === 0 ? stdout : undefined;
}

/** Of each pod of the service that answers; pods that are going are left out. */
export async function readAll(cluster: Cluster, service: string, path: string): Promise<string[]> {
  const pods = (await podsOf(cluster, service)).filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  const answers = await Promise.all(
    pods.map(({ status }) => (status.podIP ? readManagement(status.podIP, path) : undefined)),
  );
  return answers.filter((answer) => answer !== undefined);
}

/** One value for each series and pod. */
export async function seriesOf(
  cluster: Cluster,
  service: string,
  name: string,
  labels: Labels = {},
): Promise<number[]> {
  return (await readAll(cluster, service, '/metrics')).flatMap((text) => samplesIn(text, name, labels));
}

function samplesIn(text: string, name: string, labels: Labels): number[] {
  return text.split('\n').flatMap((line) => {
    const [, found, inBraces = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (found !== name) return [];
    const has = Object.fromEntries(
      [...inBraces.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text ?? '']),
    );
    const fits = Object.entries(labels).every(([key, wanted]) =>
      typeof wanted === 'string' ? has[key] === wanted : wanted.test(has[key] ?? ''),
    );
    return fits ? [Number(value)] : [];
  });
}
