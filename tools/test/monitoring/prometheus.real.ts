/** Alert rules tried by promtool, and every question of the dashboard and the rules put to a real Prometheus that scraped the running trio. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { freePort } from '@gatehouse/testing/network';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { dashboardRows } from '../../generate/dashboard.ts';
import { askEnvironment, askToken } from '../e2e/calls.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from '../e2e/running-stack.ts';

const run = promisify(execFile);
const charts = fileURLToPath(new URL('../../../charts', import.meta.url));
const services = ['auth-api', 'environment-api', 'auth-ui'] as const;
const isMissing = spawnSync('promtool', ['--version']).error !== undefined;

interface RuleFile {
  groups: {
    rules: { record?: string; alert?: string; expr: string; annotations?: { runbook?: string } }[];
  }[];
}

const rulesOf = (service: string) =>
  (parse(readFileSync(join(charts, service, 'monitoring/rules.yaml'), 'utf8')) as RuleFile).groups.flatMap(
    ({ rules }) => rules,
  );

describe.skipIf(isMissing)('alert rules', () => {
  recordForeignSoftware('Prometheus', 'gives it metrics, alert rules and the queries of the dashboard', () =>
    printedVersion('prometheus', '--version'),
  );
  test.each(services)(
    'of %s are understood by Prometheus and fire for what they are about',
    async (service) => {
      await run('promtool', ['check', 'rules', join(charts, service, 'monitoring/rules.yaml')]);
      await run('promtool', ['test', 'rules', join(charts, 'test/monitoring', `${service}.yaml`)]);
    },
  );

  test.each(services)('of %s are tried each, and each has its page among the runbooks', (service) => {
    const tried = readFileSync(join(charts, 'test/monitoring', `${service}.yaml`), 'utf8');
    const runbooks = readFileSync(join(charts, '../docs/guides/runbooks.md'), 'utf8');
    const anchors = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    );
    for (const { record } of rulesOf(service).filter((rule) => rule.record !== undefined))
      expect(tried).toContain(`expr: round(1000 * ${record})\n`);
    for (const { alert, annotations } of rulesOf(service).filter((rule) => rule.alert !== undefined)) {
      expect(tried).toContain(`alertname: ${alert}\n`);
      expect(anchors).toContain(annotations?.runbook?.split('#')[1]);
    }
  });
});

describe.skipIf(isMissing)('a real Prometheus', () => {
  let stack: RunningStack;
  let stateFolder: string;
  let folder: string;
  let prometheus: ChildProcess;
  let url: string;

  beforeAll(async () => {
    [stateFolder, folder] = await Promise.all([newStateFolder(), temporaryFolder()]);
    stack = await startStack(stateFolder);
    const jobs = services.map((service) => ({
      job_name: service,
      static_configs: [{ targets: [new URL(stack.description.services[service].managementUrl).host] }],
    }));
    const file = join(folder, 'prometheus.json');
    const rule_files = services.map((service) => join(charts, service, 'monitoring/rules.yaml'));
    const global = { scrape_interval: '1s', evaluation_interval: '1s' };
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ global, rule_files, scrape_configs: jobs }));
    url = `http://127.0.0.1:${await freePort()}`;
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${new URL(url).host}`,
      ],
      { stdio: 'ignore' },
    );
    await vi.waitUntil(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok, 30_000);
  }, startTimeoutMs + 60_000);

  afterAll(async () => {
    if (prometheus) {
      const exited = once(prometheus, 'exit');
      prometheus.kill();
      await exited;
    }
    await stack?.end();
    await Promise.all([stateFolder, folder].map((path) => rm(path, { recursive: true, force: true })));
  }, 60_000);

  const ask = async (expression: string) => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    const answer = (await response.json()) as { data?: { result: unknown[] }; error?: string };
    if (answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  };

  /** A user signs in with a password, a client gets a token, an installer reads an environment. */
  async function load() {
    const { publicUrl, clients, users } = stack.description;
    const [user] = users;
    const client = clients.find(({ authorizedGrantTypes }) => authorizedGrantTypes.includes('password'));
    if (!client || !user) throw new Error('the demo has no client or user for the password grant');
    const form = {
      grant_type: 'password',
      username: user.username,
      password: user.password,
      tenant: user.tenant,
    };
    await fetch(`${publicUrl}/auth/v3/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`,
      },
      body: new URLSearchParams(form),
    });
    await Promise.all([
      askToken(stack.description),
      askEnvironment(stack.description),
      fetch(`${publicUrl}/auth/sign-in.html`),
    ]);
  }

  const exposed = async (service: (typeof services)[number]) =>
    (await fetch(`${stack.description.services[service].managementUrl}/metrics`)).text();

  test('finds nothing wrong with the exposition of any service, read under load', async () => {
    await load();
    const loads = Array.from({ length: 20 }, load);
    for (const service of services) {
      const text = await exposed(service);
      const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      // 3: lint about names. Those that operators have known for years stay as they are.
      const complaints = stderr
        .split('\n')
        .filter((line) => line !== '' && !/^(auth_|gws_|jetty_|api_|psdk_)/.test(line));
      expect(complaints.filter((line) => !/nodejs_|process_/.test(line))).toEqual([]);
      expect([0, 3]).toContain(status);
    }
    await Promise.all(loads);
  });

  test('keeps no more series for all the addresses that a stranger makes up', async () => {
    const seriesOf = async (service: (typeof services)[number]) =>
      (await exposed(service))
        .split('\n')
        .map((line) => line.replace(/ \S+$/, ''))
        .filter((line) => line.startsWith('http_') || line.startsWith('gatehouse_'));
    for (const service of services) {
      const { url: address } = stack.description.services[service];
      const pester = (count: number) =>
        Promise.all(
          Array.from({ length: count }, async (_, index) => {
            const answer = await fetch(`${address}/auth/${Math.random()}?${Math.random()}`, {
              method: ['GET', 'PUT', 'PROPFIND'][index % 3] as string,
              headers: { authorization: `Bearer ${Math.random()}`, origin: `https://${Math.random()}.test` },
            });
            await answer.body?.cancel();
          }),
        );
      await pester(9);
      const before = await seriesOf(service);
      await pester(300);
      expect(await seriesOf(service)).toEqual(before);
    }
  });

  test('has an answer to every question of the dashboard', async () => {
    const questions = dashboardRows
      .flatMap((row) => row.questions)
      .flatMap(({ lines }) => Object.values(lines));
    // Without an Elasticsearch or a second destination nothing waits for one: those series are not there.
    const asked = questions.filter((expression) => !/unshipped|unforwarded/.test(expression));
    await vi.waitFor(
      async () => {
        await load();
        const empty = (
          await Promise.all(asked.map(async (one) => ((await ask(one)).length > 0 ? [] : [one])))
        ).flat();
        expect(empty).toEqual([]);
      },
      { timeout: 60_000, interval: 1000 },
    );
  }, 90_000);

  test('knows every metric that an alert rule or a record reads, and none of the alerts fires', async () => {
    const optional =
      /audit_(unshipped|unforward(?:ed|able)|set_aside)|configuration_drift|sso_(certificate|sign_ins)/;
    const names = new Set(
      services
        .flatMap(rulesOf)
        .flatMap(({ expr }) => expr.match(/\b(?:gatehouse_|auth_|http_|nodejs_)[a-z0-9_]+|\bup\b/g) ?? [])
        .filter((name) => !optional.test(name)),
    );
    for (const name of names) expect(await ask(`{__name__="${name}"}`), name).not.toEqual([]);
    expect(await ask('ALERTS{alertstate="firing"}')).toEqual([]);
  });
});
