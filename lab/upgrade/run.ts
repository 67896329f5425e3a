/** `npm run test:upgrade`: upgrades the release before to this tree under load, replica by replica, back and forth, and asks what that did. */
import { parseArgs } from 'node:util';
import { Skipped } from '../cluster/step.ts';
import { createFindings } from '../harness/findings.ts';
import { createHttp } from '../harness/http.ts';
import { isCalm, startLoad } from '../harness/load.ts';
import { createRecord } from '../harness/record.ts';
import { createLoad } from './calls.ts';
import { createChecks } from './checks.ts';
import { provide } from './estate.ts';
import { type Installation, startInstallation } from './installation.ts';
import { buildPreviousTree } from './previous-tree.ts';
import { printLoad } from './table.ts';
import { createVisits } from './visits.ts';

const usage = `Usage: npm run test:upgrade [-- options]

  --keep-logs     leave the folder with the logs of all replicas, and print its name
`;

/** Of a load of about eight requests a second. */
const leastAnswers = 8;

const { values } = parseArgs({ options: { 'keep-logs': { type: 'boolean' }, help: { type: 'boolean' } } });

if (values.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const tree = await buildPreviousTree().catch((error: unknown) => {
    if (!(error instanceof Skipped)) throw error;
    console.log(`Skipped: ${error.message}.`);
    return undefined;
  });
  if (tree === undefined) return 0;
  const installation = await startInstallation(tree, { keepsLogs: values['keep-logs'] === true });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void installation.close().finally(() => process.exit(130)));
  try {
    return (await upgrade(installation, tree)) ? 0 : 1;
  } finally {
    await installation.close();
  }
}

async function upgrade(installation: Installation, tree: string): Promise<boolean> {
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
