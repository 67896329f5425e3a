/** Counts how many requests the pods of each release have answered. */
import type { Cluster } from '../cluster.ts';
import { selectorOf } from '../disturbances/pods.ts';
import { readManagement } from '../runbooks/metrics.ts';

interface Pod {
  spec: { containers: { image: string }[] };
  status: { podIP?: string };
}

/** By the image of the pods. */
export async function requestsByImage(
  { get, namespace }: Cluster,
  service: string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const place = ['--namespace', namespace, '--selector', selectorOf(service)];
  const { items } = await get<{ items: Pod[] }>('pods', ...place);
  for (const { spec, status } of items) {
    const { image = '' } = spec.containers[0] ?? {};
    const metrics = (await readManagement(status.podIP ?? '', '/metrics')) ?? '';
    counts.set(image, (counts.get(image) ?? 0) + requestsIn(metrics));
  }
  return counts;
}

export function requestsIn(metrics: string): number {
  const samples = metrics.matchAll(/^http_request_duration_seconds_count\{.*\} (\S+)$/gm);
  return [...samples].reduce((sum, [, count]) => sum + Number(count), 0);
}
