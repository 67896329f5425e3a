/** A sign-in that waits for a factor its person has: what it takes, what it refuses, and what it cannot be used for meanwhile. */
import { secondStepPaths } from '@gatehouse/contracts/auth-api';
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { assuranceNames } from '@gatehouse/contracts/values';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, addPasskey, stepMs, wrong } from '../../factors/people.ts';
import { type AuthApi, publicUrl } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, sessionCookie, signIn } from '../../stack/interaction.ts';
import { authorizeUrl, interactionOf, redeem, responseOf, type TestClient } from '../../stack/oauth.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import {
  typePassword as arriveAtStep,
  deviceCookie,
  postStep,
  readStep,
  sessionOf,
  startReplicas,
  stepCookie,
} from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
let stack: AuthApi;
let other: AuthApi;
let client: TestClient;
let person: PersonKey;
beforeAll(async () => {
  ({ stack, other, client, person } = await startReplicas(clock.now));
});
afterAll(async () => {
  await other?.close();
  await stack?.close();
});
beforeEach(async () => {
  // What a test before has ended ended before this one.
  later();
  await requireFactors(stack, { mode: 'required' });
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
});

const typePassword = (browser: Browser, parameters?: Record<string, string>) =>
  arriveAtStep(stack, browser, client, parameters);

const later = () => {
  clock.advance(stepMs);
  return clock.now();
};

describe('a sign-in whose person has an app for codes', () => {
  it('waits at the page of the second step, and goes on to the application by the code', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    const typed = await typePassword(browser);
    expect(typed.location).toContain('/auth/second-step.html?interaction=');
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    expect(await readStep(stack, browser)).toMatchObject({
      state: 'verify',
      userName: 'demo\\agent',
      need: 'secondFactor',
      factors: { totp: true, passkey: false, recoveryCode: false },
    });
    const given = await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
    expect(given.location).toContain('/auth/v3/oauth/authorize/resume');
    expect(browser.cookies.has(stepCookie)).toBe(false);
    const answer = responseOf(await browser.get(given.location ?? ''));
    const tokens = (await redeem(stack, client, answer.get('code') ?? '')).json();
    expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: '2', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('says on the page that the code was wrong, and takes the right one afterwards', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const code = app.codeAt(later());
    const refused = await postStep(stack, browser, 'code', { kind: 'totp', code: wrong(code) });
    expect(refused.location).toContain('/auth/second-step.html');
    expect(await readStep(stack, browser)).toMatchObject({ state: 'verify', failure: 'wrong' });
    await postStep(stack, browser, 'code', { kind: 'totp', code });
    expect(await sessionOf(stack, browser)).toMatchObject({
      proofs: [{ factor: 'password' }, { factor: 'totp' }],
    });
  });

  it('takes a recovery code in its place, once', async () => {
    await addApp(stack, person);
    const [code = ''] = await stack.deps.factors.recovery.make(person, { by: 'test' });
    for (const isSignedIn of [true, false]) {
      const browser = createBrowser(stack.app);
      await typePassword(browser);
      await postStep(stack, browser, 'code', { kind: 'recoveryCode', code });
      expect((await sessionOf(stack, browser)) !== undefined).toBe(isSignedIn);
    }
  });

  // attack: use a sign-in that waits for its factor as a session | tinyauth GHSA-3q28-qjrv-qr39 | guard: services/auth-api/src/sign-in/second-step/entrance.ts
  it('is nothing at the authorization endpoint, the account area or a token call while it waits', async () => {
    await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const silent = responseOf(await browser.get(authorizeUrl(client, { prompt: 'none' })));
    expect(silent.get('error')).toBe('login_required');
    // Its cookie in the place of the session's.
    browser.cookies.set(sessionCookie, browser.cookies.get(stepCookie) ?? '');
    expect(responseOf(await browser.get(authorizeUrl(client, { prompt: 'none' }))).get('error')).toBe(
      'login_required',
    );
    expect((await browser.get('/auth/v3/sessions')).status).toBe(401);
  });

  // attack: finish the sign-in of somebody else's browser | CWE-384 | guard: services/auth-api/src/sign-in/second-step/store.ts
  it('cannot be finished in another browser', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const { csrf = '' } = (await readStep(stack, browser)) ?? {};
    const thief = createBrowser(stack.app);
    await thief.get(authorizeUrl(client));
    thief.cookies.set(stepCookie, browser.cookies.get(stepCookie) ?? '');
    expect(await readStep(stack, thief)).toBeUndefined();
    const fields = { csrf, kind: 'totp', code: app.codeAt(later()) };
    await thief.postForm(secondStepPaths.code, fields);
    expect(thief.cookies.has(sessionCookie)).toBe(false);
    await browser.postForm(secondStepPaths.code, fields);
    expect(await sessionOf(stack, browser)).toBeDefined();
  });

  // attack: send the form from a page of somebody else | CWE-352 | guard: services/auth-api/src/sign-in/second-step/step-forms.ts
  it('takes no form of another page', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const code = app.codeAt(later());
    await browser.postForm(secondStepPaths.code, { csrf: 'guessed', kind: 'totp', code });
    expect(await readStep(stack, browser)).toMatchObject({ failure: 'form_expired' });
    const { csrf = '' } = (await readStep(stack, browser)) ?? {};
    const foreign = { origin: 'https://evil.test' };
    const refused = await browser.postForm(secondStepPaths.code, { csrf, kind: 'totp', code }, foreign);
    expect(refused.status).toBe(403);
    expect(await sessionOf(stack, browser)).toBeUndefined();
  });

  // attack: finish the sign-in after one factor | ZITADEL CVE-2025-64103 | guard: services/auth-api/src/sign-in/second-step/entrance.ts
  it('is not finished by the forms of other steps', async () => {
    await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    for (const path of ['later', 'done', 'totp', 'invitation'] as const)
      await postStep(stack, browser, path, { code: 'ABCDE-FGHJK' });
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    expect(await readStep(stack, browser)).toMatchObject({ state: 'verify' });
  });

  // attack: use a factor that the policy does not allow, by its form | ZITADEL GHSA-25rw-g6ff-fmg8 | guard: services/auth-api/src/core/assurance/assurance.ts
  it('takes no factor that the policy does not allow, whatever the page shows', async () => {
    await requireFactors(stack, { mode: 'required', allowedFactors: ['passkey'] });
    await addPasskey(stack, person);
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });

  // attack: read the password where it is carried from step to step | CWE-522 | guard: services/auth-api/src/sign-in/password/service.ts
  it('carries no password to the next step', async () => {
    await addApp(stack, person);
    const browser = createBrowser(stack.app);
    const typed = await typePassword(browser);
    const { redis } = stack.deps.stores;
    const key = stack.deps.core.keyspace.key('second-step', sha256(browser.cookies.get(stepCookie) ?? ''));
    const kept = [await redis.hgetall(key), typed.headers, typed.body, await readStep(stack, browser)];
    expect(kept[0]).toHaveProperty('sign-in');
    expect(JSON.stringify(kept)).not.toContain(agent.password);
  });

  // attack: learn by a wrong password which factors somebody has | CWE-204 | guard: services/auth-api/src/sign-in/password/service.ts
  it('tells nothing of the factors of somebody whose password is not known', async () => {
    await addApp(stack, person);
    const answerTo = async (typed: typeof agent) => {
      const browser = createBrowser(stack.app);
      const asking = await browser.get(authorizeUrl(client));
      const { status, location } = await signIn(stack, browser, interactionOf(asking), typed);
      return [status, location?.replace(/interaction=.*/, ''), browser.cookies.has(stepCookie)];
    };
    const nobody = await answerTo({ ...agent, username: 'nobody-here' });
    expect(await answerTo({ ...agent, password: 'not the password' })).toEqual(nobody);
  });

  it('gives one session where two replicas get the same code at the same time', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const { csrf = '' } = (await readStep(stack, browser)) ?? {};
    const fields = { csrf, kind: 'totp', code: app.codeAt(later()) };
    const twins = [stack, other].map(({ app: replica }) => {
      const twin = createBrowser(replica);
      for (const [name, value] of browser.cookies) twin.cookies.set(name, value);
      return twin;
    });
    await Promise.all(twins.map((twin) => twin.postForm(secondStepPaths.code, fields)));
    expect(twins.filter((twin) => twin.cookies.has(sessionCookie))).toHaveLength(1);
  });

  it('ends when the password changed meanwhile, everywhere', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const code = app.codeAt(later());
    await stack.deps.contactCenters.subjects.revoke(person);
    await postStep(stack, browser, 'code', { kind: 'totp', code });
    expect(await sessionOf(stack, browser)).toBeUndefined();
  });
});

describe('a passkey as the second step', () => {
  const begin = async (browser: Browser) => {
    const options = await postStep(stack, browser, 'passkeyOptions');
    return options.json() as never;
  };

  it('lets its person in, and counts as phishing resistant', async () => {
    await requireFactors(stack, { mode: 'phishingResistant' });
    const authenticator = createAuthenticator();
    await addPasskey(stack, person, { authenticator });
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    expect(await readStep(stack, browser)).toMatchObject({ state: 'verify', factors: { passkey: true } });
    const answer = authenticator.get(await begin(browser), { origin: publicUrl });
    await postStep(stack, browser, 'passkey', { answer: JSON.stringify(answer) });
    expect(await sessionOf(stack, browser)).toMatchObject({ amr: expect.arrayContaining(['pwd']) });
  });

  it('takes the challenge of one sign-in once', async () => {
    const authenticator = createAuthenticator();
    await addPasskey(stack, person, { authenticator });
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    const answer = JSON.stringify(authenticator.get(await begin(browser), { origin: publicUrl }));
    await postStep(stack, browser, 'passkey', { answer });
    expect(await sessionOf(stack, browser)).toBeDefined();
    browser.cookies.delete(sessionCookie);
    await typePassword(browser);
    await postStep(stack, browser, 'passkey', { answer });
    expect(await readStep(stack, browser)).toMatchObject({ failure: 'passkey_expired' });
  });
});

describe('a remembered device', () => {
  it('stands for the factor at the next sign-in, and for nothing that asks for one itself', async () => {
    await requireFactors(stack, { mode: 'required', rememberDays: 7 });
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    expect(await readStep(stack, browser)).toMatchObject({ rememberDays: 7 });
    await postStep(stack, browser, 'code', {
      kind: 'totp',
      code: app.codeAt(later()),
      rememberDevice: 'true',
    });
    expect(browser.cookies.has(deviceCookie)).toBe(true);
    browser.cookies.delete(sessionCookie);
    expect((await typePassword(browser)).location).toContain('/auth/v3/oauth/authorize/resume');
    const asked = await browser.get(
      authorizeUrl(client, {
        claims: JSON.stringify({ id_token: { acr: { essential: true, values: ['2'] } } }),
      }),
    );
    expect(asked.location).toContain('/auth/second-step.html');
  });

  // attack: satisfy the step-up of an API by a remembered device, and say so by editing acr_values | RFC 9470 4 | guard: services/auth-api/src/core/assurance/assurance.ts
  it('is no factor in what tokens say, however acr_values are written', async () => {
    await requireFactors(stack, { mode: 'required', rememberDays: 7 });
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    await postStep(stack, browser, 'code', {
      kind: 'totp',
      code: app.codeAt(later()),
      rememberDevice: 'true',
    });
    browser.cookies.delete(sessionCookie);
    const acr_values = assuranceNames.password;
    const { location = '' } = await typePassword(browser, { acr_values });
    const answer = responseOf(await browser.get(location));
    const tokens = (await redeem(stack, client, answer.get('code') ?? '')).json();
    expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: acr_values, amr: ['pwd'] });
    const asked = await browser.get(authorizeUrl(client, { acr_values: assuranceNames.secondFactor }));
    expect(asked.location).toContain('/auth/second-step.html');
  });

  // attack: have a device remembered by a factor that the policy does not count, and come back without one | ZITADEL GHSA-25rw-g6ff-fmg8, ASVS 6.3.3 | guard: services/auth-api/src/sign-in/second-step/remembered-device.ts
  it.each<[string, Partial<SecondFactorView>]>([
    ['an app that is not allowed', { allowedFactors: ['passkey'] }],
    ['a passkey that may be synced', { syncedPasskeys: 'refused' }],
  ])('is remembered by no factor that does not count: %s', async (_what, rule) => {
    await requireFactors(stack, { mode: 'required', rememberDays: 7, ...rule });
    const authenticator = createAuthenticator({ eligible: true });
    await addPasskey(stack, person, { authenticator });
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    if ('allowedFactors' in rule) {
      const code = app.codeAt(later());
      await postStep(stack, browser, 'code', { kind: 'totp', code, rememberDevice: 'true' });
    } else {
      const options = (await postStep(stack, browser, 'passkeyOptions')).json();
      const answer = JSON.stringify(authenticator.get(options as never, { origin: publicUrl }));
      await postStep(stack, browser, 'passkey', { answer, rememberDevice: 'true' });
    }
    expect(await readStep(stack, browser)).toMatchObject({ state: 'verify' });
    expect(browser.cookies.has(deviceCookie)).toBe(false);
    expect((await typePassword(browser)).location).toContain('/auth/second-step.html');
  });

  it('does not stand for the factor after a reset', async () => {
    await requireFactors(stack, { mode: 'required', rememberDays: 7 });
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    await typePassword(browser);
    await postStep(stack, browser, 'code', {
      kind: 'totp',
      code: app.codeAt(later()),
      rememberDevice: 'true',
    });
    await stack.deps.factors.ends.reset(person, { reason: 'lost', by: 'test' });
    await addApp(stack, person);
    browser.cookies.delete(sessionCookie);
    expect((await typePassword(browser)).location).toContain('/auth/second-step.html');
  });
});

describe('a session that is too weak for a request', () => {
  const essential = JSON.stringify({ id_token: { acr: { essential: true, values: ['2'] } } });

  it('is raised by the factor alone, under a new cookie and the same sid', async () => {
    await requireFactors(stack, { mode: 'off' });
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    const first = await typePassword(browser);
    await browser.get(first.location ?? '');
    const before = await sessionOf(stack, browser);
    const formerCookie = browser.cookies.get(sessionCookie);
    const asking = await browser.get(authorizeUrl(client, { scope: 'openid', claims: essential }));
    expect(asking.location).toContain('/auth/second-step.html');
    const given = await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
    const answer = responseOf(await browser.get(given.location ?? ''));
    const tokens = (await redeem(stack, client, answer.get('code') ?? '')).json();
    expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: '2', sid: before?.sid });
    expect(browser.cookies.get(sessionCookie)).not.toBe(formerCookie);
    const events = async () =>
      (
        await stack.deps.stores.pool.query(
          "SELECT name, fields FROM auth.audit_events WHERE name = 'session_raised' AND sid = $1",
          [before?.sid],
        )
      ).rows;
    await expect
      .poll(events, { timeout: 10_000 })
      .toEqual([{ name: 'session_raised', fields: { userName: 'agent', factors: 'totp' } }]);
  });

  it('is not raised after its person has signed out', async () => {
    await requireFactors(stack, { mode: 'off' });
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    const first = await typePassword(browser);
    await browser.get(first.location ?? '');
    await browser.get(authorizeUrl(client, { scope: 'openid', claims: essential }));
    browser.cookies.delete(sessionCookie);
    await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
    expect(await sessionOf(stack, browser)).toBeUndefined();
  });
});
