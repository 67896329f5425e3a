/** An installation that its documents describe: a repository, a ConfigMap out of it, and a release whose Job applies it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@gatehouse/testing/network';
import { run } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { settled } from '../disturbances/pods.ts';
import { runFolder } from '../places.ts';
import { becomes } from '../step.ts';
import { type EvaluationPlan, installEvaluation, upgradeEvaluation } from '../umbrella/evaluation.ts';
import { localPlan } from '../umbrella/local-plan.ts';

export const namespace = 'documents';
export const owner = 'platform/git';

/** Secrets that the documents refer to; the first one is that of the Configuration Server's people. */
export const secrets = {
  'config-server-password': 'demo-service-password',
  'idp-secret': 'demo-secret-of-the-identity-provider',
  'desktop-secret': 'demo-secret-of-desktop',
};

const job = 'environment-api-configuration';
const folder = path.join(runFolder, 'estate');

export type Installation = Awaited<ReturnType<typeof installByDocuments>>;

/** From an empty namespace. The Job of the release applies the documents of the first commit. */
export async function installByDocuments(everywhere: Cluster) {
  const cluster: Cluster = { ...everywhere, namespace };
  const plan = await planOf(cluster, await firstCommit(), await freePort());
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'documents', namespace } };
  const objects = [{ ...secret, stringData: secrets }, configMap()];
  const { seconds } = await installEvaluation(cluster, { ...plan, objects });
  const publicUrl = `http://localhost:${plan.port}`;
  return {
    cluster,
    publicUrl,
    seconds,
    /** What the last run of the Job printed. */
    said: () => logOf(cluster, job),

    /** `helm upgrade` with the documents of a commit, as a pipeline does it. Resolves when the Job has done its work. */
    async apply(revision: string) {
      await cluster.apply(JSON.stringify(configMap()));
      await upgradeEvaluation(cluster, await planOf(cluster, revision, plan.port));
      await settled(cluster, 'environment-api');
      return logOf(cluster, job);
    },

    /** One run of the CronJob now. */
    async check() {
      const name = `check-${Date.now()}`;
      const place = ['--namespace', namespace];
      await cluster.kubectl(['create', 'job', name, `--from=cronjob/${job}-check`, ...place]);
      return { isSame: await endOf(cluster, name), said: await logOf(cluster, name) };
    },
  };
}

function planOf(cluster: Cluster, revision: string, port: number): Promise<EvaluationPlan> {
  const documents = { existingConfigMap: 'documents', secretRefs: ['documents'] };
  // The CronJob runs only when it is told to.
  const check = { schedule: '0 0 29 2 *' };
  const configuration = { ...documents, owner, revision, prune: true, check };
  return localPlan(cluster, namespace, { configuration, port });
}

/** Whether it succeeded. */
async function endOf({ get }: Cluster, name: string): Promise<boolean> {
  let isSame = false;
  await becomes(`the Job ${name} has ended`, async () => {
    const { status } = await get<{ status: { conditions?: { type: string; status: string }[] } }>(
      ...['job', name, '--namespace', namespace],
    );
    const ends = (status.conditions ?? []).filter((one) => one.status === 'True').map(({ type }) => type);
    isSame = ends.includes('Complete');
    return isSame || ends.includes('Failed');
  });
  return isSame;
}

const logOf = ({ kubectl }: Cluster, name: string) =>
  kubectl(['logs', '--namespace', namespace, `job/${name}`, '--tail=-1']);

function configMap() {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const data = Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'documents', namespace }, data };
}

async function firstCommit(): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(import.meta.dirname, 'estate'), folder, { recursive: true });
  await git('init', '--quiet');
  return commit('the estate');
}

/** @param work changes files of the folder that it gets. Returns the revision. */
export async function committed(subject: string, work: (folder: string) => void): Promise<string> {
  work(folder);
  return commit(subject);
}

async function commit(subject: string): Promise<string> {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', subject);
  return (await git('rev-parse', '--short', 'HEAD')).trim();
}

function git(...args: string[]): Promise<string> {
  const author = ['-c', 'user.name=Platform', '-c', 'user.email=platform@example.com'];
  return run('git', ['-C', folder, ...author, ...args]);
}
