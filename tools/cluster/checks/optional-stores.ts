/** Tells the two APIs of Consul and of Elasticsearch, one after the other, and asserts that they use them. */
import type { Cluster } from '../cluster.ts';
import { services } from '../disturbances/pods.ts';
import { rollBackAll, upgrade } from '../disturbances/releases.ts';
import { run, until } from '../execute.ts';
import { loadImages } from '../images/podman.ts';
import { addressesOf, operatorOf } from '../load/addresses.ts';
import { underLoad } from '../load/load.ts';
import { inNetwork } from '../node/network.ts';
import { mustBe, type Step } from '../step.ts';
import {
  consulImage,
  consulObjects,
  elasticsearchImage,
  elasticsearchObjects,
  makeConsulImage,
  makeElasticsearchImage,
} from '../stores/optional.ts';
import { applyAll, isAvailable } from '../stores/steps.ts';
import { connectionOfApis } from './connections.ts';

/** Those that connect to stores. */
const apis = services.filter((service) => service !== 'auth-ui');

export const optionalStoreSteps: Step[] = [
  {
    name: 'connection 8: Consul names the Configuration Server',
    async run(cluster) {
      await makeConsulImage();
      await loadImages([consulImage]);
      await applyAll(cluster, consulObjects());
      await isAvailable(cluster, 'discovery', 'consul');
      const pairs = await withSettings(
        cluster,
        ['consul.url=https://consul.discovery.svc:8501'],
        async () => {
          await checkThroughConsul(cluster);
          return connectionOfApis(cluster, {
            name: 'Consul',
            store: 'discovery',
            label: 'app=consul',
            port: 8501,
          });
        },
      );
      await cluster.kubectl(['delete', 'namespace', 'discovery']);
      return `${pairs}; the check of an environment found its server there`;
    },
  },
  {
    name: 'connection 9: Elasticsearch gets the events',
    async run(cluster) {
      await makeElasticsearchImage();
      await loadImages([elasticsearchImage]);
      await applyAll(cluster, elasticsearchObjects());
      await isAvailable(cluster, 'logs', 'elasticsearch');
      const settings = [
        'elasticsearch.nodes={http://elasticsearch.logs.svc:9200}',
        'elasticsearch.allowPlaintext=true',
      ];
      let events = 0;
      const pairs = await withSettings(cluster, settings, async () => {
        // The logins of the load leave events.
        await underLoad(cluster, async () => {
          events = await until('Elasticsearch has an event', () => eventsIn(cluster), { everyMs: 1000 });
        });
        return connectionOfApis(cluster, {
          name: 'Elasticsearch',
          store: 'logs',
          label: 'app=elasticsearch',
          port: 9200,
        });
      });
      await cluster.kubectl(['delete', 'namespace', 'logs']);
      return `${pairs}; ${events} events after the first seconds`;
    },
  },
];

/** What follows has neither of them. */
async function withSettings<T>(
  cluster: Cluster,
  settings: readonly string[],
  act: () => Promise<T>,
): Promise<T> {
  for (const service of apis) await upgrade(cluster, service, ...settings);
  try {
    return await act();
  } finally {
    await rollBackAll(cluster, apis);
  }
}

/** Of docs/first-login.md: who changes the way to a server sends it again. */
const servicePassword = 'demo-service-password';

/** The one environment of the installation names a service of Consul for as long as it is checked. */
async function checkThroughConsul(cluster: Cluster): Promise<void> {
  const environments = '/environment/v3/environments';
  const list = JSON.parse(await askEnvironmentApi(cluster, environments)) as { data: { id: string }[] };
  const own = `${environments}/${list.data[0]?.id}`;
  const nameService = (consulService: string | null) =>
    askEnvironmentApi(cluster, own, 'PUT', { data: { consulService, password: servicePassword } });
  await nameService('config-server');
  try {
    const answer = await askEnvironmentApi(cluster, `${own}/check`, 'POST');
    mustBe(answer.includes('Found through the service \\"config-server\\" in Consul'), answer);
  } finally {
    await nameService(null);
  }
}

async function askEnvironmentApi(cluster: Cluster, path: string, method = 'GET', body?: object) {
  const { environmentApi } = await addressesOf(cluster);
  const { username, password } = await operatorOf(cluster);
  const settings = { user: `${username}:${password}`, request: method };
  const sent = body && { header: 'content-type: application/json', data: JSON.stringify(body) };
  // The password comes by the standard input; the certificate has the name of the Service, not its address.
  const lines = Object.entries({ ...settings, ...sent }).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  );
  return inside(
    ['curl', '-sS', '--fail-with-body', '--insecure', '--config', '-', environmentApi + path],
    lines.join('\n'),
  );
}

async function eventsIn({ get }: Cluster): Promise<number | undefined> {
  const { spec } = await get<{ spec: { clusterIP: string } }>('service', 'elasticsearch', '--namespace=logs');
  const count = `http://${spec.clusterIP}:9200/logs-gatehouse.audit-default/_count`;
  const { count: events = 0 } = JSON.parse(await inside(['curl', '-sS', count])) as { count?: number };
  return events || undefined;
}

function inside(command: readonly string[], input = ''): Promise<string> {
  const [nsenter, ...into] = inNetwork;
  return run(nsenter, [...into, ...command], { input });
}
