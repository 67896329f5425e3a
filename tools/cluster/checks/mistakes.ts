/** Makes the mistakes of operators in a namespace of its own, and asserts what helm, the events and the logs tell them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { blocksOf } from '../../helm/page-blocks.ts';
import type { Cluster } from '../cluster.ts';
import { until } from '../execute.ts';
import { repository } from '../places.ts';
import { mustBe, type Step } from '../step.ts';
import { objectsIn } from './objects.ts';
import { expectOnly } from './uninstall.ts';

const namespace = 'trial';

interface Mistake {
  name: string;
  /** What the operator writes wrongly, as arguments of helm. */
  settings: string[];
  /** What must be read where: helm's own output, an event of the namespace, the last line that a pod logged. */
  helm?: RegExp;
  event?: RegExp;
  log?: RegExp;
}

const mistakes: Mistake[] = [
  {
    name: 'misspelt value',
    settings: ['--set', 'config.publcUrl=https://login.example.com'],
    helm: /publcUrl/,
  },
  {
    name: 'wrong registry',
    settings: ['--set', 'image.registry=registry.exmaple.com'],
    event: /Failed to pull image "registry\.exmaple\.com\/gatehouse\/auth-api/,
  },
  {
    name: 'missing secret',
    settings: ['--set', 'secrets.existingSecret=gatehouze'],
    event: /secret "gatehouze" not found/,
  },
  {
    name: 'wrong password of PostgreSQL',
    settings: ['--set', 'postgres.existingSecret=wrong'],
    helm: /migration/,
    log: /PostgreSQL.*password authentication failed/,
  },
  {
    name: 'unreachable PostgreSQL',
    settings: ['--set', 'postgres.host=nowhere.databases.svc'],
    helm: /migration/,
    log: /PostgreSQL.*nowhere\.databases\.svc/,
  },
  {
    name: 'wrong password of Redis',
    settings: ['--set', 'redis.existingSecret=wrong', '--set', 'redis.passwordKey=password'],
    event: /Readiness probe failed|Startup probe failed/,
    log: /[Rr]edis/,
  },
  {
    name: 'unreachable Redis',
    settings: ['--set', 'redis.url=rediss://nowhere.databases.svc:6380'],
    event: /Readiness probe failed|Startup probe failed/,
    log: /[Rr]edis/,
  },
];

/** One step for each, so that the table says which sentence is missing. */
export const mistakeSteps: Step[] = mistakes.map((mistake) => ({
  name: `what the operator reads: ${mistake.name}`,
  run: (cluster) => make(cluster, mistake),
}));

async function make(cluster: Cluster, { settings, helm, event, log }: Mistake): Promise<string> {
  await prepareNamespace(cluster);
  const before = await objectsIn(cluster, namespace);
  // One attempt of the migration instead of four: what it says is the same each time.
  const fixed = [
    '--values',
    'auth-api.yaml',
    '--set',
    'migration.backoffLimit=0',
    '--wait',
    '--timeout',
    '30s',
  ];
  const args = ['install', 'auth-api', 'charts/auth-api', '--namespace', namespace, ...fixed, ...settings];
  const { exitCode, stderr } = await cluster.helm(args);
  const read: string[] = [];
  try {
    mustBe(exitCode !== 0, 'helm says that all is well');
    if (helm) read.push(mustSay('helm', helm, stderr));
    if (event)
      read.push(
        await until(`an event says ${event}`, () => eventLike(cluster, event), { timeoutMs: 20_000 }),
      );
    if (log) read.push(mustSay('the last line of the log', log, await lastLine(cluster)));
  } finally {
    await removeAsPrinted(cluster);
    await expectOnly(cluster, namespace, before);
  }
  return read.at(-1)?.trim().slice(0, 160) ?? '';
}

function mustSay(who: string, sentence: RegExp, said: string): string {
  mustBe(sentence.test(said), `${who} does not say ${sentence} but: ${said.trim().slice(-600)}`);
  return said;
}

/** With the secrets of the product, and one more that is wrong. */
async function prepareNamespace(cluster: Cluster): Promise<void> {
  if ((await cluster.tryKubectl(['get', 'namespace', namespace])).exitCode === 0) return;
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const objects: object[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }];
  for (const name of ['secret/gatehouse', 'secret/gatehouse-auth-postgres', 'configmap/company-ca']) {
    const { apiVersion, kind, metadata, data, type } = await cluster.get<{
      apiVersion: string;
      kind: string;
      metadata: { name: string };
      data: object;
      type?: string;
    }>(name, '--namespace', cluster.namespace);
    objects.push({ apiVersion, kind, data, type, metadata: { name: metadata.name, namespace } });
  }
  const wrong = { password: 'not-the-one' };
  objects.push({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'wrong', namespace },
    stringData: wrong,
  });
  await cluster.apply(objects.map((one) => JSON.stringify(one)).join('\n---\n'));
}

async function eventLike({ get }: Cluster, sentence: RegExp): Promise<string | undefined> {
  const { items } = await get<{ items: { message: string }[] }>('events', '--namespace', namespace);
  return items.find(({ message }) => sentence.test(message))?.message;
}

async function lastLine({ get, kubectl }: Cluster): Promise<string> {
  const { items } = await get<{ items: { metadata: { name: string; creationTimestamp: string } }[] }>(
    'pods',
    ...['--namespace', namespace],
  );
  const [youngest] = items.sort((a, b) =>
    a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1,
  );
  if (youngest === undefined) throw new Error('there is no pod whose log could be read');
  return kubectl(['logs', youngest.metadata.name, '--namespace', namespace, '--tail=1']);
}

/** The printed lines, for this namespace and this one release. */
async function removeAsPrinted(cluster: Cluster): Promise<void> {
  const page = readFileSync(path.join(repository, 'docs/deployment.md'), 'utf8');
  const [, section = ''] = page.split('\n## Uninstall\n');
  for (const { text } of blocksOf(section))
    await cluster.shell.run(
      text
        .replaceAll('--namespace gatehouse', `--namespace ${namespace}`)
        .replaceAll(/uninstall .* --namespace/g, 'uninstall auth-api --ignore-not-found --namespace'),
    );
}
