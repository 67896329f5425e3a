/** `npm run test:cluster`: installs Gatehouse into a real Kubernetes as its documentation says, tries it, and prints one table. */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { takeLock } from '../../tools/bootstrap/pid-lock.mjs';
import { interruption } from '../../tools/programs/execute.ts';
import { experiment } from '../harness/experiment.ts';
import { printTable } from '../harness/table.ts';
import { createCluster } from './cluster.ts';
import { useOwnStore } from './images/podman.ts';
import { whatIsMissing } from './needs.ts';
import { takeDown } from './node/down.ts';
import { clusterFolder, kubeconfigFile } from './places.ts';
import { runbookSteps } from './runbooks/steps.ts';
import { columns, type Row, Skipped, type Step, tableIn } from './step.ts';
import { stepsOf } from './steps.ts';
import { copyTree } from './workplace.ts';

const usage = `Usage: npm run test:cluster [-- options]

  --only TEXT       only steps whose name contains it and those they need; may be repeated
  --keep            leave the cluster up at the end; the next run takes it down
  --again           use the cluster that stayed up, with the charts as they are now: only steps that nothing builds on, but Consul's
  --runbooks        with --again: the incidents of docs/guides/runbooks.md instead of these steps
  --side-by-side M  in the upgrade gate pods of two releases serve together for M minutes; 10 by default
  --markdown FILE   write the table there too, and below it the tables of steps that have one
  --list            name the steps and end
`;

interface Choice {
  only: readonly string[];
  keep?: boolean;
  again?: boolean;
  markdown?: string;
  steps: readonly Step[];
}

export const installed = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: [''] },
    keep: { type: 'boolean' },
    again: { type: 'boolean' },
    runbooks: { type: 'boolean' },
    'side-by-side': { type: 'string', default: '10' },
    markdown: { type: 'string' },
    list: { type: 'boolean' },
  },
  endsItself: true,
  async run({ runbooks, list, 'side-by-side': minutes, ...values }) {
    const sideBySideMs = Number(minutes) * 60_000;
    if (!(sideBySideMs > 0)) {
      console.error(`--side-by-side takes a number of minutes above 0, not "${minutes}"`);
      return false;
    }
    const steps = runbooks ? runbookSteps : stepsOf({ sideBySideMs });
    if (list) for (const { name } of steps) console.log(name);
    return list === true || (await withMachine({ ...values, steps }));
  },
});

/** Runs the steps on a cluster of this checkout, one run at a time, and prints their table. */
export async function withMachine(choice: Choice): Promise<boolean> {
  const missing = whatIsMissing();
  if (missing.length > 0) {
    console.error(`No cluster can be started here:\n${missing.map((one) => `  - ${one}`).join('\n')}`);
    return false;
  }
  mkdirSync(clusterFolder, { recursive: true });
  const taken = takeLock(path.join(clusterFolder, 'run.lock'));
  if ('holder' in taken) {
    console.error(`Process ${taken.holder.pid} runs the cluster of this checkout.`);
    return false;
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => interruption.abort());
  process.once('disconnect', () => interruption.abort());
  process.channel?.unref();
  try {
    if (!choice.again) await takeDown();
    return await runSteps(choice);
  } finally {
    taken.lock.release();
  }
}

async function runSteps({ only, keep = false, again = false, markdown, steps }: Choice): Promise<boolean> {
  useOwnStore();
  const cluster = createCluster();
  const rows: Row[] = [];
  const beganMs = performance.now();
  const chosen = steps.filter(({ name, isNeeded = false }) =>
    isNeeded ? !again : only.some((text) => name.includes(text)),
  );
  try {
    if (again) await copyTree();
    if (again) await cluster.prepareShell();
    for (const step of chosen) {
      const isLost =
        interruption.signal.aborted ||
        rows.some(({ outcome, name }) => outcome === 'wrong' && isNeeded(name));
      rows.push(
        isLost ? { name: step.name, seconds: 0, outcome: 'not run', figures: '' } : await runStep(step),
      );
    }
  } finally {
    cluster.close();
    const isKept = keep && !interruption.signal.aborted;
    if (isKept) console.log(`The cluster stays up: export KUBECONFIG=${kubeconfigFile}`);
    else rows.push(await runStep({ name: 'take everything down', run: () => takeDown().then(() => '') }));
  }
  printTable(columns, rows, markdown);
  if (markdown !== undefined) appendFileSync(markdown, rows.map(tableIn).join(''));
  console.log(`\n${((performance.now() - beganMs) / 60_000).toFixed(1)} minutes in all`);
  return rows.every(({ outcome }) => outcome === 'right' || outcome === 'skipped');

  function isNeeded(name: string): boolean {
    return chosen.some((step) => step.name === name && step.isNeeded === true);
  }

  async function runStep({ name, run }: Step): Promise<Row> {
    console.log(`… ${name}`);
    const startMs = performance.now();
    const end = (outcome: Row['outcome'], figures: string): Row => {
      const seconds = (performance.now() - startMs) / 1000;
      console.log(`  ${outcome} after ${seconds.toFixed(1)} s  ${figures}`);
      return { name, seconds, outcome, figures };
    };
    try {
      return end('right', await run(cluster));
    } catch (error) {
      if (error instanceof Skipped) return end('skipped', error.message);
      return end('wrong', (error as Error).message);
    }
  }
}
