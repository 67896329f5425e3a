/** `npm run test:upgrade`: upgrades the release before to this tree under load, replica by replica, back and forth, and asks what that did. */
import { Skipped } from '../cluster/step.ts';
import { experiment } from '../harness/experiment.ts';
import { createFindings } from '../harness/findings.ts';
import { createHttp } from '../harness/http.ts';
import { isCalm, startLoad } from '../harness/load.ts';
import { createRecord, type Record as LoadRecord } from '../harness/record.ts';
import { createLoad } from './calls.ts';
import { createChecks } from './checks.ts';
import { provide } from './estate.ts';
import { type Installation, startInstallation } from './installation.ts';
import { buildPreviousTree } from './previous-tree.ts';
import { createVisits } from './visits.ts';

const usage = `Usage: npm run test:upgrade [-- options]

  --keep-logs     leave the folder with the logs of all replicas, and print its name
`;

/** Of a load of about eight requests a second. */
const leastAnswers = 8;

export const upgrade = experiment({
  usage,
  options: { 'keep-logs': { type: 'boolean' } },
  async run({ 'keep-logs': keepsLogs = false }, closers) {
    const tree = await buildPreviousTree().catch((error: unknown) => {
      if (!(error instanceof Skipped)) throw error;
      console.log(`Skipped: ${error.message}.`);
      return undefined;
    });
    if (tree === undefined) return true;
    return upgradeThere(await startInstallation(closers, tree, { keepsLogs }), tree);
  },
});

async function upgradeThere(installation: Installation, tree: string): Promise<boolean> {
  const { publicUrl, authApiUrl, directory, first, second } = installation;
  await provide(publicUrl, directory.port);
  const visits = createVisits(publicUrl);
  const side = {
    http: createHttp(publicUrl),
    addresses: { authApi: publicUrl, authUi: publicUrl, environmentApi: publicUrl },
  };
  const findings = createFindings();
  const checks = createChecks({ installation, visits, findings });
  await checks.prepare();
  const record = createRecord();
  const load = startLoad(createLoad({ side, authApiUrl, visits, directory }), record);
  const parts: boolean[] = [];
  const stage = async (title: string, work: () => Promise<unknown>) => {
    await work();
    parts.push(findings.print(title));
  };
  try {
    if (!(await isCalm(record, leastAnswers))) {
      printLoad(record);
      throw new Error('the release before does not answer the load even undisturbed');
    }
    await stage('The release before, on the migrated stores', async () => {
      await installation.migrate();
      await checks.releaseBefore(first.side, second.side);
    });
    await stage('N−1 beside N: the second replica is new', async () => {
      await second.replace(undefined);
      await checks.bothReleases(first.side, second.side);
    });
    await stage('All replicas are new', async () => {
      await first.replace(undefined);
      await checks.newRelease(first.side, second.side);
    });
    await stage('Rolled back: the first replica is of the release before again', async () => {
      await first.replace(tree);
      await checks.afterRollback(first.side, second.side);
    });
    await stage('Forward again: all replicas are new', async () => {
      await first.replace(undefined);
      await checks.atTheEnd(first.side, second.side);
    });
  } finally {
    await load.stop();
  }
  return printLoad(record) && parts.every(Boolean);
}

/** How each kind of request of the load was answered. Returns whether every one was answered as it must be. */
function printLoad({ sent }: LoadRecord): boolean {
  const kinds = Map.groupBy(sent, ({ kind }) => kind);
  const rows = [...kinds].map(([kind, requests]) => {
    const wrong = requests.filter(({ isRight }) => !isRight);
    const times = requests.map(({ startedMs, endedMs }) => endedMs - startedMs);
    return {
      kind,
      sent: requests.length,
      failed: wrong.length,
      why: [...new Set(wrong.map(({ status, error }) => error ?? String(status)))].join('; ').slice(0, 300),
      'slowest, ms': Math.round(Math.max(...times)),
    };
  });
  console.log('\nThe load');
  console.table(rows);
  return rows.every(({ failed }) => failed === 0);
}
