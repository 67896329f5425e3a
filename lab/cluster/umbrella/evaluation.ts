/** Installs evaluation mode of the chart of the whole installation into an empty namespace, and signs its first administrator in. */
import { spawn } from 'node:child_process';
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import { run, until } from '../../../tools/programs/execute.ts';
import type { Cluster } from '../cluster.ts';
import { Skipped } from '../step.ts';

export interface EvaluationPlan {
  /** As helm takes it: a folder, an archive or `oci://…`. */
  chart: string;
  /** Further arguments of helm, such as `--version` and `--plain-http` of a registry. */
  args?: readonly string[];
  /** Over those of the chart, such as other images. */
  values?: object;
  namespace: string;
  /** Of the namespace, made before the release: what its values name. */
  objects?: readonly object[];
  /** Of this machine and free, where the browser finds it: the public address is localhost with it. */
  port: number;
}

export interface Evaluation {
  /** The output of helm, with the notes. */
  notes: string;
  /** From the call of helm to its return: all pods are ready and the administrator is there. */
  seconds: number;
}

/**
 * `helm install` with `evaluation.enabled` into a new namespace of the restricted Pod Security Standard.
 * The images of the services and of the stores must be in the node, or in a registry that it reaches.
 * @throws Error with all that helm said
 */
export async function installEvaluation(cluster: Cluster, plan: EvaluationPlan): Promise<Evaluation> {
  const { namespace } = plan;
  await cluster.kubectl(['create', 'namespace', namespace]);
  const level = 'pod-security.kubernetes.io/enforce=restricted';
  await cluster.kubectl(['label', 'namespace', namespace, level]);
  for (const object of plan.objects ?? []) await cluster.apply(JSON.stringify(object));
  const startMs = performance.now();
  const notes = await helmEvaluation(cluster, 'install', plan);
  return { notes, seconds: (performance.now() - startMs) / 1000 };
}

/** `helm upgrade` of what `installEvaluation` installed, with the same plan. Returns what helm printed. */
export function upgradeEvaluation(cluster: Cluster, plan: EvaluationPlan): Promise<string> {
  return helmEvaluation(cluster, 'upgrade', plan);
}

async function helmEvaluation(cluster: Cluster, command: string, plan: EvaluationPlan): Promise<string> {
  const { exitCode, stdout, stderr } = await tryEvaluation(cluster, [command, 'gatehouse'], plan);
  if (exitCode !== 0) throw new Error(`helm ${command} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** The answer of helm, also where it refuses. */
export function tryEvaluation(cluster: Cluster, command: readonly string[], plan: EvaluationPlan) {
  const { chart, namespace, port, args = [], values = {} } = plan;
  const place = ['--namespace', namespace, '--wait', '--timeout', '5m'];
  const all = { 'global.publicUrl': `http://localhost:${port}`, ...values, 'evaluation.enabled': true };
  const settings = Object.entries(all).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const given = settings.flatMap((setting) => ['--set-json', setting]);
  return cluster.helm([...command, chart, ...args, ...place, ...given]);
}

/** Runs both commands of the notes as they are printed, and signs in at the address that they print. Returns who the console says is there. */
export async function signInByNotes(cluster: Cluster, notes: string): Promise<string> {
  const chromium = findChromium();
  if (chromium === undefined) throw new Skipped('no Chromium');
  const line = (pattern: RegExp) => pattern.exec(notes)?.[1] ?? `false # the notes print no ${pattern}`;
  const forward = line(/^ *(kubectl .* port-forward .*)$/m);
  const { environment } = cluster;
  const password = await run('bash', ['-c', line(/^ *(kubectl .*administrator-password.*)$/m)], {
    env: environment,
  });
  const address = line(/(http\S+\/auth\/console) and sign in/);
  const [, user = '', tenant = ''] = /sign in as (\w+), tenant (\w+)/.exec(notes) ?? [];
  const tunnel = spawn('bash', ['-c', `exec ${forward}`], { env: environment, stdio: 'ignore' });
  const browser = await launchChromium(chromium);
  try {
    // Over HTTPS the certificate was made with the release.
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const tab = await context.newPage();
    await until('the forwarded port answers', () => tab.goto(address).catch(() => undefined));
    await tab.locator('input[name=username]').fill(user);
    await tab.locator('input[name=tenant]').fill(tenant);
    await tab.locator('input[name=tenant]').press('Enter');
    await tab.locator('input[name=password]').fill(password);
    await tab.locator('input[name=password]').press('Enter');
    await tab.waitForURL(`${new URL(address).origin}/auth/console**`);
    return (await tab.locator('h1').first().textContent()) ?? '';
  } finally {
    await browser.close();
    tunnel.kill();
  }
}
