/** Steps with the chart of the whole installation: a trial from nothing, and three releases that become one and three again. */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { blocksOf } from '../../../tools/charts/page-blocks.ts';
import type { Cluster } from '../cluster.ts';
import { podsLike, podsOf, services, settled } from '../disturbances/pods.ts';
import { runHelm } from '../disturbances/releases.ts';
import { mustNotFail, textOf } from '../load/figures.ts';
import { underLoad } from '../load/load.ts';
import { repository, runFolder } from '../places.ts';
import { mustBe, type Step } from '../step.ts';
import { installEvaluation, signInByNotes, tryEvaluation, upgradeEvaluation } from './evaluation.ts';
import { localPlan } from './local-plan.ts';

/** Longest time from the call of helm until somebody can sign in, with the images in the node. */
const readySeconds = 180;

export const evaluationStep: Step = {
  name: 'evaluation mode: from nothing to a sign-in, kept by an upgrade',
  async run(cluster) {
    const trial = await localPlan(cluster, 'trial');
    try {
      const { notes, seconds } = await installEvaluation(cluster, trial);
      mustBe(seconds < readySeconds, `ready after ${seconds.toFixed(0)} s`);
      const heading = await signInByNotes(cluster, notes);
      const before = await kept(cluster, trial.namespace);
      await signInByNotes(cluster, await upgradeEvaluation(cluster, trial));
      mustBe((await kept(cluster, trial.namespace)) === before, 'the upgrade changed a secret or a pod');
      await runHelm(cluster, ['test', 'gatehouse', '--namespace', trial.namespace]);
      await refusedBesideOthers(cluster);
      return `ready after ${seconds.toFixed(0)} s; signed in and sees "${heading}"; signed in after an upgrade`;
    } finally {
      await cluster.tryKubectl(['delete', 'namespace', trial.namespace, '--ignore-not-found']);
    }
  },
};

export const lastingEvaluationStep: Step = {
  name: 'evaluation mode over HTTPS, with a volume that outlives the pod of PostgreSQL',
  async run(cluster) {
    const lasting = await localPlan(cluster, 'lasting', { scheme: 'https', storage: '64Mi' });
    const place = ['--namespace', lasting.namespace];
    const postgres = 'deployment/evaluation-postgres';
    await makeVolume(cluster);
    try {
      const { notes, seconds } = await installEvaluation(cluster, lasting);
      await signInByNotes(cluster, notes);
      await cluster.kubectl(['rollout', 'restart', postgres, ...place]);
      await cluster.kubectl(['rollout', 'status', postgres, '--timeout=120s', ...place]);
      const heading = await signInByNotes(cluster, notes);
      return `ready after ${seconds.toFixed(0)} s; after a new pod the same password leads to "${heading}"`;
    } finally {
      await cluster.tryKubectl(['delete', 'namespace', lasting.namespace, '--ignore-not-found']);
      await cluster.tryKubectl(['delete', 'persistentvolume', 'lasting', '--ignore-not-found']);
    }
  },
};

/** The node makes no volumes by itself. */
async function makeVolume({ apply }: Cluster): Promise<void> {
  const folder = path.join(runFolder, 'volume');
  mkdirSync(folder, { recursive: true });
  // A folder of the node gets no group from the pod.
  chmodSync(folder, 0o777);
  const spec = {
    capacity: { storage: '64Mi' },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    hostPath: { path: folder },
  };
  await apply(
    JSON.stringify({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'lasting' }, spec }),
  );
}

/** The Secret, and the pods with what they have restarted. */
async function kept(cluster: Cluster, namespace: string): Promise<string> {
  const secret = await cluster.get<{ data: object }>('secret', 'evaluation', '--namespace', namespace);
  const pods = await podsLike(cluster, namespace, 'app.kubernetes.io/component notin (test)');
  const names = pods.map(({ metadata, status }) => [
    metadata.name,
    status.containerStatuses?.[0]?.restartCount,
  ]);
  return JSON.stringify([secret.data, names.sort()]);
}

async function refusedBesideOthers(cluster: Cluster): Promise<void> {
  const refusals = [
    [['install', 'another'], 'trial', 'the Secret evaluation there is not of this release'],
    [['install', 'another'], cluster.namespace, 'another installation is there'],
    [['upgrade', '--install', 'auth-api'], cluster.namespace, 'another installation is there'],
  ] as const;
  for (const [command, namespace, sentence] of refusals) {
    const { exitCode, stderr } = await tryEvaluation(cluster, command, await localPlan(cluster, namespace));
    mustBe(
      exitCode !== 0 && stderr.includes(sentence),
      `helm ${command.join(' ')} in ${namespace}: ${stderr}`,
    );
  }
}

export const oneReleaseStep: Step = {
  name: 'under load: three releases become one as printed, and three again',
  async run(cluster) {
    const place = ['--namespace', cluster.namespace];
    const before = await uidsOf(cluster);
    const podsBefore = await podNames(cluster);
    const figures = await underLoad(cluster, async () => {
      await cluster.shell.run(printed());
      await settled(cluster, ...services);
      mustBe((await releasesOf(cluster)) === 'gatehouse', `releases: ${await releasesOf(cluster)}`);
      await mustHave(cluster, before);
      const pods = await podNames(cluster);
      // Environment API gets the proxies, which it has not in its own values.
      for (const service of ['auth-api', 'auth-ui'] as const)
        mustBe(pods[service] === podsBefore[service], `pods of ${service} were replaced`);
      for (const service of services) {
        const whole = ['--values', `${service}.yaml`, '--take-ownership', '--wait', '--timeout', '5m'];
        await runHelm(cluster, ['upgrade', '--install', service, `charts/${service}`, ...place, ...whole]);
      }
      await cluster.kubectl([...place, 'delete', 'secret', '--selector', 'owner=helm,name=gatehouse']);
      const onlyThere = ['--selector', 'app.kubernetes.io/component=doctor'];
      await cluster.kubectl([...place, 'delete', 'networkpolicy', ...onlyThere]);
      await settled(cluster, ...services);
    });
    mustNotFail(figures, false);
    mustBe(
      (await releasesOf(cluster)) === 'auth-api auth-ui environment-api',
      'there are not three releases again',
    );
    await mustHave(cluster, before);
    return textOf(figures);
  },
};

/** The block of docs/guides/deployment.md that takes the objects over, with the file of values that it names. */
function printed(): string {
  const page = readFileSync(path.join(repository, 'docs/guides/deployment.md'), 'utf8');
  const blocks = blocksOf(page.split('\n### One release instead of three\n')[1] ?? '');
  const values = blocks.find(({ file }) => file === 'gatehouse.yaml')?.text;
  const take = blocks.find(({ text }) => text.includes('--take-ownership'))?.text;
  if (values === undefined || take === undefined)
    throw new Error('docs/guides/deployment.md prints other blocks');
  return `cat > gatehouse.yaml <<'END'\n${values}END\nhelm dependency build charts/gatehouse\n${take}`;
}

/** The same objects, whatever came beside them. */
async function mustHave(cluster: Cluster, before: readonly string[]): Promise<void> {
  const now = await uidsOf(cluster);
  const lost = before.filter((one) => !now.includes(one));
  mustBe(lost.length === 0, `removed or made anew: ${lost.join(', ')}`);
}

async function uidsOf({ get, namespace }: Cluster): Promise<string[]> {
  const { items } = await get<{ items: { metadata: { name: string; uid: string } }[] }>(
    ...['deployments,services,serviceaccounts,networkpolicies', '--namespace', namespace],
    ...['--selector', 'app.kubernetes.io/part-of=gatehouse'],
  );
  return items.map(({ metadata }) => `${metadata.name} ${metadata.uid}`);
}

async function podNames(cluster: Cluster): Promise<Record<string, string>> {
  const names = services.map(async (service) => {
    const pods = await podsOf(cluster, service);
    return [
      service,
      pods
        .map(({ metadata }) => metadata.name)
        .sort()
        .join(),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(names));
}

async function releasesOf({ helm, namespace }: Cluster): Promise<string> {
  const { stdout } = await helm(['list', '--short', '--namespace', namespace]);
  return stdout.trim().split('\n').sort().join(' ');
}
