/** Compares what the playground shows of each flow, and runs every printed form of a call as printed. */

import { findChromium } from '@gatehouse/testing/chromium';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { enterCode } from '../../../tools/stack/login-pages.ts';
import { accessibilityProblems } from '../../../tools/test/e2e/accessibility.ts';
import { readCalls } from './printed.ts';
import { visitPlayground } from './visit.ts';

const chromium = findChromium();

describe.skipIf(chromium === undefined)('the flows of the playground', () => {
  const at = visitPlayground();
  recordForeignSoftware('Chromium', 'shows its pages and those of the playground', () =>
    printedVersion(chromium as string, '--version'),
  );

  test('tokens: refresh, exchange, introspection and UserInfo run as printed', async () => {
    await at.signInToPlayground();
    await at.press(/^Exchange/);
    const calls = await readCalls(at.page);
    expect(calls.map(({ what }) => what)).toEqual([
      'Introspection',
      'Token exchange',
      'Who is this?',
      'Code for tokens',
    ]);
    await at.printed.expectSame(calls.slice(0, 3));
    await at.expectAccessible();
    // A refresh token works once: each form gets one of its own.
    for (const form of ['curl', 'openid-client', 'Python'] as const) {
      await at.signInToPlayground();
      await at.press(/^Refresh/);
      const [refresh] = await readCalls(at.page);
      await at.printed.expectSame([refresh], [form]);
    }
    await at.printed.expectRefused(calls.at(-1), 'invalid_grant');
  }, 120_000);

  test('step-up: the answer names the level of a person with a factor, and a lower one where the contact centre has none', async () => {
    const [agent, , newcomer] = at.factorUsers;
    if (agent?.app === undefined || newcomer === undefined) throw new Error('the demo people are not there');
    await at.page.goto(`${at.playground}/sign-in`);
    await at.signIn(at.page, newcomer);
    await at.press('Not now');
    await at.page.waitForURL(`${at.playground}/`);
    expect(await proofOn(at.page)).toMatchObject({ acr: '1', amr: '["pwd"]' });

    await at.context.clearCookies();
    await at.page.goto(`${at.playground}/sign-in`);
    await at.signIn(at.page, agent);
    await enterCode(at.page, agent.app);
    await at.page.waitForURL(`${at.playground}/`);
    await at.press(/^Step up/);
    await at.page.waitForURL(`${at.playground}/`);
    const proof = await proofOn(at.page);
    expect(proof).toMatchObject({ acr: 'urn:gatehouse:acr:second-factor' });
    expect(JSON.parse(proof['amr'] ?? '')).toEqual(expect.arrayContaining(['pwd', 'otp', 'mfa']));
    expect(await at.page.locator('.proof').textContent()).toContain('a dangerous call would be made now');
    await at.expectAccessible();

    await at.context.clearCookies();
    await at.signInToPlayground();
    await at.press(/^Step up/);
    // Nothing can be added to this session, so the person may sign in another way.
    await at.signIn(at.page);
    await at.page.waitForURL(`${at.playground}/`);
    expect(await proofOn(at.page)).toMatchObject({ acr: 'urn:gatehouse:acr:password', amr: '["pwd"]' });
    expect(await at.page.locator('.proof').textContent()).toContain('a dangerous call would be refused');
  }, 120_000);

  test('sign in again: the session is young, and the person proves it anew all the same', async () => {
    await at.signInToPlayground();
    await at.press(/^Sign in again/);
    expect(at.page.url()).toContain('sign-in.html');
    await at.signIn(at.page);
    await at.page.waitForURL(`${at.playground}/`);
    expect(await at.page.locator('.proof').textContent()).toContain('max_age=0');
    const { auth_time: provedAt = '' } = await proofOn(at.page);
    expect(Math.abs(Date.now() - Date.parse(provedAt.replace(' UTC', 'Z')))).toBeLessThan(30_000);
  }, 120_000);

  test('exchange chain: the last token names both services, one within the other', async () => {
    await at.signInToPlayground();
    await at.page.goto(`${at.playground}/chain`);
    await at.press('Build the chain');
    const steps = at.page.locator('.chain > li');
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
    const calls = await readCalls(at.page);
    const answer = JSON.parse(calls[0]?.Answer ?? '{}');
    expect(answer).toMatchObject({
      aud: ['playground-recordings'],
      scope: 'calls:read',
      act: { sub: 'webrtc-clientid', act: { sub: 'cx_contact' } },
    });
    await at.printed.expectSame(calls.slice(0, 3));
    await at.expectAccessible();
  }, 120_000);

  test('DPoP: the token opens UserInfo with its key, and is refused without it', async () => {
    await at.page.goto(`${at.playground}/dpop`);
    await at.press('Make a key and sign in');
    await at.signIn(at.page);
    await at.page.waitForURL(`${at.playground}/dpop`);
    await at.press('Steal the token');
    expect(await at.page.locator('.refusals .status').allTextContents()).toEqual(['401', '401']);
    const calls = await readCalls(at.page);
    expect(calls.map(({ what, status }) => `${what}: ${status}`)).toEqual([
      'The thief, with a key of their own: 401',
      'The thief, without a proof: 401',
      'Which key is it bound to?: 200',
      'UserInfo, with a proof: 200',
      'Code for tokens: 200',
    ]);
    await at.expectAccessible();
    await at.printed.expectSame(calls.slice(2, 4));
    for (const call of calls.slice(0, 2)) await at.printed.expectRefused(call, 'invalid_token');
    await at.printed.expectRefused(calls.at(-1), 'invalid_grant');
  }, 120_000);

  test('JARM: the response is checked, and a copied call redeems its code', async () => {
    await at.page.goto(`${at.playground}/jarm`);
    await at.press('Sign in');
    await at.signIn(at.page);
    for (const form of ['curl', 'openid-client', 'Python'] as const) {
      await at.page.waitForURL(`${at.playground}/jarm`);
      expect(await at.page.locator('.checks li').allTextContents()).toEqual([
        expect.stringContaining('ES256'),
        expect.stringContaining(`${at.publicUrl}/auth/v3`),
        expect.stringContaining('playground-jarm'),
        expect.stringContaining('s ahead'),
        expect.stringContaining('state'),
        expect.stringContaining('signature verification failed'),
      ]);
      const [redeem] = await readCalls(at.page);
      expect(redeem?.status).toBe('next');
      const { stdout } = await at.printed.run(redeem, form);
      expect(JSON.parse(stdout)).toMatchObject({
        access_token: expect.any(String),
        id_token: expect.any(String),
      });
      await at.press('Sign in again');
    }
    await at.press('Redeem the code');
    expect(await at.page.locator('#redeemed').count()).toBe(1);
    const calls = await readCalls(at.page);
    await at.printed.expectSame(calls.slice(1));
    await at.expectAccessible();
  }, 120_000);

  test('device: waits, and a copied call gets the tokens when the person has allowed it', async () => {
    const person = await at.context.newPage();
    for (const form of ['curl', 'Python'] as const) await at.allowDevice(person, form);
    await at.expectAccessible();
    await at.press('Ask now');
    expect(await at.page.locator('.polled h3').textContent()).toBe('invalid_grant');
  }, 120_000);

  test('CIBA: waits, and a copied call gets the tokens when the person has approved', async () => {
    const person = await at.context.newPage();
    for (const form of ['curl', 'Python'] as const) await at.approveCall(person, form);
    await at.expectAccessible();
  }, 120_000);

  test('no answer counts that belongs to another sign-in', async () => {
    for (const flow of ['dpop', 'jarm'])
      expect((await fetch(`${at.playground}/${flow}/callback?code=x&state=y&response=z`)).status).toBe(400);
    await at.page.goto(`${at.playground}/dpop`);
    await at.press('Make a key and sign in');
    await at.page.goto(`${at.playground}/dpop/callback?code=x&state=y`);
    expect(await at.page.locator('.notice').textContent()).toBe('this answer belongs to another sign-in');
    expect(await at.page.locator('.calls').count()).toBe(0);
  }, 60_000);

  test('API: the viewer makes calls as the operator, and as a client whose token it gets by itself', async () => {
    const scripted = await at.browser.newContext();
    try {
      const tab = await scripted.newPage();
      const problems: string[] = [];
      tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      tab.on('pageerror', (error) => problems.push(error.message));
      await tab.goto(`${at.playground}/api`);
      await tab.locator('#operations-tag-clients').waitFor();
      expect(await accessibilityProblems(tab)).toEqual([]);

      await tab.setViewportSize({ width: 360, height: 740 });
      await tab.locator('#operations-tag-clients').click();
      await tab.locator('#operations-clients-createClient .opblock-summary-control').click();
      await tab.getByRole('button', { name: 'Execute' }).waitFor();
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await tab.setViewportSize({ width: 1280, height: 900 });

      await tab.getByRole('link', { name: 'Environment API' }).click();
      await tab.locator('#operations-tag-environments').click();
      await tab.locator('#operations-environments-listEnvironments .opblock-summary-control').click();
      const authorize = async (scheme: string, ...[name, secret]: [string, string]) => {
        await tab.getByRole('button', { name: 'Authorize' }).first().click();
        const way = tab.locator('.auth-container').filter({ has: tab.locator('code', { hasText: scheme }) });
        await way.locator('input').nth(0).fill(name);
        await way.locator('input').nth(1).fill(secret);
        await way.locator('.btn.authorize').click();
        await way.getByRole('button', { name: 'Remove authorization' }).waitFor();
        return way;
      };
      const close = () => tab.locator('.modal-ux .close-modal').click();
      const execute = async (authorization: RegExp) => {
        const [answer] = await Promise.all([
          tab.waitForResponse((response) => response.url().endsWith('/environment/v3/environments')),
          tab.getByRole('button', { name: 'Execute' }).click(),
        ]);
        expect(answer.status()).toBe(200);
        const printed = tab.locator('.curl-command pre');
        await printed.filter({ hasText: authorization }).waitFor();
        expect(await printed.textContent()).toContain(`'${at.publicUrl}/environment/v3/environments'`);
      };
      const operator = await authorize('operator', at.operator.username, at.operator.password);
      await close();
      await execute(/Authorization: Basic /);
      expect(await accessibilityProblems(tab)).toEqual([]);

      await tab.getByRole('button', { name: 'Authorize' }).first().click();
      await operator.getByRole('button', { name: 'Remove authorization' }).click();
      await close();
      await authorize('token', 'gauth_client', 'demo-secret-of-gauth_client');
      await close();
      await execute(/Authorization: Bearer /);
      expect(problems).toEqual([]);
    } finally {
      await scripted.close();
    }
  }, 120_000);
});

/** What the page says of the sign-in, by the name of the claim. */
async function proofOn(page: Page): Promise<Record<string, string>> {
  const names = await page.locator('.proof dt').allTextContents();
  const values = await page.locator('.proof dd').allTextContents();
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
