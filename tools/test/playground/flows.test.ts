/** What the playground shows of each flow, and that each call can be copied: every printed form is run as printed. */
import { rmSync } from 'node:fs';
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessibilityProblems } from '../e2e/accessibility.ts';
import { enterName, enterPassword, type Person, playgroundOf } from '../e2e/login.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from '../e2e/running-stack.ts';
import { createPrinted, type Printed, readCalls } from './printed.ts';

const chromium = findChromium();
let stateFolder: string;
let stack: RunningStack;
let browser: Browser;
let printed: Printed;
let playground: string;
let agent: Person;
let context: BrowserContext;
let page: Page;

describe.skipIf(!chromium)('the flows of the playground', () => {
  beforeAll(async () => {
    stateFolder = await newStateFolder();
    [stack, browser, printed] = await Promise.all([
      startStack(stateFolder, '--quiet'),
      launchChromium(chromium as string),
      createPrinted(),
    ]);
    playground = playgroundOf(stack.description.clients);
    [agent] = stack.description.users as [Person];
  }, startTimeoutMs);

  afterAll(async () => {
    await browser?.close();
    await stack?.end();
    rmSync(stateFolder, { recursive: true, force: true });
  }, 60_000);

  beforeEach(async () => {
    // Nothing asks by itself, and every form works without a script.
    context = await browser.newContext({ javaScriptEnabled: false });
    page = await context.newPage();
  });

  afterEach(() => context.close());

  async function signIn(on: Page): Promise<void> {
    await enterName(on, agent);
    await enterPassword(on, agent.password);
  }

  async function press(name: string | RegExp): Promise<void> {
    await page.getByRole('button', { name }).click();
    await page.waitForLoadState();
  }

  /** In a browser with scripts, which axe needs, and with every call open: what is closed is not looked at. */
  async function expectAccessible(): Promise<void> {
    const scripted = await browser.newContext({ storageState: await context.storageState() });
    try {
      const tab = await scripted.newPage();
      await tab.goto(page.url());
      for (const summary of await tab.locator('.calls summary').all()) await summary.click();
      expect(await accessibilityProblems(tab)).toEqual([]);
    } finally {
      await scripted.close();
    }
  }

  async function signInToPlayground(): Promise<void> {
    await page.goto(`${playground}/sign-in`);
    if (page.url().includes('sign-in.html')) await signIn(page);
    await page.waitForURL(`${playground}/`);
  }

  test('tokens: refresh, exchange, introspection and UserInfo run as printed', async () => {
    await signInToPlayground();
    await press(/^Exchange/);
    const calls = await readCalls(page);
    expect(calls.map(({ what }) => what)).toEqual([
      'Introspection',
      'Token exchange',
      'Who is this?',
      'Code for tokens',
    ]);
    await printed.expectSame(calls.slice(0, 3));
    await expectAccessible();
    // A refresh token works once: each form gets one of its own.
    for (const form of ['curl', 'openid-client', 'Python'] as const) {
      await signInToPlayground();
      await press(/^Refresh/);
      const [refresh] = await readCalls(page);
      await printed.expectSame([refresh], [form]);
    }
    await printed.expectRefused(calls.at(-1), 'invalid_grant');
  }, 120_000);

  test('exchange chain: the last token names both services, one within the other', async () => {
    await signInToPlayground();
    await page.goto(`${playground}/chain`);
    await press('Build the chain');
    const steps = page.locator('.chain > li');
    expect(await steps.locator('.holder').allTextContents()).toEqual([
      'playground',
      'cx_contact',
      'webrtc-clientid',
      'playground-recordings',
    ]);
    expect(await steps.nth(2).locator('.act > code').allTextContents()).toEqual([
      'webrtc-clientid',
      'cx_contact',
    ]);
    const calls = await readCalls(page);
    const answer = JSON.parse(calls[0]?.Answer ?? '{}');
    expect(answer).toMatchObject({
      aud: ['playground-recordings'],
      scope: 'calls:read',
      act: { sub: 'webrtc-clientid', act: { sub: 'cx_contact' } },
    });
    await printed.expectSame(calls.slice(0, 3));
    await expectAccessible();
  }, 120_000);

  test('DPoP: the token opens UserInfo with its key, and is refused without it', async () => {
    await page.goto(`${playground}/dpop`);
    await press('Make a key and sign in');
    await signIn(page);
    await page.waitForURL(`${playground}/dpop`);
    await press('Steal the token');
    expect(await page.locator('.refusals .status').allTextContents()).toEqual(['401', '401']);
    const calls = await readCalls(page);
    expect(calls.map(({ what, status }) => `${what}: ${status}`)).toEqual([
      'The thief, with a key of their own: 401',
      'The thief, without a proof: 401',
      'Which key is it bound to?: 200',
      'UserInfo, with a proof: 200',
      'Code for tokens: 200',
    ]);
    await expectAccessible();
    await printed.expectSame(calls.slice(2, 4));
    for (const call of calls.slice(0, 2)) await printed.expectRefused(call, 'invalid_token');
    await printed.expectRefused(calls.at(-1), 'invalid_grant');
  }, 120_000);

  test('JARM: the response is checked, and a copied call redeems its code', async () => {
    await page.goto(`${playground}/jarm`);
    await press('Sign in');
    await signIn(page);
    for (const form of ['curl', 'openid-client', 'Python'] as const) {
      await page.waitForURL(`${playground}/jarm`);
      expect(await page.locator('.checks li').allTextContents()).toEqual([
        expect.stringContaining('ES256'),
        expect.stringContaining(`${stack.description.publicUrl}/auth/v3`),
        expect.stringContaining('playground-jarm'),
        expect.stringContaining('s ahead'),
        expect.stringContaining('state'),
        expect.stringContaining('signature verification failed'),
      ]);
      const [redeem] = await readCalls(page);
      expect(redeem?.status).toBe('next');
      const { stdout } = await printed.run(redeem, form);
      expect(JSON.parse(stdout)).toMatchObject({
        access_token: expect.any(String),
        id_token: expect.any(String),
      });
      await press('Sign in again');
    }
    await press('Redeem the code');
    expect(await page.locator('#redeemed').count()).toBe(1);
    const calls = await readCalls(page);
    await printed.expectSame(calls.slice(1));
    await expectAccessible();
  }, 120_000);

  test('device: waits, and a copied call gets the tokens when the person has allowed it', async () => {
    const person = await context.newPage();
    for (const form of ['curl', 'openid-client', 'Python'] as const) {
      await page.goto(`${playground}/device`);
      await press(/^(Switch the wallboard on|Start again)$/);
      await press('Ask now');
      expect(await page.locator('.polled h3').textContent()).toBe('Waiting for the person');
      const [poll, start] = await readCalls(page);
      expect(poll?.status).toBe('400');
      await printed.expectSame([start], [form]);
      const link = page.getByRole('link', { name: /new tab/ });
      await person.goto((await link.getAttribute('href')) ?? '');
      await person.getByRole('button').first().click();
      if (person.url().includes('sign-in.html')) await signIn(person);
      await person.getByRole('button', { name: 'Allow', exact: true }).click();
      await person.waitForLoadState();
      const { stdout } = await printed.run(poll, form);
      expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String) });
    }
    await expectAccessible();
    await press('Ask now');
    expect(await page.locator('.polled h3').textContent()).toBe('invalid_grant');
  }, 120_000);

  test('CIBA: waits, and a copied call gets the tokens when the person has approved', async () => {
    const person = await context.newPage();
    for (const form of ['curl', 'openid-client', 'Python'] as const) {
      await page.goto(`${playground}/ciba`);
      await press(/^Ask (for|again)/);
      const message = await page.locator('.screen .code').textContent();
      await press('Ask now');
      const [poll, start] = await readCalls(page);
      expect(poll?.status).toBe('400');
      const link = page.getByRole('link', { name: /new tab/ });
      await person.goto((await link.getAttribute('href')) ?? '');
      if (person.url().includes('sign-in.html')) await signIn(person);
      const asked = person.locator('li', { hasText: message ?? '' });
      await asked.getByRole('button', { name: /^Approve/ }).click();
      await person.waitForLoadState();
      const { stdout } = await printed.run(poll, form);
      expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String) });
      // Asks the person once more, with the same message.
      await printed.expectSame([start], [form]);
    }
    await expectAccessible();
  }, 120_000);

  test('with a script a flow asks by itself, and copying takes what is printed', async () => {
    const scripted = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    try {
      const problems: string[] = [];
      const tab = await scripted.newPage();
      tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await tab.goto(`${playground}/device`);
      await tab.getByRole('button', { name: 'Switch the wallboard on' }).click();
      await tab.locator('.calls').waitFor();
      await tab.waitForURL(`${playground}/device`);
      await tab.locator('.answers', { hasText: 'authorization_pending' }).waitFor();
      await tab.locator('.calls summary').first().click();
      await tab.locator('details[open]').getByText('Python', { exact: true }).click();
      await tab.getByRole('button', { name: 'Copy: Python' }).click();
      await tab.getByRole('button', { name: 'Copy: Python' }).getByText('Copied').waitFor();
      expect(await tab.evaluate(() => navigator.clipboard.readText())).toContain('urlopen(request)');
      expect(problems).toEqual([]);
    } finally {
      await scripted.close();
    }
  }, 60_000);

  test('no answer counts that belongs to another sign-in', async () => {
    for (const flow of ['dpop', 'jarm'])
      expect((await fetch(`${playground}/${flow}/callback?code=x&state=y&response=z`)).status).toBe(400);
    await page.goto(`${playground}/dpop`);
    await press('Make a key and sign in');
    await page.goto(`${playground}/dpop/callback?code=x&state=y`);
    expect(await page.locator('.notice').textContent()).toBe('this answer belongs to another sign-in');
    expect(await page.locator('.calls').count()).toBe(0);
  }, 60_000);
});
