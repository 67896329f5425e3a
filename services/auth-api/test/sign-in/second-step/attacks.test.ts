/** Attacks on a sign-in that waits for its factor, and on what remains of it: levels, notes, counters, cookies, addresses, approvals. */
import { sha256 } from '@gatehouse/service-kit/crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addApp, stepMs, wrong } from '../../factors/people.ts';
import type { AuthApi } from '../../stack/auth-api.ts';
import { asked, createAsker, poll, say } from '../../stack/backchannel.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, sessionCookie, signIn } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  redeem,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';
import { stoppedClock } from '../../stack/redis.ts';
import { codeOfApp, requireFactors } from '../../stack/second-factor.ts';
import {
  postStep,
  readStep,
  sessionOf,
  startReplicas,
  stepCookie,
  typePassword,
} from '../../stack/second-step.ts';

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
const essential = JSON.stringify({ id_token: { acr: { essential: true, values: ['2'] } } });
let stack: AuthApi;
let other: AuthApi;
let client: TestClient;
let person: PersonKey;
beforeAll(async () => {
  const settings = { GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000' };
  ({ stack, other, client, person } = await startReplicas(clock.now, settings));
});
afterAll(async () => {
  await other?.close();
  await stack?.close();
});
beforeEach(async () => {
  // What a test before has ended ended before this one.
  later();
  await requireFactors(stack, {});
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
});

const later = () => {
  clock.advance(stepMs);
  return clock.now();
};
const arrive = (browser: Browser, parameters?: Record<string, string>, by = client) =>
  typePassword(stack, browser, by, parameters);
const giveCode = (browser: Browser, code: string) => postStep(stack, browser, 'code', { kind: 'totp', code });
/** A browser that has signed in by the password alone. */
async function withSession(): Promise<Browser> {
  const browser = createBrowser(stack.app);
  await browser.get((await arrive(browser)).location ?? '');
  return browser;
}
const silently = async (browser: Browser, parameters: Record<string, string> = {}) =>
  responseOf(await browser.get(authorizeUrl(client, { prompt: 'none', ...parameters })));

// attack: level that is stored wrong, of a session or of what a person has | Kratos GHSA-wc43-73w7-x2f5 | guard: services/auth-api/src/tokens/session-reference.ts
it('no level is stored: what was proved and what the person has now decides, whatever a session says of itself', async () => {
  await requireFactors(stack, { mode: 'offered' });
  const browser = await withSession();
  const { redis } = stack.deps.stores;
  const key = stack.deps.core.keyspace.key('session', sha256(browser.cookies.get(sessionCookie) ?? ''));
  const session = JSON.parse((await redis.hget(key, 'data')) ?? '');
  const level = { level: 'phishingResistant', provedLevel: 'phishingResistant', amr: ['pwd', 'otp', 'mfa'] };
  const wrongly = { ...session, ...level, acr: '2', assurance: level };
  await redis.hset(key, 'data', JSON.stringify(wrongly));
  expect((await silently(browser, { claims: essential })).get('error')).toBe(
    'unmet_authentication_requirements',
  );
  const { id_token } = (
    await redeem(stack, client, (await silently(browser, { scope: 'openid' })).get('code') ?? '')
  ).json();
  expect(decodeJwt(id_token)).toMatchObject({ acr: '1', amr: ['pwd'] });

  // The first factor counts at once, for the session that was there before it, and at each replica.
  const app = await addApp(stack, person);
  expect((await silently(browser)).get('error')).toBe('interaction_required');
  for (const replica of [stack, other]) {
    const newcomer = createBrowser(replica.app);
    await typePassword(replica, newcomer, client);
    expect(await readStep(replica, newcomer)).toMatchObject({ state: 'verify', factors: { totp: true } });
    expect(newcomer.cookies.has(sessionCookie)).toBe(false);
  }
  // So does the removal of the last one.
  await stack.deps.factors.totp.remove(person, { id: app.id, isEnough: () => true, by: person.sub });
  expect((await silently(browser)).get('code')).not.toBeNull();
});

describe('a sign-in that waits', () => {
  // attack: use what one sign-in noted in another one | Keycloak CVE-2026-18963 | guard: services/auth-api/src/sign-in/second-step/enrolment.ts
  it('takes nothing that was begun, proved or redeemed in another one of the same person', async () => {
    const raisedAt = new Date(clock.now()).toISOString();
    await requireFactors(stack, { mode: 'required', enrolmentGraceDays: 14, raisedAt });
    const second = await createClient(stack, { scope: ['openid'] });
    const [here, there] = [createBrowser(stack.app), createBrowser(stack.app)];
    await arrive(here);
    await arrive(there, {}, second);
    // A set-up that was begun in one is not confirmed in the other, by whom its code may be known.
    await postStep(stack, here, 'totp');
    const { id = '', uri = '' } = (await readStep(stack, here))?.totp ?? {};
    const codeAt = codeOfApp(uri);
    const confirm = (browser: Browser) =>
      postStep(stack, browser, 'totpConfirm', { id, code: codeAt(clock.now()), name: 'App' });
    await confirm(there);
    expect(await readStep(stack, there)).toMatchObject({ failure: 'set_up_expired' });
    expect(await stack.deps.factors.held(person)).toMatchObject({ totp: 0 });
    await confirm(here);
    await postStep(stack, here, 'done');
    expect(await sessionOf(stack, here)).toBeDefined();
    // Nor does the factor that was proved there let this one in, or add another one.
    for (const path of ['done', 'later', 'newPasskeyOptions', 'totp'] as const)
      await postStep(stack, there, path);
    expect(await readStep(stack, there)).toMatchObject({ state: 'verify' });
    expect(await sessionOf(stack, there)).toBeUndefined();

    await requireFactors(stack, { mode: 'phishingResistant' });
    const [proved, unproved] = [createBrowser(stack.app), createBrowser(stack.app)];
    for (const browser of [proved, unproved]) await arrive(browser);
    await giveCode(proved, codeAt(later()));
    expect(await readStep(stack, proved)).toMatchObject({ state: 'enrol' });
    expect((await postStep(stack, proved, 'newPasskeyOptions')).status).toBe(200);
    expect((await postStep(stack, unproved, 'newPasskeyOptions')).status).toBe(403);
    // Nor in the next sign-in of the same browser.
    await arrive(proved);
    expect(await readStep(stack, proved)).toMatchObject({ state: 'verify' });
    expect((await postStep(stack, proved, 'newPasskeyOptions')).status).toBe(403);
  });

  // attack: guess as often again by another spelling of the name, another replica or another way to the step | Authelia CVE-2025-24806 | guard: services/auth-api/src/sign-in/second-step/answers.ts
  it('counts wrong codes for its person, however the name is spelled, wherever and on which way they come', async () => {
    const app = await addApp(stack, person);
    const raised = await (async () => {
      await requireFactors(stack, {});
      const browser = await withSession();
      await browser.get(authorizeUrl(client, { scope: 'openid', claims: essential }));
      return { replica: stack, browser };
    })();
    await requireFactors(stack, { mode: 'required' });
    const spelled = async (replica: AuthApi, typed: Partial<typeof agent>) => {
      const browser = createBrowser(replica.app);
      await typePassword(replica, browser, client, {}, { ...agent, ...typed });
      return { replica, browser };
    };
    const tries = [
      raised,
      await spelled(stack, {}),
      await spelled(other, { username: 'AGENT' }),
      await spelled(stack, { tenant: 'demo.example.com' }),
      await spelled(other, { username: 'Agent', tenant: 'DEMO' }),
      await spelled(stack, { username: 'demo\\agent', tenant: '' }),
    ];
    const code = app.codeAt(later());
    const failures = [];
    for (const { replica, browser } of tries) {
      await postStep(replica, browser, 'code', { kind: 'totp', code: wrong(code) });
      failures.push((await readStep(replica, browser))?.failure);
    }
    expect(failures).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 'throttled']);
    for (const { replica, browser } of tries) {
      await postStep(replica, browser, 'code', { kind: 'totp', code });
      expect((await readStep(replica, browser))?.failure).toBe('throttled');
    }
  });

  // attack: take acr_values out of the address on the way through the second step | RFC 9470 4, ASVS 10.4.3 | guard: services/auth-api/src/oauth/authorize/authorization-decision.ts
  it('keeps what its request demands, whatever is written into the addresses on the way', async () => {
    const app = await addApp(stack, person);
    const browser = createBrowser(stack.app);
    const strict = interactionOf(
      await browser.get(authorizeUrl(client, { scope: 'openid', claims: essential })),
    );
    const weaker = '&acr_values=1&claims=%7B%7D&prompt=none';
    const resume = (edited: string) =>
      browser.get(`/auth/v3/oauth/authorize/resume?interaction=${strict}${edited}`);
    const leadsBack = async () => {
      for (const edited of ['', weaker]) {
        expect((await resume(edited)).location).toContain('/auth/second-step.html');
        const named = { interaction: strict, acr_values: '1', need: 'password', state: 'enrol' };
        for (const path of ['later', 'done', 'totp'] as const) await postStep(stack, browser, path, named);
        expect(await readStep(stack, browser)).toMatchObject({ state: 'verify', need: 'secondFactor' });
      }
    };
    for (const edited of ['', weaker])
      expect((await resume(edited)).location).toContain('/auth/sign-in.html');
    await signIn(stack, browser, strict, agent);
    await leadsBack();
    // What a weaker request of the same application gets is no way round.
    const weak = responseOf(await browser.get(authorizeUrl(client, { scope: 'openid' })));
    expect(weak.get('code')).not.toBeNull();
    await leadsBack();
    const given = await giveCode(browser, app.codeAt(later()));
    const code = responseOf(await browser.get(`${given.location}${weaker}`)).get('code') ?? '';
    expect(decodeJwt((await redeem(stack, client, code)).json().id_token)).toMatchObject({ acr: '2' });
  });
});

describe('a session that is raised by a factor', () => {
  // attack: know the session before it is raised | Keycloak CVE-2026-7507, CWE-384, ASVS 7.2.4 | guard: services/auth-api/src/browser/sessions/service.ts
  it('gets a new cookie, and the one before is worth nothing to whoever has it', async () => {
    const app = await addApp(stack, person);
    const browser = await withSession();
    const thief = createBrowser(stack.app);
    thief.cookies.set(sessionCookie, browser.cookies.get(sessionCookie) ?? '');
    // The thief lets the same session wait for a factor, and leaves the code to the person.
    await thief.get(authorizeUrl(client, { scope: 'openid', claims: essential }));
    expect(await readStep(stack, thief)).toMatchObject({ state: 'verify' });
    const link = interactionOf(await thief.get(authorizeUrl(client, { scope: 'openid', claims: essential })));
    expect((await browser.get(`/auth/v3/oauth/authorize/resume?interaction=${link}`)).status).toBe(403);

    await browser.get(authorizeUrl(client, { scope: 'openid', claims: essential }));
    await giveCode(browser, app.codeAt(later()));
    expect(await sessionOf(stack, browser)).toMatchObject({
      proofs: [{ factor: 'password' }, { factor: 'totp' }],
    });
    expect(browser.cookies.get(sessionCookie)).not.toBe(thief.cookies.get(sessionCookie));
    expect((await silently(thief)).get('error')).toBe('login_required');
    expect((await thief.get('/auth/v3/sessions')).status).toBe(401);
    // Nor does what waited for the thief come back, even with a code that is right.
    await giveCode(thief, app.codeAt(later()));
    expect(await sessionOf(stack, thief)).toBeUndefined();
  });
});

describe('while wrong codes make a person wait', () => {
  const forget = () =>
    stack.deps.stores.pool.query('DELETE FROM auth.factor_attempts WHERE sub = $1', [person.sub]);

  // attack: approve elsewhere what the lock of a factor keeps out | Keycloak CVE-2026-9798 | guard: services/auth-api/src/factors/attempts/attempts.ts
  it('nobody approves a request of CIBA in their place: by a sign-in that waits, an older session, or the right code', async () => {
    const app = await addApp(stack, person);
    const before = await withSession();
    await requireFactors(stack, { mode: 'required' });
    const asker = await createAsker(stack);
    const { auth_req_id } = await asked(stack, asker);
    const answerOf = async () => {
      clock.advance(6000);
      return (await poll(stack, asker, auth_req_id)).json().error;
    };
    const guesser = createBrowser(stack.app);
    await arrive(guesser);
    const code = app.codeAt(later());
    for (let count = 0; count < 5; count += 1) await giveCode(guesser, wrong(code));
    await giveCode(guesser, code);
    expect(await readStep(stack, guesser)).toMatchObject({ failure: 'throttled' });
    expect((await guesser.get('/auth/v3/approvals')).status).toBe(401);
    guesser.cookies.set(sessionCookie, guesser.cookies.get(stepCookie) ?? '');
    expect((await guesser.get('/auth/v3/approvals')).status).toBe(401);
    expect(await answerOf()).toBe('authorization_pending');
    await say(before, 'approved').catch(() => undefined);
    expect(await answerOf()).toBe('authorization_pending');
    // A new request begins no new count.
    const again = createBrowser(other.app);
    await typePassword(other, again, client);
    await postStep(other, again, 'code', { kind: 'totp', code });
    expect(await readStep(other, again)).toMatchObject({ failure: 'throttled' });

    await forget();
    await postStep(other, again, 'code', { kind: 'totp', code: app.codeAt(later()) });
    expect(await say(again, 'approved')).toBe('approved');
    expect(await answerOf()).toBeUndefined();
  });
});
