/** Loads a rendered pod's configuration the way the service in that pod will: same variables, same files, same loader. */
import { createHash } from 'node:crypto';
import { listSettings, loadConfig } from '@gatehouse/service-kit/config';
import { serviceConfiguration } from './configuration-shape.ts';
import type { ServiceChart } from './places.ts';
import type { KubernetesObject } from './render.ts';

interface PodSpec {
  containers: {
    env: { name: string; value?: string }[];
    volumeMounts: { name: string; mountPath: string }[];
  }[];
  volumes: Volume[];
}

interface Volume {
  name: string;
  configMap?: { name: string };
  projected?: { sources: { secret: { name: string; items: { key: string; path: string }[] } }[] };
}

/** Stands in for a Secret that the chart does not make. */
const plausibleSecrets: Readonly<Record<string, string>> = {
  alertsWebhookSecret: `whsec_${createHash('sha256').update('alerts').digest('base64')}`,
  auditForwardSecret: `whsec_${createHash('sha256').update('forward').digest('base64')}`,
  encryptionKeys: `k1:${createHash('sha256').update('k1').digest('base64')}`,
};

/** @throws ConfigError where the service would refuse to start */
export async function loadAsService(
  chart: ServiceChart,
  pod: PodSpec,
  objects: readonly KubernetesObject[],
): Promise<object> {
  const configuration = await serviceConfiguration(chart);
  const [container] = pod.containers;
  const files = mountedFiles(pod, objects);
  const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
  return loadConfig(configuration, {
    env,
    readFile: (path) => {
      const content = files.get(path);
      if (content === undefined) throw Object.assign(new Error(`${path} is not mounted`), { code: 'ENOENT' });
      return content;
    },
  });
}

/** The configuration out of variables; files that they name have some content. @throws ConfigError */
export async function loadEnvironment(chart: ServiceChart, env: Record<string, string>): Promise<object> {
  return loadConfig(await serviceConfiguration(chart), { env, readFile: (path) => `content of ${path}` });
}

/** Variables through which the service takes secrets. */
export async function secretVariables(chart: ServiceChart): Promise<string[]> {
  const { settings } = await serviceConfiguration(chart);
  return listSettings(settings)
    .filter(({ setting }) => setting.secret)
    .map(({ setting }) => setting.env);
}

function mountedFiles(pod: PodSpec, objects: readonly KubernetesObject[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const { name, mountPath } of pod.containers[0]?.volumeMounts ?? []) {
    const volume = pod.volumes.find((candidate) => candidate.name === name);
    for (const [file, content] of volume ? volumeFiles(volume, objects) : [])
      files.set(`${mountPath}/${file}`, content);
  }
  return files;
}

function volumeFiles(volume: Volume, objects: readonly KubernetesObject[]): [string, string][] {
  if (volume.configMap) {
    const map = findObject(objects, 'ConfigMap', volume.configMap.name);
    return Object.entries((map?.['data'] ?? {}) as Record<string, string>);
  }
  return (volume.projected?.sources ?? []).flatMap(({ secret }) =>
    secret.items.map(({ key, path }): [string, string] => {
      const made = findObject(objects, 'Secret', secret.name);
      return [path, made?.['stringData']?.[key] ?? plausibleSecrets[path] ?? `made-up-for-${path}`];
    }),
  );
}

function findObject(
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject | undefined {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}
