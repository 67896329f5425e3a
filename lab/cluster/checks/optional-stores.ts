/** Tells the two APIs of Consul and of Elasticsearch, one after the other, and asserts that they use them. */

import { until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { services } from '../disturbances/pods.ts';
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { loadImages } from '../images/podman.ts';
import { operatorOf } from '../load/addresses.ts';
import { call, environmentOf } from '../load/call.ts';
import { underLoad } from '../load/load.ts';
import { mustBe, type Step } from '../step.ts';
import {
  askElasticsearch,
  consulImage,
  consulObjects,
  elasticsearchImage,
  elasticsearchObjects,
  elasticsearchSettings,
  makeConsulImage,
  makeElasticsearchImage,
} from '../stores/optional.ts';
import { applyAll, isAvailable } from '../stores/steps.ts';

/** Those that connect to stores. */
const apis = services.filter((service) => service !== 'auth-ui');

export const optionalStoreSteps: Step[] = [
  {
    name: 'Consul names the Configuration Server',
    async run(cluster) {
      await makeConsulImage();
      await withStore(cluster, consul, () => checkThroughConsul(cluster));
      return 'the check of an environment found its server there';
    },
  },
  {
    name: 'Elasticsearch gets the events',
    async run(cluster) {
      await makeElasticsearchImage();
      const events = await withStore(cluster, elasticsearch, async () => {
        let seen = 0;
        // The logins of the load leave events.
        await underLoad(cluster, async () => {
          seen = await until('Elasticsearch has an event', () => eventsIn(cluster), { everyMs: 1000 });
        });
        return seen;
      });
      return `${events} events after the first seconds`;
    },
  },
];

const consul = {
  namespace: 'discovery',
  deployment: 'consul',
  image: consulImage,
  objects: consulObjects,
  settings: ['consul.url=https://consul.discovery.svc:8501'],
};
const elasticsearch = {
  namespace: 'logs',
  deployment: 'elasticsearch',
  image: elasticsearchImage,
  objects: elasticsearchObjects,
  settings: elasticsearchSettings,
};

/** The store, and the two APIs with its settings, are there while `act` runs. */
async function withStore<T>(
  cluster: Cluster,
  { namespace, deployment, image, objects, settings }: typeof consul,
  act: () => Promise<T>,
): Promise<T> {
  await loadImages([image]);
  await applyAll(cluster, objects());
  await isAvailable(cluster, namespace, deployment);
  for (const api of apis) await upgrade(cluster, api, ...settings);
  try {
    return await act();
  } finally {
    await rollBackAll(cluster, apis);
    await cluster.kubectl(['delete', 'namespace', namespace]);
  }
}

/** Of docs/start/first-login.md: who changes the way to a server sends it again. */
const servicePassword = 'demo-service-password';

/** The one environment of the installation names a service of Consul for as long as it is checked. */
async function checkThroughConsul(cluster: Cluster): Promise<void> {
  const own = `/environment/v3/environments/${await environmentOf(cluster)}`;
  const { username, password } = await operatorOf(cluster);
  const ask = async (path: string, method: string, json?: object): Promise<string> => {
    const { status, body } = await call(cluster, path, {
      ...{ method, user: `${username}:${password}` },
      ...(json && { json }),
    });
    const said = JSON.stringify(body);
    mustBe(status === 200, `${method} ${path} was answered ${status} ${said}`);
    return said;
  };
  const nameService = (consulService: string | null) =>
    ask(own, 'PUT', { data: { consulService, password: servicePassword } });
  await nameService('config-server');
  try {
    const answer = await ask(`${own}/check`, 'POST');
    mustBe(answer.includes('Found through the service \\"config-server\\" in Consul'), answer);
  } finally {
    await nameService(null);
  }
}

async function eventsIn(cluster: Cluster): Promise<number | undefined> {
  // There is no index before the first event.
  const count = 'logs-gatehouse.audit-default/_count?ignore_unavailable=true';
  return ((await askElasticsearch(cluster, 'GET', count)) as { count: number }).count || undefined;
}
