/** Consul and Elasticsearch, each in a namespace of its own; a machine without their programs does without them. */
import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { debianImage } from '../../../tools/images/base.ts';
import { run } from '../../../tools/programs/execute.ts';
import { buildConsul, whyNotBuildable } from '../../../tools/real/consul/build.ts';
import { builtProgram, findConsul } from '../../../tools/real/consul/places.ts';
import {
  installElasticsearch,
  javaHome,
  whyNotInstallable,
} from '../../../tools/real/elasticsearch/install.ts';
import { findElasticsearch, installFolder } from '../../../tools/real/elasticsearch/places.ts';
import type { Cluster } from '../cluster.ts';
import { ownImage } from '../images/node-images.ts';
import { inNetwork } from '../node/network.ts';
import { Skipped } from '../step.ts';
import { identityObject } from './authority.ts';
import { namespaceObject, neighbourObjects } from './object.ts';

const consul = ownImage(
  'consul',
  [`FROM ${debianImage}`, 'COPY consul /usr/local/bin/consul'],
  builtProgram(),
);
const elasticsearch = ownImage(
  'elasticsearch',
  [`FROM ${debianImage}`, 'COPY java /java', 'COPY elasticsearch /elasticsearch'],
  installFolder(),
);

export const consulImage = consul.name;
export const elasticsearchImage = elasticsearch.name;

export async function makeConsulImage(): Promise<void> {
  const reason = whyNotBuildable();
  const program = findConsul() ?? (reason === undefined ? await buildConsul(() => {}) : undefined);
  if (program === undefined) throw new Skipped(`${reason}: no Consul`);
  await consul.make((folder) => cpSync(program, path.join(folder, 'consul')));
}

const consulSettings = {
  bind_addr: '127.0.0.1',
  client_addr: '0.0.0.0',
  ports: { http: -1, https: 8501, grpc: -1, grpc_tls: -1, serf_wan: -1 },
  tls: { defaults: { ca_file: '/tls/ca.crt', cert_file: '/tls/tls.crt', key_file: '/tls/tls.key' } },
  services: [{ name: 'config-server', address: 'config-server.estate.svc', port: 8888 }],
};

export const consulObjects = (): object[] => [
  namespaceObject('discovery'),
  identityObject('consul', 'discovery'),
  ...neighbourObjects({
    name: 'consul',
    namespace: 'discovery',
    image: consulImage,
    port: 8501,
    script: `exec consul agent -dev -hcl '${JSON.stringify(consulSettings)}'`,
  }),
];

export async function makeElasticsearchImage(): Promise<void> {
  const reason = whyNotInstallable();
  const home = findElasticsearch() ?? (reason === undefined ? await installElasticsearch() : undefined);
  if (home === undefined || reason !== undefined) throw new Skipped(`${reason}: no Elasticsearch`);
  await elasticsearch.make((folder) => {
    // Debian's folder has links to sources that are not installed.
    const filter = (file: string) => existsSync(file);
    cpSync(javaHome(), path.join(folder, 'java'), { recursive: true, dereference: true, filter });
    cpSync(home, path.join(folder, 'elasticsearch'), { recursive: true });
  });
}

const elasticsearchScript = `cp -r /elasticsearch/config /data/config
mkdir -p /data/tmp
cat > /data/config/elasticsearch.yml <<END
discovery.type: single-node
network.host: 0.0.0.0
path.data: /data/indices
path.logs: /data/logs
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
END
export ES_JAVA_HOME=/java ES_PATH_CONF=/data/config ES_TMPDIR=/data/tmp HOME=/data
export ES_JAVA_OPTS='-Xms512m -Xmx512m -XX:TieredStopAtLevel=1'
exec /elasticsearch/bin/elasticsearch`;

/** Of the two APIs. */
export const elasticsearchSettings = [
  'elasticsearch.nodes={http://elasticsearch.logs.svc:9200}',
  'elasticsearch.allowPlaintext=true',
];

/** Resolves with its answer. @throws Error with the answer if it refuses */
export async function askElasticsearch(
  { get }: Cluster,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const { spec } = await get<{ spec: { clusterIP: string } }>('service', 'elasticsearch', '--namespace=logs');
  const json = body === undefined ? [] : ['--json', JSON.stringify(body)];
  const url = `http://${spec.clusterIP}:9200/${path}`;
  const curl = ['curl', '-sS', '--fail-with-body', '--request', method, ...json, url];
  return JSON.parse(await run(...inNetwork(...curl)));
}

export const elasticsearchObjects = (): object[] => [
  namespaceObject('logs'),
  identityObject('elasticsearch', 'logs'),
  ...neighbourObjects({
    name: 'elasticsearch',
    namespace: 'logs',
    image: elasticsearchImage,
    port: 9200,
    script: elasticsearchScript,
    cpu: '200m',
  }),
];
