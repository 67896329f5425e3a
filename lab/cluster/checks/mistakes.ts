/** Makes the mistakes of operators, and asserts what helm, the events and the logs tell them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { blocksOf } from '../../../tools/charts/page-blocks.ts';
import { run, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { repository } from '../places.ts';
import { mustBe, type Step } from '../step.ts';
import { expectOnly, objectsIn } from './uninstall.ts';

/** The migration tries for 60 s to reach a database. */
const timeoutSeconds = 80;

interface Mistake {
  name: string;
  /** The operator's mistake, as arguments of helm. */
  settings: string[];
  /** The message must be found here: in helm's own output, an event of the namespace, or the last line that a pod logged. */
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
    log: /password authentication failed|refuses the password/,
  },
  {
    name: 'unreachable PostgreSQL',
    settings: ['--set', 'postgres.host=nowhere.databases.svc'],
    helm: /migration/,
    log: /nowhere\.databases\.svc/,
  },
  {
    name: 'wrong password of Redis',
    settings: ['--set', 'redis.existingSecret=wrong', '--set', 'redis.passwordKey=password'],
    event: /Readiness probe failed|Startup probe failed/,
    log: /Redis.*(WRONGPASS|password)/,
  },
  {
    name: 'unreachable Redis',
    settings: ['--set', 'redis.url=rediss://nowhere.databases.svc:6380'],
    event: /Readiness probe failed|Startup probe failed/,
    log: /Redis is unavailable.*nowhere\.databases\.svc/,
  },
];

/** All at once, each in a namespace of its own: most of the time is spent waiting. */
export const mistakesOfOperators: Step = {
  name: 'what the operator reads after a mistake',
  async run(cluster) {
    const page = readFileSync(path.join(repository, 'docs/guides/deployment.md'), 'utf8');
    const removal = blocksOf(page.split('\n## Uninstall\n')[1] ?? '').map(({ text }) => text);
    const outcomes = await Promise.allSettled(
      mistakes.map((mistake, index) => make(cluster, mistake, `trial-${index}`, removal)),
    );
    const wrong = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [`${mistakes[index]?.name}: ${outcome.reason}`] : [],
    );
    mustBe(wrong.length === 0, wrong.join('\n'));
    return `${mistakes.map(({ name }) => name).join(', ')}: each is named, and nothing is left after the uninstallation`;
  },
};

async function make(
  cluster: Cluster,
  { settings, helm, event, log }: Mistake,
  namespace: string,
  removal: readonly string[],
): Promise<void> {
  await prepareNamespace(cluster, namespace);
  const before = await objectsIn(cluster, namespace);
  // One attempt of the migration instead of four: what it says is the same each time. All of them must fit on the node.
  const few = 'migration.backoffLimit=0,replicaCount=1,resources.requests.cpu=10m';
  // The copied secret holds the password of the role that is in use, which may have replaced the one of the page.
  const role = `postgres.username=${await roleInUse(cluster)}`;
  const fixed = ['--values', 'auth-api.yaml', '--set', few, '--set', role, '--wait'];
  const place = ['--namespace', namespace, '--timeout', `${timeoutSeconds}s`];
  try {
    const args = ['install', 'auth-api', 'charts/auth-api', ...place, ...fixed, ...settings];
    const { exitCode, stderr } = await cluster.helm(args);
    mustBe(exitCode !== 0, 'helm says that all is well');
    if (helm) mustSay('helm', helm, stderr);
    if (event)
      await until(`an event says ${event}`, () => eventLike(cluster, namespace, event)).catch((error) => {
        throw new Error(`${error.message}; helm said: ${stderr.trim().slice(-600)}`);
      });
    if (log) await untilLogged(cluster, namespace, log);
  } finally {
    // The printed lines, for this namespace and this one release.
    for (const text of removal)
      await runPrinted(
        cluster,
        text
          .replaceAll('--namespace gatehouse', `--namespace ${namespace}`)
          .replaceAll(/uninstall .* --namespace/g, 'uninstall auth-api --ignore-not-found --namespace'),
      );
    await expectOnly(cluster, namespace, before);
  }
  await cluster.kubectl(['delete', 'namespace', namespace, '--wait=false']);
}

async function roleInUse({ helm, namespace }: Cluster): Promise<string> {
  const place = ['--namespace', namespace, '--all', '--output', 'json'];
  const { stdout } = await helm(['get', 'values', 'auth-api', ...place]);
  const { postgres } = JSON.parse(stdout) as { postgres: { username: string } };
  return postgres.username;
}

/** In a shell of its own: the one of the operator runs one block at a time. */
function runPrinted({ environment, workplace }: Cluster, lines: string): Promise<string> {
  return run('bash', ['-euc', lines], { env: environment, cwd: workplace });
}

function mustSay(who: string, sentence: RegExp, said: string): void {
  mustBe(sentence.test(said), `${who} does not say ${sentence} but: ${said.trim().slice(-600)}`);
}

/** With the secrets of the product, and one more that is wrong. */
async function prepareNamespace(cluster: Cluster, namespace: string): Promise<void> {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const objects: object[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }];
  for (const name of ['secret/gatehouse', 'secret/gatehouse-auth-postgres', 'configmap/company-ca']) {
    const { metadata, ...rest } = await cluster.get<{ metadata: { name: string } }>(
      name,
      ...['--namespace', cluster.namespace],
    );
    objects.push({ ...rest, metadata: { name: metadata.name, namespace } });
  }
  const wrong = { password: 'not-the-password-of-this' };
  objects.push({
    ...{ apiVersion: 'v1', kind: 'Secret' },
    metadata: { name: 'wrong', namespace },
    stringData: wrong,
  });
  await cluster.apply(objects.map((one) => JSON.stringify(one)).join('\n---\n'));
}

/** A container that was started again has not said it yet. */
async function untilLogged(cluster: Cluster, namespace: string, sentence: RegExp): Promise<void> {
  let said = '';
  const isSaid = async () => {
    said = await lastLine(cluster, namespace);
    return sentence.test(said) || undefined;
  };
  await until('the last line of the log', isSaid).catch(() =>
    mustSay('the last line of the log', sentence, said),
  );
}

async function eventLike({ get }: Cluster, namespace: string, sentence: RegExp): Promise<string | undefined> {
  const { items } = await get<{ items: { message: string }[] }>('events', '--namespace', namespace);
  return items.find(({ message }) => sentence.test(message))?.message;
}

async function lastLine({ get, kubectl }: Cluster, namespace: string): Promise<string> {
  const { items } = await get<{ items: { metadata: { name: string; creationTimestamp: string } }[] }>(
    ...['pods', '--namespace', namespace],
  );
  const [youngest] = items.sort((a, b) =>
    a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1,
  );
  if (youngest === undefined) throw new Error('there is no pod whose log could be read');
  return kubectl(['logs', youngest.metadata.name, '--namespace', namespace, '--tail=1']);
}
