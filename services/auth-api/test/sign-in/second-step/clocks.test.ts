/** The times of the second step at a replica whose machine has a wrong clock: they go on by the clock of the stores. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, addPasskey, stepMs } from '../../factors/people.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { signedIn } from '../../stack/backchannel.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { sessionCookie } from '../../stack/interaction.ts';
import { createClient, type TestClient } from '../../stack/oauth.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import {
  personOf,
  postStep,
  readStep,
  sessionOf,
  stepCookie,
  typePassword,
} from '../../stack/second-step.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
let stack: AuthApi;
/** The replica whose machine has another clock. */
let wrong: AuthApi;
let aheadMs = 0;
let client: TestClient;
let person: PersonKey;
beforeAll(async () => {
  const env = { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000', GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000' };
  stack = await startAuthApi({ env });
  wrong = await startWithOwnClock(() => startAuthApi({ env, beside: stack }));
  client = await createClient(stack, { scope: ['openid'] });
  person = await personOf(stack, await signedIn(stack));
});
afterAll(async () => {
  await wrong?.close();
  await stack?.close();
});

/** A process takes the clock of its machine when it starts: this one alone keeps the clock that the test sets. */
async function startWithOwnClock(start: () => Promise<AuthApi>): Promise<AuthApi> {
  const { now } = Date;
  Date.now = () => now() + aheadMs;
  try {
    return await start();
  } finally {
    Date.now = now;
  }
}

const policyOf = (changes: Parameters<typeof requireFactors>[1]) =>
  Promise.all([stack, wrong].map((replica) => requireFactors(replica, changes)));

describe.each([
  ['ten minutes ahead', 10],
  ['ten minutes behind', -10],
  ['an hour behind', -60],
])('a replica whose machine is %s', (_how, minutes) => {
  beforeEach(async () => {
    aheadMs = 0;
    await policyOf({ mode: 'required', rememberDays: 7 });
    await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
    aheadMs = minutes * minuteMs;
  });

  const arrive = async (replica = wrong): Promise<Browser> => {
    const browser = createBrowser(replica.app);
    await typePassword(replica, browser, client);
    return browser;
  };
  const give = (browser: Browser, code: string, more: Record<string, string> = {}) =>
    postStep(wrong, browser, 'code', { kind: 'totp', code, ...more });
  const lifeOf = async (key: string) => stack.deps.stores.redis.pttl(key);

  // attack: set the clock of a machine to get past the times of the second step | RFC 6238 6, ASVS 6.5.5 | guard: packages/service-kit/src/reference-clock.ts
  it('takes the codes of now, and none of its own time', async () => {
    expect(wrong.deps.core.trust.isTrusted).toBe(false);
    const app = await addApp(stack, person);
    const browser = await arrive();
    await give(browser, app.codeAt(Date.now() + aheadMs));
    expect(await readStep(wrong, browser)).toMatchObject({ failure: 'wrong' });
    await give(browser, app.codeAt(Date.now() + stepMs));
    expect(await sessionOf(wrong, browser)).toMatchObject({ proofs: [{}, { factor: 'totp' }] });
    // At a replica with a right clock, too, so it is neither of the future nor of long ago.
    expect(await sessionOf(stack, browser)).toBeDefined();
  });

  it('lets a sign-in wait for ten minutes and a challenge for five, and both go on at the other replica', async () => {
    const authenticator = createAuthenticator();
    await addPasskey(stack, person, { authenticator });
    const browser = await arrive();
    const { keyspace } = stack.deps.core;
    const step = sha256(browser.cookies.get(stepCookie) ?? '');
    const left = await lifeOf(keyspace.key('second-step', step));
    expect(left).toBeGreaterThan(9 * minuteMs);
    expect(left).toBeLessThanOrEqual(10 * minuteMs);
    const view = await readStep(stack, browser);
    const endsInMs = Date.parse(view?.expiresAt ?? '') - Date.now();
    expect(endsInMs).toBeGreaterThan(9 * minuteMs);
    expect(endsInMs).toBeLessThan(10 * minuteMs + 3000);
    const options = (await postStep(wrong, browser, 'passkeyOptions')).json() as never;
    const challenges = await stack.deps.stores.redis.keys('*factor:authenticate*');
    expect(challenges.length).toBeGreaterThan(0);
    for (const key of challenges) expect(await lifeOf(key)).toBeLessThanOrEqual(5 * minuteMs);

    const there = createBrowser(stack.app);
    for (const [name, value] of browser.cookies) there.cookies.set(name, value);
    const answer = JSON.stringify(authenticator.get(options, { origin: publicUrl }));
    await there.postForm(secondStepPaths.passkey, { csrf: view?.csrf ?? '', answer });
    expect(there.cookies.has(sessionCookie)).toBe(true);
  });

  it('remembers a browser for its days from now, and no browser whose days are over', async () => {
    const app = await addApp(stack, person);
    const browser = await arrive();
    await give(browser, app.codeAt(Date.now() + stepMs), { rememberDevice: 'true' });
    const [device] = await stack.deps.factors.devices.list(person, { days: 7 });
    expect(Math.abs((device?.endsAt.getTime() ?? 0) - Date.now() - 7 * dayMs)).toBeLessThan(minuteMs);
    const again = async (replica: AuthApi) => {
      browser.cookies.delete(sessionCookie);
      const there = createBrowser(replica.app);
      for (const [name, value] of browser.cookies) there.cookies.set(name, value);
      return (await typePassword(replica, there, client)).location;
    };
    for (const replica of [stack, wrong])
      expect(await again(replica)).toContain('/auth/v3/oauth/authorize/resume');
    await stack.deps.stores.pool.query(
      `UPDATE auth.remembered_devices SET granted_at = granted_at - interval '7 days', ends_at = ends_at - interval '7 days'`,
    );
    for (const replica of [stack, wrong]) expect(await again(replica)).toContain('/auth/second-step.html');
  });

  it.each([
    ['ended a moment ago', -1, 'blocked'],
    ['ends in a moment', 1, 'enrol'],
  ])('judges a time of grace that %s as the others do', async (_when, minute, state) => {
    const raisedAt = new Date(Date.now() - dayMs + minute * minuteMs).toISOString();
    await policyOf({ mode: 'required', enrolmentGraceDays: 1, raisedAt });
    for (const replica of [stack, wrong])
      expect(await readStep(replica, await arrive(replica))).toMatchObject({ state });
  });
});
