/** The stack over https, with the authority that it makes itself, without the compat profile, and with people who have second factors. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enterCode, enterName, enterPassword, type Person, playgroundOf } from '../../stack/login-pages.ts';
import { repositoryFolder } from '../../stack/processes/node-program.ts';
import type { FactorUser } from '../../stack/provisioning/second-factor.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from './running-stack.ts';

const chromium = findChromium();
let stateFolder: string;
let stack: RunningStack;

beforeAll(async () => {
  stateFolder = await newStateFolder();
  stack = await startStack(stateFolder, '--tls', '--compat', 'off', '--second-factor');
}, startTimeoutMs);

afterAll(async () => {
  await stack?.end();
  rmSync(stateFolder, { recursive: true, force: true });
}, 60_000);

test('prints the authority, and calls that work as they are', async () => {
  const { caFile = '', publicUrl } = stack.description;
  expect(publicUrl).toMatch(/^https:\/\/localhost:\d+$/);
  expect(caFile.startsWith(stateFolder)).toBe(true);
  expect(stack.output()).toContain(caFile);
  const [token = ''] = stack.output().match(/^curl --cacert .*client_credentials$/m) ?? [];
  const { stdout } = await promisify(execFile)('sh', ['-c', token]);
  // 256 bits, where the compat profile gives a UUID.
  expect(JSON.parse(stdout).access_token).toMatch(/^[\w-]{43}$/);
});

test('its certificate convinces those who trust the authority, and nobody else', async () => {
  const { caFile = '', publicUrl } = stack.description;
  const port = Number(new URL(publicUrl).port);
  const handshake = (host: string, ca: string | undefined) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host, port, servername: host === 'localhost' ? host : '', ca }, () => {
        resolve('accepted');
        socket.destroy();
      });
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
    });
  const ca = readFileSync(caFile, 'utf8');
  for (const host of ['localhost', '127.0.0.1']) expect(await handshake(host, ca), host).toBe('accepted');
  expect(await handshake('127.0.0.1', undefined)).toMatch(/CERT|LEAF/);
});

test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused', async (version) => {
  const { publicUrl } = stack.description;
  const port = Number(new URL(publicUrl).port);
  const outcome = await new Promise<string>((resolve) => {
    // Level 0, or this side would not even offer it.
    const old = { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' };
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...old }, () => {
      resolve('accepted');
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
  });
  expect(outcome).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
});

test.skipIf(!chromium)(
  'a person signs in and out over https',
  async () => {
    const { publicUrl, users, clients } = stack.description;
    const playground = playgroundOf(clients);
    const [person] = users as [Person];
    const browser = await launchChromium(chromium as string);
    try {
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(publicUrl);
      await page.getByRole('link', { name: 'Try it in the playground' }).click();
      await page.getByRole('link', { name: 'Sign in' }).click();
      expect(page.url()).toMatch(`${publicUrl}/auth/sign-in.html`);
      await enterName(page, person);
      await enterPassword(page, person.password);
      await page.waitForURL(`${playground}/`);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Ada Agent');
      // Cookies know no port: those of the playground are sent here, too.
      const cookies = (await context.cookies(publicUrl)).filter(({ name }) => name.includes('gatehouse'));
      expect(cookies.length).toBeGreaterThan(1);
      for (const { name, secure, httpOnly, sameSite, path } of cookies) {
        expect(name).toMatch(/^__Host-/);
        expect({ secure, httpOnly, sameSite, path }, name).toEqual({
          secure: true,
          httpOnly: true,
          sameSite: 'Lax',
          path: '/',
        });
      }
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${playground}/`);
    } finally {
      await browser.close();
    }
  },
  90_000,
);

test('prints the secrets of the people who have an app for codes, and a command that prints their codes', async () => {
  const { users, secondFactorUsers = [] } = stack.description;
  expect(users.map(({ tenant }) => tenant)).toEqual(['demo', 'demo', 'demo']);
  expect(secondFactorUsers.map(({ username, app }) => [username, app !== undefined])).toEqual([
    ['agent', true],
    ['supervisor', true],
    ['newcomer', false],
  ]);
  for (const { username, password, tenant, app } of secondFactorUsers) {
    const said = app?.secret ?? 'none yet: the sign-in asks to set one up';
    expect(stack.output()).toMatch(new RegExp(`${username} +${password} +${tenant} +${said}\\n`));
  }
  const [line = ''] = stack.output().match(/^npm run demo:code -- .*$/m) ?? [];
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: repositoryFolder });
  expect(stdout).toMatch(/^agent +\d{6} +for \d+ more seconds\nsupervisor +\d{6} /m);
});

test.skipIf(!chromium)(
  'whoever has an app gives a code at a sign-in, and a newcomer has time to set one up',
  async () => {
    const { clients, secondFactorUsers = [] } = stack.description;
    const [, supervisor, newcomer] = secondFactorUsers as [FactorUser, FactorUser, FactorUser];
    const playground = playgroundOf(clients);
    const browser = await launchChromium(chromium as string);
    const signIn = async (person: FactorUser) => {
      const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
      await page.goto(`${playground}/sign-in`);
      await enterName(page, person);
      await enterPassword(page, person.password);
      return page;
    };
    try {
      const page = await signIn(supervisor);
      await page.waitForURL(/second-step\.html/);
      await enterCode(page, supervisor.app as Required<FactorUser>['app']);
      await page.waitForURL(`${playground}/`);
      const waiting = await signIn(newcomer);
      await waiting.waitForURL(/second-step\.html/);
      expect(await waiting.locator('main').textContent()).toMatch(/36[45] days/);
    } finally {
      await browser.close();
    }
  },
  90_000,
);
