/** New passwords where a factor is needed: none of the ways to one leads past the factor, and nobody who must change theirs is stuck. */
import { randomToken } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addApp, addPasskey, stepMs } from '../../factors/people.ts';
import { type AuthApi, contactCenterId, environmentId, startAuthApi } from '../../stack/auth-api.ts';
import { signedIn } from '../../stack/backchannel.ts';
import { type Answer, type Browser, createBrowser } from '../../stack/browser.ts';
import { refusalOf } from '../../stack/exchange.ts';
import { readView, sessionCookie } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../../stack/oauth.ts';
import { announcePersonEnd, usePeopleStore } from '../../stack/people-store.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { codeOfApp, requireFactors } from '../../stack/second-factor.ts';
import {
  deviceCookie,
  personOf,
  postStep,
  readStep,
  sessionOf,
  stepCookie,
  typePassword,
} from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
const [former, renewed] = ['a-former-password-1', 'a-renewed-password-2'];
let store: AuthApi;
let server: AuthApi;
let people = 0;
beforeAll(async () => {
  const env = {
    GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
    GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000',
  };
  [store, server] = await Promise.all([
    startAuthApi({ env, now: clock.now }),
    startAuthApi({ env, now: clock.now }),
  ]);
  for (const text of [former, renewed]) watchSecret(text, 'password of a person');
});
afterAll(async () => {
  await store?.close();
  await server?.close();
});

const later = () => {
  clock.advance(stepMs);
  return clock.now();
};
beforeEach(() => void later());

const login = (userName: string, password: string) => ({ username: userName, password, tenant: 'demo' });
const change = (browser: Browser, fields: Record<string, string>) =>
  browser.postForm('/auth/v3/change-password', fields);

/** Somebody with an app, recovery codes and a passkey; the policy requires a factor afterwards. */
async function holder(stack: AuthApi, userName: string) {
  await requireFactors(stack, {});
  const person = await personOf(stack, await signedIn(stack, login(userName, former)));
  const app = await addApp(stack, person);
  await addPasskey(stack, person);
  const [recovery = ''] = await stack.deps.factors.recovery.make(person, { by: 'test' });
  const client = await createClient(stack, { scope: ['openid'] });
  const held = () => stack.deps.factors.held(person);
  await requireFactors(stack, { mode: 'required', rememberDays: 7 });
  return { userName, person, app, recovery, client, held, before: await held() };
}

/** Nothing by any door that needs no browser, nor by this browser. */
async function getsNothing(
  stack: AuthApi,
  browser: Browser,
  { client, userName, password }: { client: TestClient; userName: string; password: string },
): Promise<void> {
  expect(browser.cookies.has(sessionCookie)).toBe(false);
  const silent = await browser.get(authorizeUrl(client, { prompt: 'none' }));
  expect(responseOf(silent).get('error')).toBe('login_required');
  expect((await browser.get('/auth/v3/sessions')).status).toBe(401);
  const named = { grant_type: 'password', username: `demo\\${userName}`, password };
  expect(refusalOf(await token(stack, client, named))).toEqual([400, 'invalid_grant']);
}

async function tokensOf(stack: AuthApi, browser: Browser, client: TestClient, { location }: Answer) {
  const code = responseOf(await browser.get(location ?? '')).get('code') ?? '';
  return decodeJwt((await redeem(stack, client, code)).json().id_token);
}

describe('a password that an administrator resets by a link', () => {
  const givePassword = (code: string) =>
    createBrowser(store.app, `203.0.113.${++people}`).postForm('/auth/v3/first-password', {
      ...{ code, newPassword: renewed, newPasswordAgain: renewed },
    });
  const linkFor = (dbid: number) => {
    const code = randomToken();
    watchSecret(code, 'code of a first-password link');
    store.environmentApi.people.links.set(code, { environmentId, contactCenterId, dbid });
    return code;
  };

  // attack: skip the factor by a link that resets the password | ASVS 6.4.3 | guard: services/auth-api/src/sign-in/second-step/entrance.ts
  it('lets nobody in without the factor, and touches no factor', async () => {
    const userName = `reset-${++people}`;
    const [{ dbid } = { dbid: 0 }] = await usePeopleStore(store, [{ userName, password: former }]);
    const { app, client, held, before, recovery } = await holder(store, userName);
    const desk = createBrowser(store.app);
    await typePassword(store, desk, client, {}, login(userName, former));
    await postStep(store, desk, 'code', {
      ...{ kind: 'totp', code: app.codeAt(later()), rememberDevice: 'true' },
    });
    expect([desk.cookies.has(sessionCookie), desk.cookies.has(deviceCookie)]).toEqual([true, true]);

    later();
    const set = await givePassword(linkFor(dbid));
    expect(set.location).toContain('result=done');
    expect(set.headers['set-cookie']).toBeUndefined();
    await announcePersonEnd(store, dbid);
    await expect.poll(() => sessionOf(store, desk)).toBeUndefined();
    expect(await held()).toMatchObject({ ...before, rememberedDevices: expect.any(Number) });

    // Neither a stranger, nor the browser that was remembered under the former password.
    desk.cookies.delete(sessionCookie);
    for (const browser of [createBrowser(store.app), desk]) {
      later();
      const typed = await typePassword(store, browser, client, {}, login(userName, renewed));
      expect(typed.location).toContain('/auth/second-step.html');
      expect(await readStep(store, browser)).toMatchObject({
        ...{ state: 'verify', factors: { totp: true, passkey: true, recoveryCode: true } },
      });
      await getsNothing(store, browser, { client, userName, password: renewed });
      const named = { ...{ userName, tenant: 'demo', oldPassword: renewed }, newPassword: former };
      expect((await change(createBrowser(store.app), named)).location).toContain('second_factor_required');
    }
    const given = await postStep(store, desk, 'code', { kind: 'recoveryCode', code: recovery });
    expect(await tokensOf(store, desk, client, given)).toMatchObject({
      acr: '2',
      amr: ['pwd', 'otp', 'mfa'],
    });
  });

  // attack: skip the factor by the link for a first password | ASVS 6.4.3 | guard: services/auth-api/src/sign-in/second-step/next-step.ts
  it('or that is the first one, lets nobody in either, and sets no factor up', async () => {
    const userName = `first-${++people}`;
    const [{ dbid } = { dbid: 0 }] = await usePeopleStore(store, [{ userName }]);
    await requireFactors(store, { mode: 'required' });
    const client = await createClient(store, { scope: ['openid'] });
    await givePassword(linkFor(dbid));
    const browser = createBrowser(store.app);
    await typePassword(store, browser, client, {}, login(userName, renewed));
    for (const path of ['totp', 'newPasskeyOptions', 'later', 'done'] as const)
      await postStep(store, browser, path);
    expect(await readStep(store, browser)).toMatchObject({ state: 'blocked', allowedFactors: [] });
    await getsNothing(store, browser, { client, userName, password: renewed });
  });

  it('is still the one after a reset of the factors', async () => {
    const userName = `kept-${++people}`;
    await usePeopleStore(store, [{ userName, password: former }]);
    const { person, client, held } = await holder(store, userName);
    later();
    await store.deps.factors.ends.reset(person, { reason: 'lost', by: 'test' });
    expect(await held()).toMatchObject({ totp: 0, passkeys: 0, recoveryCodes: 0 });
    const browser = createBrowser(store.app);
    await typePassword(store, browser, client, {}, login(userName, former));
    expect(await readStep(store, browser)).toMatchObject({ state: 'blocked' });
    await requireFactors(store, {});
    await signedIn(store, login(userName, former));
  });
});

describe.each(['password_change_required', 'password_expired'] as const)(
  'a password that is over: %s',
  (over) => {
    const startOver = async (userName: string) => {
      const person = server.simulator.store.personNamed(userName)?.['DBID'] as number;
      await server.simulator.store.updatePerson(
        person,
        over === 'password_expired'
          ? { PasswordUpdatingDate: 1_000_000_000 }
          : { changePasswordOnNextLogin: 2 },
      );
    };
    const rulesOf = (rules: [string, string][]) =>
      server.simulator.store.updateObject(7, 101, {
        userProperties: rules.length === 0 ? [] : [['security-authentication-rules', rules]],
      });
    beforeAll(() => rulesOf([['password-expiration', '30']]));
    afterAll(() => rulesOf([]));

    async function newPerson() {
      const userName = `over-${++people}`;
      await server.simulator.store.createPerson({ tenantDbid: 101, userName, password: former });
      return userName;
    }
    async function holderOver() {
      const made = await holder(server, await newPerson());
      await startOver(made.userName);
      later();
      return made;
    }
    const arrive = async (client: TestClient, typed: ReturnType<typeof login>) => {
      const browser = createBrowser(server.app);
      const interaction = interactionOf(await browser.get(authorizeUrl(client, { scope: 'openid' })));
      const { csrf } = await readView(server.app, browser, interaction);
      const answer = await browser.postForm('/auth/v3/sign-in', { ...typed, interaction, csrf });
      const { username: userName, tenant, password: oldPassword } = typed;
      const form = { userName, tenant, interaction, csrf, oldPassword };
      return { browser, answer, form: { ...form, newPassword: renewed, newPasswordAgain: renewed } };
    };

    // attack: skip the factor by a password that must be changed | ASVS 6.4.3 | guard: services/auth-api/src/sign-in/second-step/entrance.ts
    it('is changed after the factor, which leads to the page for a new one and no further', async () => {
      const { person, app, client, userName, held, before } = await holderOver();
      const { browser, answer, form } = await arrive(client, login(userName, former));
      expect(answer.location).toContain('/auth/second-step.html');
      expect(await readStep(server, browser)).toMatchObject({ state: 'verify', rememberDays: 0 });
      // The new password before the factor.
      expect((await change(browser, form)).location).toContain('/auth/change-password.html?error');
      const { error } = await readView(server.app, browser, form.interaction);
      expect(error).toBe('second_factor_required');
      await getsNothing(server, browser, { client, userName, password: former });

      const given = await postStep(server, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
      expect(given.location).toContain('/auth/change-password.html?');
      await getsNothing(server, browser, { client, userName, password: former });
      const resumed = await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${form.interaction}`);
      expect(resumed.location).toContain('/auth/sign-in.html');

      const wrong = await change(browser, { ...form, oldPassword: 'not the password' });
      expect(wrong.location).toContain('/auth/change-password.html?error');
      later();
      const changed = await change(browser, form);
      expect(browser.cookies.has(stepCookie)).toBe(false);
      expect(await tokensOf(server, browser, client, changed)).toMatchObject({
        ...{ acr: '2', amr: ['pwd', 'otp', 'mfa'] },
      });
      expect(await held()).toEqual(before);
      const events = async () => {
        const { rows } = await server.deps.stores.pool.query(
          'SELECT name, fields FROM auth.audit_events WHERE sub = $1 AND client_id = $2',
          [person.sub, client.clientId],
        );
        return rows;
      };
      // The whole sign-in is one, with both proofs.
      await expect.poll(events, { timeout: 10_000 }).toContainEqual({
        ...{ name: 'login_succeeded', fields: { userName, factors: 'totp' } },
      });
      // The proof of the factor is used up by it.
      browser.cookies.delete(sessionCookie);
      const again = await change(browser, { ...form, oldPassword: renewed, newPassword: former });
      expect(again.location ?? '').not.toContain('/auth/v3/oauth/authorize/resume');
    });

    it('is changed without an application, too, and by nobody else in that browser', async () => {
      const { app, userName } = await holderOver();
      const browser = createBrowser(server.app);
      const typed = await browser.postForm('/auth/v3/sign-in', login(userName, former));
      expect(typed.location).toContain('/auth/second-step.html');
      const given = await postStep(server, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
      expect(given.location).toContain(`/auth/change-password.html?error=${over}`);
      const another = await newPerson();
      const fields = { tenant: 'demo', oldPassword: former, newPassword: renewed };
      expect((await change(browser, { ...fields, userName: another })).location).toContain(
        'second_factor_required',
      );
      later();
      expect((await change(browser, { ...fields, userName })).location).toContain('/auth/signed-in.html');
      expect(await sessionOf(server, browser)).toMatchObject({
        proofs: [{ factor: 'password' }, { factor: 'totp' }],
      });
    });

    it('is not changed by the browser of somebody else, nor after the sign-in was cancelled', async () => {
      const { app, client, userName } = await holderOver();
      const { browser, form } = await arrive(client, login(userName, former));
      await postStep(server, browser, 'code', { kind: 'totp', code: app.codeAt(later()) });
      const thief = createBrowser(server.app);
      await thief.get(authorizeUrl(client));
      thief.cookies.set(stepCookie, browser.cookies.get(stepCookie) ?? '');
      const { interaction: _of, csrf: _there, ...named } = form;
      expect((await change(thief, named)).location).toContain('second_factor_required');
      // Without the failure of the attempt before, which would lead back to the page for a new password.
      expect((await postStep(server, browser, 'cancel')).location).toContain('/auth/sign-in.html?step=name');
      expect((await change(browser, form)).location).toContain('/auth/change-password.html?error');
      expect(await sessionOf(server, browser)).toBeUndefined();
    });

    it('of somebody without a factor is changed after an invitation and the factor that it brings', async () => {
      const userName = await newPerson();
      await requireFactors(server, {});
      const person = await personOf(server, await signedIn(server, login(userName, former)));
      const client = await createClient(server, { scope: ['openid'] });
      await requireFactors(server, { mode: 'required' });
      await startOver(userName);
      later();
      const { browser, form } = await arrive(client, login(userName, former));
      expect(await readStep(server, browser)).toMatchObject({ state: 'blocked' });
      const { code } = await server.deps.factors.invitations.make(person, { reason: 'new here', by: 'test' });
      await postStep(server, browser, 'invitation', { code });
      await postStep(server, browser, 'totp');
      const { id = '', uri = '' } = (await readStep(server, browser))?.totp ?? {};
      await postStep(server, browser, 'totpConfirm', { id, code: codeOfApp(uri)(later()), name: 'App' });
      expect(await readStep(server, browser)).toMatchObject({ state: 'codes' });
      expect((await postStep(server, browser, 'done')).location).toContain('/auth/change-password.html?');
      later();
      expect(await tokensOf(server, browser, client, await change(browser, form))).toMatchObject({
        acr: '2',
      });
    });

    it('of somebody without a factor is changed at once in the time of grace, and the factor is asked for then', async () => {
      const userName = await newPerson();
      const raisedAt = new Date(clock.now()).toISOString();
      await requireFactors(server, { mode: 'required', enrolmentGraceDays: 1, raisedAt });
      await startOver(userName);
      const client = await createClient(server, { scope: ['openid'] });
      const { browser, form } = await arrive(client, login(userName, former));
      later();
      expect((await change(browser, form)).location).toContain('/auth/second-step.html');
      expect(await readStep(server, browser)).toMatchObject({ state: 'enrol', enrolment: { by: 'grace' } });
      expect(browser.cookies.has(sessionCookie)).toBe(false);
    });

    it('is refused by its name, with the place where it is changed', async () => {
      const { userName } = await holderOver();
      const data = { userName, tenant: 'demo', oldPassword: former, newPassword: renewed };
      const answer = await createBrowser(server.app).postJson('/auth/v3/change-password', { data });
      expect(answer.status).toBe(403);
      expect(answer.json()).toMatchObject({
        status: {
          name: 'second_factor_required',
          message:
            'This contact centre requires more than a password: sign in at the login page and give the second factor there',
        },
      });
    });

    it('is changed at once where no factor is needed of its person', async () => {
      const userName = await newPerson();
      await requireFactors(server, { mode: 'offered', requiredRoles: ['ROLE_SUPERVISOR'] });
      await startOver(userName);
      const client = await createClient(server, { scope: ['openid'] });
      const { browser, answer, form } = await arrive(client, login(userName, former));
      expect(answer.location).toContain('/auth/sign-in.html?error');
      expect(await readView(server.app, browser, form.interaction)).toMatchObject({ error: over });
      later();
      expect((await change(browser, form)).location).toContain('/auth/v3/oauth/authorize/resume');
    });
  },
);
