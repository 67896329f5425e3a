/** A browser has one sign-in that waits: what a second tab does to the first one, and what it does not get of it. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, stepMs } from '../../factors/people.ts';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { signedIn } from '../../stack/backchannel.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, interactionOf, responseOf, type TestClient } from '../../stack/oauth.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { codeOfApp, requireFactors } from '../../stack/second-factor.ts';
import { personOf, postStep, readStep, sessionOf, typePassword } from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
const minuteMs = 60_000;
let stack: AuthApi;
let first: TestClient;
let second: TestClient;
let person: PersonKey;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' }, now: clock.now });
  [first, second] = await Promise.all([
    createClient(stack, { scope: ['openid'], name: 'First' }),
    createClient(stack, { scope: ['openid'], name: 'Second' }),
  ]);
  person = await personOf(stack, await signedIn(stack));
});
afterAll(() => stack?.close());
const later = () => {
  clock.advance(stepMs);
  return clock.now();
};
beforeEach(async () => {
  later();
  await requireFactors(stack, { mode: 'required' });
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
});

const arrive = (browser: Browser, client: TestClient, typed: Parameters<typeof typePassword>[4] = agent) =>
  typePassword(stack, browser, client, {}, typed);

describe('a sign-in in a second tab', () => {
  it('takes the place of the first one, whose page says so and goes on with the second application', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await arrive(browser, first);
    const { csrf = '' } = (await readStep(stack, browser)) ?? {};
    const onSecond = await arrive(browser, second);
    const answer = { kind: 'totp', code: app.codeAt(later()) };
    const answered = await browser.postForm(secondStepPaths.code, { csrf, ...answer });
    expect(answered.location).toContain(`interaction=${interactionOf(onSecond)}`);
    expect(await readStep(stack, browser)).toMatchObject({ state: 'verify', failure: 'form_expired' });
    // Nothing was compared, so the code is still good.
    const given = await postStep(stack, browser, 'code', answer);
    expect(responseOf(await browser.get(given.location ?? '')).get('code')).toBeTruthy();
    // The first application finds the session.
    const again = await browser.get(authorizeUrl(first, { prompt: 'none' }));
    expect(responseOf(again).get('code')).toBeTruthy();
  });

  async function invited() {
    const { code } = await stack.deps.factors.invitations.make(person, { reason: 'new here', by: 'test' });
    const browser = createBrowser(stack.app);
    await arrive(browser, first);
    await postStep(stack, browser, 'invitation', { code });
    expect(await readStep(stack, browser)).toMatchObject({ state: 'enrol', enrolment: { by: 'invitation' } });
    return browser;
  }

  it('loses no invitation that its person gave in the first one', async () => {
    const browser = await invited();
    await arrive(browser, second);
    expect(await readStep(stack, browser)).toMatchObject({ state: 'enrol', enrolment: { by: 'invitation' } });
    await postStep(stack, browser, 'totp');
    const { id = '', uri = '' } = (await readStep(stack, browser))?.totp ?? {};
    await postStep(stack, browser, 'totpConfirm', { id, code: codeOfApp(uri)(later()), name: 'App' });
    expect((await postStep(stack, browser, 'done')).location).toContain('/oauth/authorize/resume');
    expect(await sessionOf(stack, browser)).toMatchObject({ proofs: [{}, { factor: 'totp' }] });
  });

  // attack: go on with an invitation that somebody else gave, or for longer, by a further sign-in | Keycloak CVE-2026-18963, CVE-2026-37982 | guard: services/auth-api/src/sign-in/second-step/entrance.ts
  it('gets nothing of the invitation of another person or browser, and nothing that lasts longer', async () => {
    const browser = await invited();
    const elsewhere = createBrowser(stack.app);
    await arrive(elsewhere, first);
    expect(await readStep(stack, elsewhere)).toMatchObject({ state: 'blocked' });
    const kept = new Map(browser.cookies);
    await arrive(browser, first, {
      username: 'supervisor',
      password: 'demo-supervisor-password',
      tenant: 'demo',
    });
    expect(await readStep(stack, browser)).toMatchObject({ userName: 'demo\\supervisor', state: 'blocked' });
    for (const [name, value] of kept) browser.cookies.set(name, value);
    // Each of them waits for ten minutes of its own.
    for (const state of ['enrol', 'enrol', 'blocked', 'blocked']) {
      clock.advance(4 * minuteMs);
      await arrive(browser, second);
      expect(await readStep(stack, browser)).toMatchObject({ state });
    }
    await postStep(stack, browser, 'totp');
    expect(await readStep(stack, browser)).toMatchObject({ failure: 'set_up_expired' });
  });
});
