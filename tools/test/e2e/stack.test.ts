/** Uses `npm start` as a new user does, from the first screen to a machine that was switched off under it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { closeContexts, findChromium, sharedChromium } from '@gatehouse/testing/chromium';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCommand } from '../../../packages/cli/src/run-command.ts';
import { enterName, enterPassword, type Person, playgroundOf } from '../../stack/login-pages.ts';
import { accessibilityProblems } from './accessibility.ts';
import { startApplication } from './application.ts';
import { askEnvironment, askToken } from './calls.ts';
import { checkRelease } from './check-release.ts';
import {
  newStateFolder,
  processesNaming,
  type RunningStack,
  spawnStack,
  startStack,
  startTimeoutMs,
  stillRunning,
} from './running-stack.ts';

const run = promisify(execFile);
const chromium = findChromium();
let stateFolder: string;
let stack: RunningStack;

beforeAll(async () => {
  stateFolder = await newStateFolder();
  stack = await startStack(stateFolder);
}, startTimeoutMs);

afterAll(async () => {
  await stack?.end();
  rmSync(stateFolder, { recursive: true, force: true });
}, 60_000);

describe('the first start', () => {
  test('describes itself to scripts, and to nobody else', () => {
    const file = join(stateFolder, 'stack.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const service = { url: expect.stringMatching(/^http:/), managementUrl: expect.stringMatching(/^http:/) };
    const api = { ...service, internalUrl: expect.stringMatching(/^http:/) };
    expect(stack.description).toEqual({
      publicUrl: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      localUrl: stack.description.publicUrl,
      services: { 'auth-api': api, 'auth-ui': service, 'environment-api': api },
      ops: { username: 'ops', password: 'demo-ops-password' },
      clients: expect.arrayContaining([
        {
          client_id: 'playground',
          client_secret: expect.any(String),
          authorizedGrantTypes: ['authorization_code', 'refresh_token'],
          redirectURIs: [expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/)],
        },
      ]),
      users: expect.arrayContaining([{ username: 'agent', tenant: 'demo', password: 'demo-agent-password' }]),
      environmentId: expect.any(String),
      contactCenterId: expect.any(String),
      configServer: { host: '127.0.0.1', port: expect.any(Number) },
      postgresUrl: expect.stringMatching(/^postgres:/),
      redisUrl: expect.stringMatching(/^redis:/),
    });
    for (const name of ['stack/secrets.json', 'stack/logs/auth-api.log'])
      expect(statSync(join(stateFolder, name)).mode & 0o077).toBe(0);
  });

  test('prints calls that work as they are', async () => {
    const lines = stack.output().match(/^(curl |[A-Z_]+=\$\(curl ).*$/gm) ?? [];
    expect(lines).toHaveLength(7);
    const script = join(stateFolder, 'printed.sh');
    writeFileSync(script, `${lines.join('\n')}\necho "$ENVIRONMENT_ID" > '${stateFolder}/environment-id'\n`);
    const { stdout, stderr } = await run('bash', ['-eu', '-o', 'pipefail', script]);
    const answers = `${stdout}${stderr}`
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const [program, introspection, environment, contactCenter] = answers;
    expect(program).toMatchObject({ token_type: 'bearer', access_token: expect.any(String) });
    expect(introspection).toMatchObject({ active: true, aud: ['webrtc-clientid'], scope: 'calls:read' });
    expect(environment).toMatchObject({ status: { code: 0 }, data: { tenant: 'demo' } });
    expect(contactCenter).toMatchObject({ data: { environmentId: environment.data.id } });
    expect(answers[4].scope.split(' ')).toContain('contacts:write');
    expect(answers[5]).toMatchObject({ scope: 'calls:read', issued_token_type: expect.any(String) });
  });

  test('routes the documents of discovery and the pages on one host', async () => {
    const { publicUrl } = stack.description;
    const paths = [
      '/auth/v3/.well-known/openid-configuration',
      '/.well-known/openid-configuration/auth/v3',
      '/.well-known/oauth-authorization-server/auth/v3',
    ];
    for (const path of paths)
      expect(await (await fetch(publicUrl + path)).json()).toMatchObject({ issuer: `${publicUrl}/auth/v3` });
    expect((await fetch(`${publicUrl}/auth/sign-in.html`)).headers.get('content-type')).toMatch(/html/);
  });

  test('its front page leads to the playground, to the documentation and to its health', async () => {
    const page = await (await fetch(stack.description.publicUrl)).text();
    const playground = playgroundOf(stack.description.clients);
    expect(page).toContain(`href="${playground}"`);
    const [, documentation = ''] = /href="([^"]+README\.md)"/.exec(page) ?? [];
    const document = await (await fetch(documentation)).text();
    expect(document).toContain('<a href="docs/start/quickstarts/README.md">');
    expect((await fetch(new URL('docs/start/quickstarts/README.md#java', documentation))).status).toBe(200);
    expect((await fetch(new URL('package.json', documentation))).status).toBe(404);
    expect(await (await fetch(`${stack.description.publicUrl}/auth/health`)).json()).toEqual({
      status: 'pass',
    });
  });

  test('its playground refuses a callback that it did not begin, and forms of other sites', async () => {
    const playground = playgroundOf(stack.description.clients);
    const callback = await fetch(
      `${playground}/callback?code=x&state=y&error_description=words+of+a+stranger`,
    );
    expect(callback.status).toBe(400);
    expect(await callback.text()).not.toContain('stranger');
    const post = (origin: string) =>
      fetch(`${playground}/sign-out`, { method: 'POST', headers: { origin }, redirect: 'manual' });
    expect((await post('https://elsewhere.example')).status).toBe(403);
    expect((await post(playground)).status).toBe(303);
  });

  test('a second start in the same folder is refused, with the address of the first', async () => {
    const second = spawnStack(stateFolder);
    const [code] = await once(second.child, 'exit');
    expect(code).toBe(1);
    expect(second.messages()).toContain(`Gatehouse runs here already: ${stack.description.publicUrl}`);
  });
});

test.skipIf(!chromium)(
  'a person signs in with a real Chromium, exchanges, refreshes and signs out',
  async () => {
    const playground = playgroundOf(stack.description.clients);
    const [person] = stack.description.users;
    if (!person) throw new Error('there is no user');
    const browser = await sharedChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(playground);
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole('link', { name: 'Sign in' }).click();
      expect(page.url()).toMatch(`${stack.description.publicUrl}/auth/sign-in.html`);
      await enterName(page, person);
      await enterPassword(page, 'not-the-password');
      await page.waitForURL(/[?&]error/);
      await enterPassword(page, person.password);
      await page.waitForURL(`${playground}/`);

      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ada Agent');
      expect(await page.locator('.claims').textContent()).toContain(`${stack.description.publicUrl}/auth/v3`);
      const tokenOf = () => page.locator('.token .value').first().textContent();
      const firstToken = await tokenOf();
      await page.getByRole('button', { name: /^Exchange/ }).click();
      expect(await page.locator('.comparison').textContent()).toContain('webrtc-clientid');
      expect(await page.locator('.comparison del').allTextContents()).toContain('contacts:write');
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.getByRole('button', { name: /^Refresh/ }).click();
      expect(await page.locator('.notice').textContent()).toContain('New tokens are here');
      expect(await tokenOf()).not.toBe(firstToken);
      await page.getByRole('button', { name: /^Read UserInfo/ }).click();
      expect(await page.locator('.notice').textContent()).toContain('UserInfo was read again');

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${playground}/`);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.waitForURL(/sign-in\.html/);
      expect(problems).toEqual([]);
    } finally {
      await closeContexts(browser);
    }
  },
  90_000,
);

test.skipIf(!chromium)(
  'an application that needs consent gets its answer by form, and hears by both channels when its user signs out',
  async () => {
    const { publicUrl, users } = stack.description;
    const application = await startApplication(stack.description);
    const browser = await sharedChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await page.goto(application.authorizeUrl({ response_mode: 'form_post', scope: 'openid email' }));
      await enterName(page, users[0] as Person);
      await enterPassword(page, (users[0] as Person).password);
      await page.waitForURL(/consent\.html/);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Allow Trial application?');
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.waitForURL(`${application.origin}/callback`);
      const tokens = await application.redeem();
      const { sub, sid } = decodeJwt(tokens.id_token);

      // From another site, as applications do: the session must survive it.
      await application.postFrom(
        page,
        `${publicUrl}/auth/v3/oauth/authorize`,
        application.request({ prompt: 'none' }),
      );
      await page.waitForURL(/callback\?code=/);
      await application.postFrom(page, `${publicUrl}/auth/v3/oauth/logout`, {
        id_token_hint: tokens.id_token,
        post_logout_redirect_uri: `${application.origin}/bye`,
        state: 'over',
      });
      await page.waitForURL(`${application.origin}/bye?state=over`);

      expect(application.framed()).toEqual([
        `?${new URLSearchParams({ iss: `${publicUrl}/auth/v3`, sid: String(sid) })}`,
      ]);
      const told = await vi.waitUntil(() => application.told()[0], { timeout: 10_000, interval: 20 });
      expect(decodeJwt(told)).toMatchObject({ sub, sid, aud: application.clientId });
      await page.goto(application.authorizeUrl({ prompt: 'none' }));
      expect(page.url()).toContain('error=login_required');
      expect(problems).toEqual([]);
    } finally {
      await closeContexts(browser);
      application.close();
    }
  },
  90_000,
);

describe('check-release, which `helm test` runs beside an installed service', () => {
  const services = ['auth-api', 'environment-api', 'auth-ui'] as const;

  test('says that each service works', async () => {
    const reports = services.map(async (name) => {
      const { url, managementUrl } = stack.description.services[name];
      const { code, lines } = await checkRelease(stack, name, url, managementUrl);
      return [code, lines.at(-1)];
    });
    expect(await Promise.all(reports)).toEqual(services.map((name) => [0, `${name} works.`]));
  });

  test('says in its last line what does not work', async () => {
    const {
      'auth-api': authApi,
      'auth-ui': authUi,
      'environment-api': environmentApi,
    } = stack.description.services;
    const other = { GATEHOUSE_SERVICE_CLIENT_SECRET: 'of-another-installation' };
    const reports = await Promise.all([
      // Another server at the address of the API: it answers, with 404.
      checkRelease(stack, 'auth-api', authApi.managementUrl, authApi.managementUrl),
      checkRelease(stack, 'auth-ui', authUi.managementUrl, authUi.managementUrl),
      checkRelease(stack, 'environment-api', environmentApi.url, environmentApi.managementUrl, other),
    ]);
    expect(reports.map(({ code }) => code)).toEqual([1, 1, 1]);
    const [noDocument, noPage, noToken] = reports.map(({ lines }) => lines.at(-1));
    expect(noDocument).toMatch(/^auth-api does not work: the discovery document \(.*\) answered 404/);
    expect(noPage).toMatch(/^auth-ui does not work: the front page \(.*\) answered 404/);
    expect(noToken).toMatch(/^environment-api does not work: a token .* answered 401 .*invalid_client/);
  });
});

test('gatehouse doctor --installation finds everything well, and a replica of each service', async () => {
  const { publicUrl, ops, users } = stack.description;
  const [user] = users;
  const { out, error, exitCode } = await runCommand(['doctor', '--installation'], {
    env: {
      GATEHOUSE_URL: publicUrl,
      GATEHOUSE_USERNAME: ops.username,
      GATEHOUSE_PASSWORD: ops.password,
      GATEHOUSE_SIGN_IN_USERNAME: `${user?.tenant}\\${user?.username}`,
      GATEHOUSE_SIGN_IN_PASSWORD: user?.password ?? '',
    },
  });
  expect([error, exitCode, out.match(/^ +[!✗].*/gm)]).toEqual(['', 0, null]);
  expect(out).toMatch(/auth-api 1 × \S+, auth-ui 1 × \S+, environment-api 1 × \S+\./);
  expect(out).toMatch(/✓ sign-in /);
});

describe('an outage under the running stack', () => {
  /** Kills the server and follows the answers until it is back. */
  async function outage(name: string, ask: () => Promise<Response>) {
    expect((await ask()).status).toBe(200);
    process.kill(stack.process(name).pid, 'SIGKILL');
    const refused = await vi.waitUntil(
      async () => {
        const response = await ask();
        return response.status === 200 ? undefined : response;
      },
      { timeout: 10_000, interval: 10 },
    );
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await vi.waitUntil(async () => (await ask()).status === 200, { timeout: 40_000, interval: 100 });
    expect(stack.messages()).toContain(`${name} ended by itself (SIGKILL); it is started again.`);
  }

  test('Redis gone: 503 with Retry-After, then tokens again without a restart', async () => {
    const before = stack.process('auth-api');
    await outage('redis', () => askToken(stack.description));
    expect(stack.process('auth-api')).toEqual(before);
  }, 60_000);

  test('PostgreSQL gone: 503 with Retry-After, then data again without a restart', async () => {
    const before = stack.process('environment-api');
    await outage('postgres', () => askEnvironment(stack.description));
    expect(stack.process('environment-api')).toEqual(before);
  }, 60_000);

  test('a killed service is started again; until then the public host says 503', async () => {
    const before = stack.process('auth-api');
    await outage('auth-api', () => askToken(stack.description));
    expect(stack.process('auth-api').pid).not.toBe(before.pid);
  }, 60_000);
});

describe('the end', () => {
  test(
    'a stack that is killed takes its processes along, and the next start keeps the data',
    async () => {
      const processes = stack.processes();
      expect(processes.map(({ name }) => name).sort()).toEqual([
        'auth-api',
        'auth-ui',
        'config-server-simulator',
        'environment-api',
        'postgres',
        'redis',
      ]);
      const { data } = (await (await askEnvironment(stack.description)).json()) as {
        data: { createdAt: string };
      };
      await stack.killStack();
      await vi.waitUntil(() => stillRunning(processes).length === 0, { timeout: 15_000 });
      stack = await startStack(stateFolder, '--quiet');
      expect(await (await askEnvironment(stack.description)).json()).toMatchObject({
        data: { createdAt: data.createdAt },
      });
      expect((await askToken(stack.description)).status).toBe(200);
      expect(stack.output().trim().split('\n')).toEqual([
        expect.stringContaining(`Gatehouse is ready: ${stack.description.publicUrl}`),
      ]);
    },
    startTimeoutMs,
  );

  test('Ctrl-C leaves no process and no stack.json', async () => {
    const processes = stack.processes();
    expect(await stack.pressCtrlC()).toBe(0);
    expect(stillRunning(processes)).toEqual([]);
    expect(processesNaming(stateFolder)).toEqual([]);
    expect(existsSync(join(stateFolder, 'stack.json'))).toBe(false);
    expect(existsSync(join(stateFolder, 'stack.lock'))).toBe(false);
  }, 60_000);
});
