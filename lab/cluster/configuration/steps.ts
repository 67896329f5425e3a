/** Configuration as code: an installation from documents in a repository, and what happens to it afterwards. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Cluster } from '../cluster.ts';
import { podNamesOf, podsLike, processOf } from '../disturbances/pods.ts';
import { change } from '../disturbances/secrets.ts';
import { version } from '../places.ts';
import { seriesOf } from '../runbooks/metrics.ts';
import { becomes, mustBe, type Step } from '../step.ts';
import {
  committed,
  type Installation,
  installByDocuments,
  namespace,
  owner,
  secrets,
} from './installation.ts';
import {
  askedElsewhere,
  atConsole,
  changeSetting,
  getsTokens,
  openSettings,
  passwordPage,
} from './visits.ts';

let made: Installation | undefined;
function installation(): Installation {
  if (made === undefined) throw new Error('the installation by documents is not there');
  return made;
}

const step = (what: string, run: Step['run']): Step => ({ name: `configuration as code: ${what}`, run });

export const configurationSteps: Step[] = [
  step('an installation from nothing by documents alone', async (cluster) => {
    await makeCommandLineImage(cluster);
    made = await installByDocuments(cluster);
    mustSay(await made.said(), '8 created, 0 changed, 0 deleted, 0 as they are, 0 refused.');
    mustSay(await passwordPage(made), 'Acme North');
    mustBe(await getsTokens(made, secrets['desktop-secret']), 'the application is refused');
    const elsewhere = await askedElsewhere(made);
    mustBe(
      elsewhere.startsWith('https://idp.example.com/authorize?'),
      `a team lead is asked at ${elsewhere}`,
    );
    await mustBeSame(made);
    return `8 documents, ready after ${made.seconds.toFixed(0)} s: people of the environment get tokens at the client, the page has the branding, team leads go to the identity provider`;
  }),

  step('a change and a deletion by commit', async () => {
    const commit = await committed('a dark desktop, no wallboard', (folder) => {
      const file = path.join(folder, 'north.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('value: light', 'value: dark'));
      rmSync(path.join(folder, 'wallboard.yaml'));
    });
    mustSay(await installation().apply(commit), '0 created, 1 changed, 2 deleted, 5 as they are, 0 refused.');
    mustBe((await countClients('wallboard')) === 0, 'the deleted client is there');
    await mustBeSame(installation());
    return `${commit}: a setting changed, a client and a setting deleted`;
  }),

  step('drift by the console is shown and repaired', async () => {
    await atConsole(installation(), (tab) => changeSetting(tab, 'x-desktop-theme', 'pink'));
    const { isSame, said } = await installation().check();
    mustBe(!isSame, `the check sees nothing: ${said}`);
    mustSay(said, 'value: pink → dark');
    await becomes('the metric says 1', async () => (await drift()) === 1);
    const home = await atConsole(installation(), (tab) => textOf(tab.locator('main')));
    mustSay(home, owner);
    const commit = await committed('apply again', (folder) => writeFileSync(path.join(folder, 'README'), ''));
    mustSay(await installation().apply(commit), 'value: pink → dark');
    await mustBeSame(installation());
    await becomes('the metric says 0', async () => (await drift()) === 0);
    const value = await atConsole(installation(), async (tab) => {
      await openSettings(tab);
      return textOf(tab.locator('tr', { hasText: 'x-desktop-theme' }).first());
    });
    mustSay(value, 'dark');
    return 'the CronJob failed, the metric said 1 and Home named the owner; the next run of the Job put it back';
  }),

  step('the Job is killed in the middle, with the service, and runs again', async () => {
    const { cluster } = installation();
    const commit = await committed('many clients', (folder) =>
      writeFileSync(path.join(folder, 'many.yaml'), manyClients()),
    );
    const applied = installation().apply(commit);
    let written = 0;
    await becomes(
      'some of the clients are written',
      async () => {
        written = await countClients('many-%');
        return written > 0;
      },
      { everyMs: 50 },
    );
    const [pod] = await podsLike(cluster, namespace, 'job-name=environment-api-configuration');
    process.kill(await processOf(pod), 'SIGKILL');
    const [service = ''] = await podNamesOf(cluster, 'environment-api');
    await cluster.kubectl([
      'delete',
      'pod',
      service,
      '--namespace',
      namespace,
      '--force',
      '--grace-period=0',
    ]);
    const left = await countClients('many-%');
    mustBe(left < many, `all ${many} were written before the end: nothing was in the middle`);
    await applied;
    const pods = await podsLike(cluster, namespace, 'job-name=environment-api-configuration');
    mustBe(pods.length > 1, 'the Job was not tried again');
    mustBe((await countClients('many-%')) === many, `${await countClients('many-%')} clients are there`);
    await mustBeSame(installation());
    return `killed after ${written} to ${left} of ${many} clients; attempt ${pods.length} wrote the others`;
  }),

  step('a changed Secret is applied by the next run', async () => {
    const next = 'demo-secret-of-desktop-2';
    await change(installation().cluster, 'documents', { 'desktop-secret': next });
    const { isSame, said } = await installation().check();
    mustBe(!isSame, `the check sees nothing: ${said}`);
    mustSay(said, 'client_secret: [secret] → [secret]');
    const commit = await committed('run again', (folder) => rmSync(path.join(folder, 'README')));
    const applied = await installation().apply(commit);
    mustBe(![said, applied].join('').includes('demo-secret'), 'a secret is in the log of the Job');
    mustBe(await getsTokens(installation(), next), 'the new secret is refused');
    mustBe(!(await getsTokens(installation(), secrets['desktop-secret'])), 'the former secret counts');
    await mustBeSame(installation());
    return 'the check told it, the application gets tokens with the new secret and with no other, no log has it';
  }),

  step('the installation is removed', ({ kubectl }) =>
    kubectl(['delete', 'namespace', namespace, '--ignore-not-found']),
  ),
];

const many = 150;
/** Each has a secret, whose hash takes its time. */
function manyClients(): string {
  const documents = Array.from({ length: many }, (_, index) => ({
    apiVersion: 'gatehouse/v1',
    kind: 'Client',
    metadata: { name: `many-${index}` },
    spec: {
      name: `One of many ${index}`,
      authorizedGrantTypes: ['client_credentials'],
      client_secret: { secretRef: { kubernetes: { secret: 'documents', key: 'desktop-secret' } } },
      scope: ['calls:read'],
    },
  }));
  // JSON is YAML.
  return documents.map((document) => JSON.stringify(document)).join('\n---\n');
}

/** As deployment.md builds the other images. */
async function makeCommandLineImage({ shell }: Cluster): Promise<void> {
  const image = `registry.example.com/gatehouse/cli:${version}`;
  await shell.run(
    `docker build --file docker/Dockerfile --target cli --tag ${image} .\ndocker push ${image}`,
  );
}

async function countClients(like: string): Promise<number> {
  const statement = `SELECT count(*) FROM auth.clients WHERE client_id LIKE '${like}'`;
  const psql = ['psql', '--host=/tmp', '--username=postgres', '--no-align', '--tuples-only'];
  const inPod = ['exec', '--namespace', namespace, 'deployment/evaluation-postgres', '--', ...psql];
  return Number(await installation().cluster.kubectl([...inPod, `--command=${statement}`, 'gatehouse']));
}

async function drift(): Promise<number | undefined> {
  const { cluster } = installation();
  return (await seriesOf(cluster, 'environment-api', 'gatehouse_configuration_drift', { owner }))[0];
}

async function mustBeSame({ check }: Installation): Promise<void> {
  const { isSame, said } = await check();
  mustBe(isSame, `the check finds a difference:\n${said}`);
}

async function textOf(element: { textContent(): Promise<string | null> }): Promise<string> {
  return (await element.textContent()) ?? '';
}

function mustSay(said: string, what: string): void {
  mustBe(said.includes(what), `"${what}" is not in: ${said.slice(-1_500)}`);
}
