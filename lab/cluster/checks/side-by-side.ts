/** Runs docs/guides/operations.md about two sets of releases as printed, switches from one to the other under load and back, and puts all back. */

import type { Cluster } from '../cluster.ts';
import { podsOf, services } from '../disturbances/pods.ts';
import { runHelm } from '../disturbances/releases.ts';
import { mustNotFail, textOf } from '../load/figures.ts';
import { underLoad } from '../load/load.ts';
import { stepsOfPage } from '../page/steps.ts';
import { becomes, type Step } from '../step.ts';

const [share, install, prove, change] = stepsOfPage('guides/operations.md', [
  'Two releases side by side',
]).map((step) => ({ ...step, isNeeded: false }));
if (!share || !install || !prove || !change) throw new Error('docs/guides/operations.md prints other blocks');

const classicNames = {
  'auth-api': 'gauth-auth',
  'auth-ui': 'gauth-auth-ui',
  'environment-api': 'gauth-environment',
};

export const sideBySideSteps: Step[] = [
  share,
  install,
  prove,
  {
    name: 'under load: callers switched to the second set of releases and back',
    async run(cluster) {
      const addresses = {
        authApi: await addressOf(cluster, 'gauth-auth'),
        authUi: await addressOf(cluster, 'gauth-auth-ui'),
        environmentApi: await addressOf(cluster, 'gauth-environment'),
      };
      const act = async () => {
        await change.run(cluster);
        for (const service of services) await leadsTo(cluster, service, `${service}-green`);
        for (const service of services) await choose(cluster, service);
        for (const service of services) await leadsTo(cluster, service, service);
      };
      const figures = await underLoad(cluster, act, { addresses });
      mustNotFail(figures, false);
      return textOf(figures);
    },
  },
  {
    name: 'remove the second set of releases',
    async run(cluster) {
      const { helm, kubectl, namespace } = cluster;
      const place = ['--namespace', namespace];
      const green = services.map((service) => `${service}-green`);
      await helm(['uninstall', '--wait', ...place, ...green]);
      const shared = Object.values(classicNames).map((name) => `service/${name}`);
      await kubectl(['delete', ...place, ...shared, 'ingress/auth-api', 'ingress/auth-ui']);
      for (const service of ['auth-api', 'auth-ui']) {
        const values = ['--reset-values', '--values', `${service}.yaml`];
        const whole = [...place, ...values, '--wait', '--timeout', '5m'];
        await runHelm(cluster, ['upgrade', service, `charts/${service}`, ...whole]);
      }
      return '';
    },
  },
];

async function addressOf({ get, namespace }: Cluster, name: string): Promise<string> {
  const service = await get<{ spec: { clusterIP: string } }>('service', name, '--namespace', namespace);
  return `http://${service.spec.clusterIP}:80`;
}

async function choose({ kubectl, namespace }: Cluster, service: (typeof services)[number]): Promise<void> {
  const patch = JSON.stringify({ spec: { selector: { 'app.kubernetes.io/instance': service } } });
  await kubectl(['patch', 'service', classicNames[service], '--namespace', namespace, '--patch', patch]);
}

/** The addresses behind the Service are those of the pods of that release, and no others. */
async function leadsTo(cluster: Cluster, service: (typeof services)[number], release: string) {
  const pods = (await podsOf(cluster, release)).map(({ status }) => status.podIP).sort();
  const selector = `kubernetes.io/service-name=${classicNames[service]}`;
  await becomes(`${classicNames[service]} leads to ${release}`, async () => {
    const { items } = await cluster.get<{ items: { endpoints?: { addresses: string[] }[] | null }[] }>(
      ...['endpointslices', '--namespace', cluster.namespace, '--selector', selector],
    );
    const addresses = items.flatMap(({ endpoints }) => endpoints ?? []).flatMap((one) => one.addresses);
    return addresses.sort().join() === pods.join();
  });
}
