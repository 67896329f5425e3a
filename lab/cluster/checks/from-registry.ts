/** Packs the charts, pushes them to a real OCI registry, and installs the three services from there. */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@gatehouse/testing/network';
import { startRegistry, whyNoRegistry } from '../../../tools/charts/registry/registry.ts';
import { services, settled } from '../disturbances/pods.ts';
import { runHelm } from '../disturbances/releases.ts';
import { runFolder, version } from '../places.ts';
import { Skipped, type Step } from '../step.ts';

export const fromRegistry: Step = {
  name: 'charts installed from an OCI registry',
  async run(cluster) {
    const reason = whyNoRegistry();
    if (reason !== undefined) throw new Skipped(`no registry: ${reason}`);
    const registry = await startRegistry(await freePort());
    const repository = `oci://${registry.address}/charts`;
    const folder = path.join(runFolder, 'packages');
    mkdirSync(folder, { recursive: true });
    try {
      for (const service of services)
        await runHelm(cluster, ['package', `charts/${service}`, '--destination', folder]);
      for (const archive of readdirSync(folder))
        await runHelm(cluster, ['push', path.join(folder, archive), repository, '--plain-http']);
      for (const service of services) {
        const from = [`${repository}/${service}`, '--version', version, '--plain-http'];
        const place = ['--namespace', cluster.namespace, '--values', `${service}.yaml`];
        const whole = [...from, ...place, '--wait', '--timeout', '5m'];
        await runHelm(cluster, ['upgrade', '--install', service, ...whole]);
        await settled(cluster, service);
        await runHelm(cluster, ['test', service, '--namespace', cluster.namespace]);
      }
    } finally {
      registry.stop();
    }
    return `${readdirSync(folder).join(', ')}; helm test of all three`;
  },
};
