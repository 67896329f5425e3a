/** A sign-in that waits for its factor while a store is away: nothing is accepted, nothing is skipped, and it goes on afterwards. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import { startPostgres, type TestPostgres } from '@gatehouse/testing/postgres';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, addPasskey, stepMs } from '../factors/people.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { agent } from '../stack/interaction.ts';
import { requireFactors } from '../stack/second-factor.ts';
import { personOf, postStep, readStep, sessionOf } from '../stack/second-step.ts';

let postgres: TestPostgres;
let stack: AuthApi;
let code: string;
let recoveryCodes: string[];
const authenticator = createAuthenticator();
beforeAll(async () => {
  postgres = await startPostgres();
  stack = await startAuthApi({
    env: {
      GATEHOUSE_POSTGRES_URL: postgres.url,
      GATEHOUSE_POSTGRES_POOL_CHECKOUT_TIMEOUT_MS: '500',
      GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
    },
  });
  const browser = await signIn();
  const person = await personOf(stack, browser);
  const raisedAt = new Date().toISOString();
  await requireFactors(stack, { mode: 'required', enrolmentGraceDays: 14, rememberDays: 30, raisedAt });
  code = (await addApp(stack, person)).codeAt(Date.now() + stepMs);
  await addPasskey(stack, person, { authenticator });
  recoveryCodes = await stack.deps.factors.recovery.make(person, { by: 'test' });
});
afterAll(async () => {
  await stack?.close();
  await postgres?.close();
});

async function signIn(): Promise<Browser> {
  const browser = createBrowser(stack.app);
  expect((await browser.postJson('/auth/v3/sign-in', agent)).status).toBe(200);
  return browser;
}

/** Every way on that the page has, as it was read before the outage. */
async function waysOf(browser: Browser) {
  const csrf = (await readStep(stack, browser))?.csrf;
  const options = (await postStep(stack, browser, 'passkeyOptions')).json() as never;
  const answer = authenticator.get(options, { origin: publicUrl });
  const send = (path: keyof typeof secondStepPaths, fields: object = {}) =>
    browser.postJson(secondStepPaths[path], { csrf, ...fields });
  return {
    refused: [
      () => send('code', { kind: 'totp', code }),
      () => send('code', { kind: 'recoveryCode', code: recoveryCodes[0] }),
      () => send('passkey', { answer }),
      () => send('passkeyOptions'),
      () => send('totp'),
      () => send('invitation', { code: '00000-00000' }),
    ],
    later: () => send('later'),
  };
}

describe('PostgreSQL down', () => {
  // attack: wait for an outage to finish a sign-in without its factor | ASVS 16.5.3 (fail securely) | guard: services/auth-api/src/factors/compose.ts
  it('the step answers 503, and the sign-in survives and goes on afterwards', async () => {
    const browser = await signIn();
    const { refused, later } = await waysOf(browser);
    await postgres.stop();
    for (const way of refused) {
      const answer = await way();
      expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([503, true]);
    }
    // The gate asks nobody: it was told who waits, and for what.
    await later();
    expect(await sessionOf(stack, browser)).toBeUndefined();
    // Whether somebody who comes now has a factor is not known, and the time of grace is for people without one.
    const newcomer = createBrowser(stack.app);
    expect((await newcomer.postJson('/auth/v3/sign-in', agent)).status).toBe(503);
    expect(await sessionOf(stack, newcomer)).toBeUndefined();

    await postgres.start();
    await expect
      .poll(() => readStep(stack, browser).catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({ state: 'verify' });
    await postStep(stack, browser, 'code', { kind: 'recoveryCode', code: recoveryCodes[1] ?? '' });
    expect(await sessionOf(stack, browser)).toBeDefined();
  }, 30_000);
});

describe('Redis down', () => {
  it('the step answers 503 and uses no code up, and the sign-in goes on afterwards', async () => {
    const browser = await signIn();
    const { refused } = await waysOf(browser);
    await stack.redis.stop();
    for (const way of refused) expect((await way()).status).toBe(503);
    await stack.redis.start();
    await expect
      .poll(() => readStep(stack, browser).catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({ state: 'verify' });
    await postStep(stack, browser, 'code', { kind: 'recoveryCode', code: recoveryCodes[0] ?? '' });
    expect(await sessionOf(stack, browser)).toBeDefined();
  }, 30_000);
});
