/** A sign-in whose person has no factor yet: who may add one, in which order, and who may not. */
import { type SecondStepView, secondStepPaths } from '@gatehouse/contracts/auth-api';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveRpId } from '../../../src/factors/passkeys/store.ts';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { areaOf } from '../../browser/own-factors/stage.ts';
import { addApp, somebody, stepMs } from '../../factors/people.ts';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { signedIn } from '../../stack/backchannel.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, sessionCookie, signIn } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, interactionOf, responseOf, type TestClient } from '../../stack/oauth.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { codeOfApp, requireFactors } from '../../stack/second-factor.ts';
import { personOf, postStep, readStep, sessionOf } from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
const dayMs = 86_400_000;
let stack: AuthApi;
let client: TestClient;
let person: PersonKey;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' }, now: clock.now });
  client = await createClient(stack, { scope: ['openid'] });
  person = await personOf(stack, await signedIn(stack));
});
afterAll(() => stack?.close());
beforeEach(async () => {
  clock.advance(stepMs);
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
});

async function typePassword(browser = createBrowser(stack.app)): Promise<Browser> {
  const asking = await browser.get(authorizeUrl(client, { scope: 'openid' }));
  await signIn(stack, browser, interactionOf(asking), agent);
  return browser;
}
const read = async (browser: Browser): Promise<SecondStepView> => {
  const view = await readStep(stack, browser);
  if (view === undefined) throw new Error('nothing waits');
  return view;
};
const raisedAt = (daysAgo: number) => new Date(clock.now() - daysAgo * dayMs).toISOString();
const codeOf = ({ totp }: SecondStepView) => codeOfApp(totp?.uri ?? '')(clock.now());

/** Adds an app as the page does. */
async function addTotp(browser: Browser) {
  await postStep(stack, browser, 'totp');
  const view = await read(browser);
  return postStep(stack, browser, 'totpConfirm', {
    ...{ id: view.totp?.id ?? '', code: codeOf(view), name: 'Telephone' },
  });
}

describe('in the time of grace', () => {
  beforeEach(() =>
    requireFactors(stack, { mode: 'required', enrolmentGraceDays: 14, raisedAt: raisedAt(4) }),
  );

  it('the person sees how many days are left, and goes on without a factor', async () => {
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({
      state: 'enrol',
      allowedFactors: ['passkey', 'totp'],
      enrolment: { by: 'grace', daysLeft: 10 },
    });
    expect(await sessionOf(stack, browser)).toBeUndefined();
    const answer = await postStep(stack, browser, 'later');
    expect(responseOf(await browser.get(answer.location ?? '')).get('code')).toBeTruthy();
  });

  it('the person adds an app, keeps the recovery codes, and is in', async () => {
    const browser = await typePassword();
    await addTotp(browser);
    const view = await read(browser);
    expect(view).toMatchObject({ state: 'codes', recoveryCodes: expect.any(Array) });
    expect(new Set(view.recoveryCodes).size).toBe(10);
    expect(await sessionOf(stack, browser)).toBeUndefined();
    const done = await postStep(stack, browser, 'done');
    expect(responseOf(await browser.get(done.location ?? '')).get('code')).toBeTruthy();
    expect(await stack.deps.factors.totp.list(person)).toMatchObject([{ name: 'Telephone' }]);
    expect(await sessionOf(stack, browser)).toMatchObject({
      proofs: [{ factor: 'password' }, { factor: 'totp' }],
    });
  });

  it('the person adds a passkey', async () => {
    const browser = await typePassword();
    const options = (await postStep(stack, browser, 'newPasskeyOptions')).json() as never;
    const answer = JSON.stringify(createAuthenticator().create(options, { origin: publicUrl }));
    await postStep(stack, browser, 'newPasskey', { answer, name: 'Key of the desk' });
    expect(await read(browser)).toMatchObject({ state: 'codes' });
    await postStep(stack, browser, 'done');
    expect(await sessionOf(stack, browser)).toBeDefined();
  });

  it('the set-up goes on after the page is loaded again, in this browser alone', async () => {
    const browser = await typePassword();
    await postStep(stack, browser, 'totp');
    const first = (await read(browser)).totp;
    expect((await read(browser)).totp).toEqual(first);
    expect((await read(await typePassword())).totp).toBeUndefined();
  });

  it('ends for somebody who has a factor', async () => {
    await addApp(stack, person);
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({ state: 'verify' });
    await postStep(stack, browser, 'later');
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });
});

describe('after the time of grace', () => {
  beforeEach(() =>
    requireFactors(stack, { mode: 'required', enrolmentGraceDays: 14, raisedAt: raisedAt(15) }),
  );

  // attack: add the first factor with somebody else's password | CWE-308, NIST SP 800-63B-4 4.1.2 | guard: services/auth-api/src/factors/enrolment/permission.ts
  it('nobody adds a first factor with the password alone, whatever form is sent', async () => {
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({ state: 'blocked', allowedFactors: [] });
    for (const path of ['totp', 'newPasskeyOptions', 'later', 'done'] as const)
      await postStep(stack, browser, path);
    expect(await read(browser)).toMatchObject({ state: 'blocked' });
    expect(await stack.deps.factors.held(person)).toMatchObject({ totp: 0, passkeys: 0 });
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });

  // attack: add the first factor by the password where only the role of the person requires one | CWE-308 | guard: services/auth-api/src/factors/enrolment/permission.ts
  it('nor does somebody whose role requires a factor that others are offered', async () => {
    await requireFactors(stack, {
      ...{ mode: 'offered', requiredRoles: ['ROLE_USER'] },
      ...{ enrolmentGraceDays: 14, raisedAt: raisedAt(15) },
    });
    const browser = await typePassword();
    await postStep(stack, browser, 'totp');
    expect(await read(browser)).toMatchObject({ state: 'blocked', allowedFactors: [] });
  });

  it('an invitation lets its person add a factor, once', async () => {
    const { code } = await stack.deps.factors.invitations.make(person, {
      by: 'an administrator',
      reason: 'new here',
    });
    const browser = await typePassword();
    const another = await typePassword();
    await postStep(stack, browser, 'invitation', { code });
    expect(await read(browser)).toMatchObject({ state: 'enrol', enrolment: { by: 'invitation' } });
    await postStep(stack, another, 'invitation', { code });
    expect(await read(another)).toMatchObject({ state: 'blocked', failure: 'wrong' });
    await postStep(stack, browser, 'later');
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    await addTotp(browser);
    await postStep(stack, browser, 'done');
    expect(await sessionOf(stack, browser)).toBeDefined();
  });

  // attack: lose the set-up that is enforced by a second tab, the back button or a restart | Keycloak CVE-2026-94218 | guard: services/auth-api/src/sign-in/second-step/entrance.ts
  it('the set-up stays enforced in a second tab, after the back button and in another browser', async () => {
    const { code } = await stack.deps.factors.invitations.make(person, {
      by: 'an administrator',
      reason: 'new here',
    });
    const browser = await typePassword();
    await postStep(stack, browser, 'invitation', { code });
    await typePassword(browser);
    // What the code is worth is kept, and lets nobody in by itself.
    expect(await read(browser)).toMatchObject({ state: 'enrol', enrolment: { by: 'invitation' } });
    await postStep(stack, browser, 'later');
    expect(responseOf(await browser.get(authorizeUrl(client, { prompt: 'none' }))).get('error')).toBe(
      'login_required',
    );
  });
});

describe('where factors are offered', () => {
  beforeEach(() => requireFactors(stack, { mode: 'offered' }));

  it('somebody without one signs in by the password alone', async () => {
    const browser = await typePassword();
    expect(await readStep(stack, browser)).toBeUndefined();
    expect(await sessionOf(stack, browser)).toBeDefined();
  });

  it('somebody who has one is asked for it', async () => {
    await addApp(stack, person);
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({ state: 'verify', factors: { totp: true } });
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });
});

describe('a policy that wants more than the person has', () => {
  beforeEach(() => requireFactors(stack, { mode: 'phishingResistant', raisedAt: raisedAt(1) }));

  it('asks for the app first, and then for a passkey', async () => {
    const app = await addApp(stack, person);
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({ state: 'verify', factors: { totp: true } });
    clock.advance(stepMs);
    await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(clock.now()) });
    expect(await read(browser)).toMatchObject({
      state: 'enrol',
      allowedFactors: ['passkey'],
      enrolment: { by: 'strongestSignIn' },
    });
    const options = (await postStep(stack, browser, 'newPasskeyOptions')).json() as never;
    const answer = JSON.stringify(createAuthenticator().create(options, { origin: publicUrl }));
    await postStep(stack, browser, 'newPasskey', { answer, name: 'Key' });
    await postStep(stack, browser, 'done');
    expect(await sessionOf(stack, browser)).toMatchObject({
      proofs: [{ factor: 'password' }, { factor: 'totp' }, { factor: 'passkey' }],
    });
  });

  it('takes no form of the page for an app that would not be enough', async () => {
    const app = await addApp(stack, person);
    const browser = await typePassword();
    clock.advance(stepMs);
    await postStep(stack, browser, 'code', { kind: 'totp', code: app.codeAt(clock.now()) });
    await browser.postForm(secondStepPaths.totp, { csrf: (await read(browser)).csrf });
    expect(await read(browser)).toMatchObject({ failure: 'set_up_expired' });
  });

  // attack: use a recovery code where the policy demands more | recovery downgrade, NIST SP 800-63B-4 4.2 | guard: services/auth-api/src/core/assurance/assurance.ts
  it('is not met by a recovery code', async () => {
    await addApp(stack, person);
    const [code = ''] = await stack.deps.factors.recovery.make(person, { by: 'test' });
    const browser = await typePassword();
    await postStep(stack, browser, 'code', { kind: 'recoveryCode', code });
    expect(await read(browser)).toMatchObject({ state: 'enrol', allowedFactors: ['passkey'] });
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });
});

describe('while the stored passkeys are of another public host', () => {
  const { hostname } = new URL(publicUrl);
  const areOf = (host: string) => saveRpId(stack.deps.core.pool, host);
  /** There is one in the installation. */
  const addPasskey = (owner: PersonKey) => {
    const proofs = [{ factor: 'password', atMs: clock.now() }] as const;
    return areaOf(stack, owner, proofs).addPasskey(createAuthenticator());
  };
  beforeEach(async () => {
    await requireFactors(stack, { mode: 'offered' });
    await addPasskey(somebody());
  });
  afterEach(() => areOf(hostname));

  it('somebody with a passkey alone is told why nothing can be given, and gives it under the former host', async () => {
    await addPasskey(person);
    await requireFactors(stack, { mode: 'phishingResistant', raisedAt: raisedAt(20) });
    await areOf('former.test');
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({ state: 'blocked', failure: 'passkeys_off' });
    await areOf(hostname);
    expect(await read(browser)).toMatchObject({ state: 'verify', factors: { passkey: true } });
  });

  it('an invitation is not used up where only a passkey would be enough', async () => {
    await requireFactors(stack, { mode: 'phishingResistant', raisedAt: raisedAt(20) });
    const given = { by: 'an administrator', reason: 'new here' };
    const { code } = await stack.deps.factors.invitations.make(person, given);
    await areOf('former.test');
    const browser = await typePassword();
    await postStep(stack, browser, 'invitation', { code });
    expect(await read(browser)).toMatchObject({ state: 'blocked', failure: 'passkeys_off' });
    await areOf(hostname);
    await postStep(stack, browser, 'invitation', { code });
    expect(await read(browser)).toMatchObject({ state: 'enrol', allowedFactors: ['passkey'] });
  });

  it('somebody without a factor adds an app', async () => {
    await requireFactors(stack, { mode: 'required', raisedAt: raisedAt(1) });
    await areOf('former.test');
    const browser = await typePassword();
    expect(await read(browser)).toMatchObject({ state: 'enrol', allowedFactors: ['totp'] });
    await addTotp(browser);
    expect(await read(browser)).toMatchObject({ state: 'codes' });
  });
});
