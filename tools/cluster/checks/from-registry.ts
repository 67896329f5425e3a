/** Packs the charts, pushes them to a real OCI registry, and installs the three services from there. */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@gatehouse/testing/ports';
import { startRegistry, whyNoRegistry } from '../../helm/registry/registry.ts';
import type { Cluster } from '../cluster.ts';
import { services, settled } from '../disturbances/pods.ts';
import { runFolder } from '../places.ts';
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
        await must(cluster, 'package', `charts/${service}`, '--destination', folder);
      for (const archive of readdirSync(folder))
        await must(cluster, 'push', path.join(folder, archive), repository, '--plain-http');
      for (const service of services) {
        const from = [`${repository}/${service}`, '--version', '0.1.0', '--plain-http'];
        const place = [
          '--namespace',
          cluster.namespace,
          '--values',
          `${service}.yaml`,
          '--wait',
          '--timeout',
          '5m',
        ];
        await must(cluster, 'upgrade', '--install', service, ...from, ...place);
        await settled(cluster, service);
        await must(cluster, 'test', service, '--namespace', cluster.namespace);
      }
    } finally {
      registry.stop();
    }
    return `${readdirSync(folder).join(', ')}; helm test of all three`;
  },
};

async function must({ helm }: Cluster, ...args: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await helm(args);
  if (exitCode !== 0) throw new Error(`helm ${args.slice(0, 2).join(' ')} failed:\n${stdout}${stderr}`);
}
