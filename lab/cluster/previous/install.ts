/** Installs the release before, or this one in its place, with the charts of its tree, on databases of its own. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { authorityMapping } from '../../../tools/stack/provisioning/demo.ts';
import type { Cluster } from '../cluster.ts';
import { runHelm } from '../disturbances/releases.ts';
import { sql } from '../stores/databases.ts';
import { workplace } from '../workplace.ts';

export const namespace = 'before';
export const publicUrl = 'https://login.example.com';

const apis = { 'environment-api': 'before_environment', 'auth-api': 'before_auth' } as const;

/** Databases, roles and Secrets; the namespace of the services is open to the node. */
export async function prepareStores(cluster: Cluster): Promise<void> {
  const password = randomBytes(24).toString('hex');
  const redis = await cluster.get<{ data: { password: string } }>('secret', 'redis', '--namespace=databases');
  const statements = [
    'CREATE DATABASE before;',
    ...Object.values(apis).map((role) => `CREATE ROLE ${role} LOGIN PASSWORD '${password}';`),
    `GRANT CONNECT, CREATE ON DATABASE before TO ${Object.values(apis).join(', ')};`,
  ].join('\n');
  await sql(cluster, statements);
  await cluster.kubectl(['create', 'namespace', namespace]);
  const authority = await cluster.get<{ data: object }>(
    'configmap',
    'company-ca',
    '--namespace',
    cluster.namespace,
  );
  const secret = {
    'service-client-secret': randomBytes(24).toString('hex'),
    'encryption-keys': `k1:${randomBytes(32).toString('base64')}`,
    'ops-password': randomBytes(24).toString('hex'),
    'postgres-password': password,
    'redis-password': Buffer.from(redis.data.password, 'base64').toString(),
  };
  const objects = [
    { kind: 'Secret', metadata: { name: 'gatehouse', namespace }, stringData: secret },
    { kind: 'ConfigMap', metadata: { name: 'company-ca', namespace }, data: authority.data },
  ].map((object) => JSON.stringify({ apiVersion: 'v1', ...object }));
  await cluster.apply(objects.join('\n---\n'));
}

/**
 * `helm upgrade --install` of one service from the charts of a tree, until its pods are ready.
 * @param tag the image's
 */
export async function install(cluster: Cluster, service: string, tree: string, tag: string): Promise<void> {
  await applyRelease(cluster, service, tree, { tag, wait: ['--wait', '--timeout', '5m'] });
}

/** The same, until Kubernetes has taken the objects; the migrations have run. The image is that of the chart where no tag is given. */
export async function applyRelease(
  cluster: Cluster,
  service: string,
  tree: string,
  { tag = '', wait = [] }: { tag?: string; wait?: readonly string[] } = {},
): Promise<void> {
  const file = path.join(workplace, `${service}-before.json`);
  writeFileSync(file, JSON.stringify(valuesOf(service, tag)));
  const chart = path.join(tree, 'charts', service);
  const place = ['--namespace', namespace, '--values', file, ...wait];
  for (const args of [
    ['dependency', 'build', chart],
    ['upgrade', '--install', '--reset-values', service, chart, ...place],
  ])
    await runHelm(cluster, args);
}

function valuesOf(service: string, tag: string) {
  const role = apis[service as keyof typeof apis];
  const mount = { name: 'company-ca', mountPath: '/etc/company-ca', readOnly: true };
  const stores = role && {
    postgres: {
      host: 'postgres.databases.svc',
      database: 'before',
      username: role,
      ssl: 'verify',
      poolSize: 5,
    },
    redis: { url: 'rediss://redis.databases.svc:6380', keyPrefix: 'before:' },
    extraVolumes: [{ name: 'company-ca', configMap: { name: 'company-ca' } }],
    extraVolumeMounts: [mount],
    extraEnv: [
      { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/company-ca/ca.crt' },
      // Some of the people administer their contact centre.
      ...(service === 'auth-api' ? [{ name: 'GATEHOUSE_AUTHORITY_MAPPING', value: authorityMapping }] : []),
    ],
  };
  return {
    image: { registry: 'registry.example.com', tag },
    config: { publicUrl },
    secrets: { existingSecret: 'gatehouse' },
    resources: { requests: { cpu: '50m' } },
    ...stores,
  };
}
