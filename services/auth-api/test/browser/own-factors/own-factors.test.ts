/** The second factors of a person in the account area: who sees and changes them, by which sign-in, and what must stay. */
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { somebody } from '../../factors/people.ts';
import { type AuthApi, otherContactCenterId, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { consoleToken } from '../../stack/console.ts';
import { exchangeGrant } from '../../stack/exchange.ts';
import { createClient, getCode } from '../../stack/oauth.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { areaOf, path, proofsAt } from './stage.ts';

const rpId = new URL(publicUrl).hostname;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());
beforeEach(() => requireFactors(stack, { mode: 'offered' }));

const proofs = () => proofsAt(stack.deps.now());
const enter = (person: PersonKey, given = [proofs().password()], sid?: string) =>
  areaOf(stack, person, given, sid);

/** Somebody with an app for codes, who signed in with it just now. */
async function withApp(person = somebody()) {
  await enter(person).addApp();
  const area = enter(person, [proofs().password(), proofs().totp()]);
  const [app] = (await area.list()).apps;
  return { person, area, app };
}

async function withPasskey(person = somebody(), given = [proofs().password()]) {
  const authenticator = createAuthenticator();
  await enter(person, given).addPasskey(authenticator);
  const area = enter(person, [proofs().passkey()]);
  const [passkey] = (await area.list()).passkeys;
  return { person, area, passkey, authenticator };
}

describe('the factors of a person', () => {
  it('are none at first, and the person may add what the contact centre accepts', async () => {
    expect(await enter(somebody()).list()).toEqual({
      ...{ passkeys: [], apps: [], recoveryCodes: 0, devices: [], history: [] },
      ...{ addable: ['passkey', 'totp'], required: false, invitationNeeded: false, newFactorAdvised: false },
      stepUp: { level: 'password', maxAgeSeconds: 300, met: true },
    });
  });

  it('are listed with name, time and history, and the first one brings ten recovery codes', async () => {
    const person = somebody();
    const area = enter(person);
    const added = await area.addApp('My telephone');
    expect([added.status, added.body.data.recoveryCodes]).toEqual([200, expect.any(Array)]);
    expect(new Set(added.body.data.recoveryCodes).size).toBe(10);
    const listed = await enter(person, [proofs().password(), proofs().totp()]).list();
    expect(listed).toMatchObject({
      apps: [{ id: expect.any(String), name: 'My telephone', madeAt: expect.any(String) }],
      recoveryCodes: 10,
      history: [
        { change: 'added', factor: 'recoveryCodes', own: true },
        { change: 'added', factor: 'totp', name: 'My telephone', own: true },
      ],
      stepUp: { level: 'secondFactor', met: true },
    });
  });

  it('are renamed and removed, and new recovery codes take the place of the old ones', async () => {
    const { area, app, person } = await withApp();
    expect((await area.call('PUT', `/totp/${app.id}`, { name: ' Work ' })).status).toBe(200);
    expect((await area.list()).apps).toMatchObject([{ id: app.id, name: 'Work' }]);
    const made = await area.call('POST', '/recovery-codes');
    expect([made.status, made.body.data.codes.length]).toEqual([200, 10]);
    expect((await area.call('DELETE', `/totp/${app.id}`)).status).toBe(200);
    expect(await enter(person).list()).toMatchObject({ apps: [], recoveryCodes: 0 });
  });

  it('are passkeys, too: made in one session, listed with what is known, renamed, removed', async () => {
    const { area, passkey, authenticator } = await withPasskey();
    expect(passkey).toMatchObject({ name: 'Key', synced: false, mayBeSynced: false, copied: false });
    expect((await area.call('PUT', `/passkeys/${passkey.id}`, { name: 'Blue key' })).status).toBe(200);
    // The browser has it already, and is told so.
    await expect(area.addPasskey(authenticator)).rejects.toThrow('InvalidStateError');
    expect((await area.addPasskey(createAuthenticator(), 'Second')).status).toBe(200);
    expect((await area.list()).passkeys).toMatchObject([{ name: 'Blue key' }, { name: 'Second' }]);
    expect((await area.call('DELETE', `/passkeys/${passkey.id}`)).status).toBe(200);
    expect((await area.list()).passkeys).toMatchObject([{ name: 'Second' }]);
  });

  it('tell the browser of the person which passkeys count and of whom, also when none is left', async () => {
    const { area, passkey, authenticator } = await withPasskey();
    const { userHandle } = authenticator.get(
      { challenge: 'Y2hhbGxlbmdl', rpId },
      { origin: publicUrl },
    ).response;
    const accepted = { rpId, userId: userHandle, userName: expect.any(String), ids: [passkey.id] };
    expect((await area.list()).acceptedPasskeys).toEqual(accepted);
    await area.call('DELETE', `/passkeys/${passkey.id}`);
    expect((await area.list()).acceptedPasskeys).toEqual({ ...accepted, ids: [] });
  });

  it('name what is wrong with a name or a code', async () => {
    const area = enter(somebody());
    for (const name of ['', ' ', 'a\u202eb', 'x'.repeat(65)]) {
      const answer = await area.call('POST', '/totp', { name });
      expect([answer.status, answer.body.errors[0].status.field]).toEqual([400, 'data.name']);
    }
    const { id } = (await area.call('POST', '/totp', { name: 'App' })).body.data;
    const wrong = await area.call('POST', `/totp/${id}/confirm`, { code: '000000x' });
    expect([wrong.status, wrong.body.errors[0].status.field]).toEqual([400, 'data.code']);
    const strange = await area.call('POST', '/passkeys', { name: 'Key', answer: { id: '!' } });
    expect(strange.status).toBe(400);
  });

  it('ask for a new factor after a recovery code, until there is one', async () => {
    const person = somebody();
    const added = await enter(person).addApp();
    const [code] = added.body.data.recoveryCodes;
    await stack.deps.factors.recovery.verify(person, code, {});
    const recovered = enter(person, [proofs().password(), proofs().recoveryCode()]);
    expect(await recovered.list()).toMatchObject({ newFactorAdvised: true, recoveryCodes: 9 });
    expect((await recovered.addApp('New telephone')).status).toBe(200);
    expect(await recovered.list()).toMatchObject({ newFactorAdvised: false });
  });

  it('end remembered browsers one by one and all together', async () => {
    await requireFactors(stack, { mode: 'offered', rememberDays: 7 });
    const { person, area } = await withApp();
    const remember = () =>
      stack.deps.core.writer
        .query<{ epoch: number }>('SELECT epoch FROM auth.factor_epochs WHERE sub = $1', [person.sub])
        .then(({ rows }) =>
          stack.deps.factors.devices.remember(
            person,
            { factor: 'totp', atMs: stack.deps.now(), epoch: rows[0]?.epoch ?? 0 },
            { days: 7 },
            'Firefox',
          ),
        );
    await Promise.all([remember(), remember(), remember()]);
    const { devices } = await area.list();
    expect(devices).toHaveLength(3);
    expect((await area.call('DELETE', `/devices/${devices[0].id}`)).status).toBe(200);
    expect((await area.call('DELETE', `/devices/${devices[0].id}`)).status).toBe(404);
    expect((await area.list()).devices).toHaveLength(2);
    expect((await area.call('DELETE', '/devices')).status).toBe(200);
    expect((await area.list()).devices).toEqual([]);
  });
});

describe('a change', () => {
  const changes = (id: string): [method: string, at: string, data?: object][] => [
    ['POST', '/totp', { name: 'Mine' }],
    ['POST', `/totp/${id}/confirm`, { code: '123456' }],
    ['PUT', `/totp/${id}`, { name: 'Mine' }],
    ['DELETE', `/totp/${id}`],
    ['POST', '/passkeys/options'],
    ['PUT', '/passkeys/abc', { name: 'Mine' }],
    ['DELETE', '/passkeys/abc'],
    ['POST', '/recovery-codes'],
    ['DELETE', '/devices'],
    ['DELETE', '/devices/00000000-0000-4000-8000-000000000001'],
  ];

  // attack: factor added or removed by a sign-in that is weaker than the factors of the person | CVE-2026-3429, RFC 9470 3 | guard: services/auth-api/src/browser/own-factors/owners.ts
  it('needs the strongest sign-in that the person has, and names it', async () => {
    const { person, app } = await withApp();
    const weak = enter(person);
    for (const [method, at, data] of changes(app.id)) {
      const answer = await weak.call(method, at, data);
      expect([at, answer.status]).toEqual([at, 401]);
    }
    await withPasskey(person, [proofs().password(), proofs().totp()]);
    const middle = enter(person, [proofs().password(), proofs().totp()]);
    for (const [method, at, data] of changes(app.id)) {
      const answer = await middle.call(method, at, data);
      expect([at, answer.status]).toEqual([at, 401]);
      expect(answer.challenge).toContain('error="insufficient_user_authentication"');
      expect(answer.challenge).toContain('acr_values="urn:gatehouse:acr:phishing-resistant"');
      expect(answer.challenge).toContain('max_age="300"');
    }
    expect(await enter(person, [proofs().passkey()]).list()).toMatchObject({
      apps: [{ name: 'Telephone' }],
      passkeys: [{ name: 'Key' }],
      recoveryCodes: 10,
    });
  });

  // attack: session left open, whose factors a passer-by changes | NIST SP 800-63B-4 4.1.2, OWASP ASVS 7.5.1 | guard: services/auth-api/src/browser/own-factors/owners.ts
  it('needs a sign-in of the last five minutes, also of somebody without a factor', async () => {
    const { person, app } = await withApp();
    const old = 5 * minuteMs + 1000;
    const left = enter(person, [proofs().password(old), proofs().totp(old)]);
    expect(await left.list()).toMatchObject({ stepUp: { level: 'secondFactor', met: false } });
    const refused = await left.call('DELETE', `/totp/${app.id}`);
    expect([refused.status, refused.body.status.reason]).toEqual([401, 'stale_second_factor']);
    const plain = enter(somebody(), [proofs().password(old)]);
    const first = await plain.call('POST', '/totp', { name: 'Mine' });
    expect([first.status, first.body.status.reason]).toEqual([401, 'stale_sign_in']);
  });

  it('is possible by a recovery code of the last five minutes, where passkeys are not required', async () => {
    const { person, passkey } = await withPasskey();
    const lost = enter(person, [proofs().password(), proofs().recoveryCode()]);
    expect((await lost.addPasskey(createAuthenticator(), 'New')).status).toBe(200);
    expect((await lost.call('DELETE', `/passkeys/${passkey.id}`)).status).toBe(200);
  });

  // attack: recovery code that stands for a passkey: long after its use, beside another factor, or where passkeys are required | CWE-308, NIST SP 800-63B-4 4.2.2 | guard: services/auth-api/src/browser/own-factors/situation.ts
  it('is not possible by an old recovery code, by an app beside it, nor where passkeys are required', async () => {
    const { person, passkey } = await withPasskey();
    const remove = (given: Parameters<typeof enter>[1]) =>
      enter(person, given).call('DELETE', `/passkeys/${passkey.id}`);
    const old = 6 * minuteMs;
    const { password, recoveryCode, totp } = proofs();
    expect((await remove([password(), recoveryCode(old)])).status).toBe(401);
    expect((await remove([password(), recoveryCode(old), totp()])).status).toBe(401);
    await requireFactors(stack, { mode: 'phishingResistant' });
    expect((await remove([password(), recoveryCode()])).status).toBe(401);
  });

  // attack: password alone that changes factors while passkeys are off under another public host | CWE-308, NIST SP 800-63B-4 4.2.2 | guard: services/auth-api/src/browser/own-factors/situation.ts
  it('needs a code of somebody whose passkeys are off, since the public host is another one', async () => {
    const { person, passkey, area } = await withPasskey();
    const removal = `/passkeys/${passkey.id}`;
    const moved = await startAuthApi({ beside: stack, env: { GATEHOUSE_PUBLIC_URL: 'https://sso.test' } });
    const there = (...given: Parameters<typeof areaOf>[2]) => areaOf(moved, person, given);

    expect(await there(proofs().password(), proofs().recoveryCode()).list()).toMatchObject({
      ...{ passkeys: [{ id: passkey.id }], addable: ['totp'] },
      stepUp: { level: 'secondFactor', met: true },
    });
    expect((await there(proofs().password()).call('DELETE', removal)).status).toBe(401);
    expect((await there(proofs().password(), proofs().totp()).addApp()).status).toBe(200);
    await moved.close();
    expect((await area.list()).passkeys).toMatchObject([{ id: passkey.id }]);
  });

  // attack: last working factor removed, so that a password and an invitation are the way in | CWE-308 | guard: services/auth-api/src/browser/own-factors/situation.ts
  it('leaves nobody with passkeys alone where a factor is required and passkeys are off', async () => {
    const { person, app } = await withApp();
    await enter(person, [proofs().password(), proofs().totp()]).addPasskey(createAuthenticator());
    await requireFactors(stack, { mode: 'required' });
    const moved = await startAuthApi({ beside: stack, env: { GATEHOUSE_PUBLIC_URL: 'https://sso.test' } });
    const there = areaOf(moved, person, [proofs().password(), proofs().totp()]);
    expect((await there.call('DELETE', `/totp/${app.id}`)).status).toBe(409);
    await moved.close();
    const here = enter(person, [proofs().passkey()]);
    expect((await here.call('DELETE', `/totp/${app.id}`)).status).toBe(200);
  });

  it('counts no passkey that the contact centre does not accept', async () => {
    const { person } = await withApp();
    const copied = createAuthenticator({ eligible: true, synced: true });
    const area = enter(person, [proofs().password(), proofs().totp()]);
    expect((await area.addPasskey(copied)).status).toBe(200);
    expect((await area.list()).stepUp.level).toBe('phishingResistant');
    await requireFactors(stack, { mode: 'offered', syncedPasskeys: 'refused' });
    expect((await area.list()).stepUp).toMatchObject({ level: 'secondFactor', met: true });
    await requireFactors(stack, { mode: 'offered', allowedFactors: ['totp'] });
    expect(await area.list()).toMatchObject({ addable: ['totp'], stepUp: { level: 'secondFactor' } });
    expect((await area.call('POST', '/passkeys/options')).body.status.name).toBe('factor_not_accepted');
  });

  // attack: program that adds and removes factors without end, or looks for one that is let through | CWE-770, ASVS 2.4.1 | guard: services/auth-api/src/browser/own-factors/owners.ts
  it('is limited for each person', async () => {
    const person = somebody();
    const tries = Array.from({ length: 31 }, () => enter(person).call('POST', '/totp', { name: 'Mine' }));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect((await enter(somebody()).call('POST', '/totp', { name: 'Mine' })).status).toBe(200);
  });
});

describe('a first factor', () => {
  const raised = (daysAgo: number) => new Date(stack.deps.now() - daysAgo * dayMs).toISOString();
  const add = (given: Parameters<typeof enter>[1]) => enter(somebody(), given).addApp();

  it('is added by the password alone in the time of grace, of which the days are told', async () => {
    await requireFactors(stack, { mode: 'required', enrolmentGraceDays: 14, raisedAt: raised(4.5) });
    expect(await enter(somebody()).list()).toMatchObject({
      daysLeft: 10,
      required: true,
      addable: ['passkey', 'totp'],
    });
    expect((await add([proofs().password()])).status).toBe(200);
  });

  // attack: attacker who knows the password and adds the first factor | CWE-308, NIST SP 800-63B-4 4.1.2 | guard: services/auth-api/src/factors/enrolment/permission.ts
  it('is added by nobody with the password alone once the time of grace is over', async () => {
    await requireFactors(stack, { mode: 'required', enrolmentGraceDays: 14, raisedAt: raised(15) });
    expect((await add([proofs().password()])).status).toBe(401);
    expect((await add([proofs().provider(6 * minuteMs)])).status).toBe(401);
    // Nor where an earlier sign-in at the identity provider lets the person in.
    const { password, provider } = proofs();
    expect((await add([provider(6 * minuteMs), password()])).body.status.name).toBe('invitation_needed');
    expect((await add([proofs().provider()])).status).toBe(200);
  });

  // attack: session by a password that makes recovery codes in the time of grace of a policy that no longer counts the app for codes | CWE-308 | guard: services/auth-api/src/factors/enrolment/permission.ts
  it('is what the time of grace is for: somebody with a factor that does not count any more is not let in', async () => {
    const { person } = await withApp();
    await requireFactors(stack, {
      ...{ mode: 'required', allowedFactors: ['passkey'] },
      ...{ enrolmentGraceDays: 14, raisedAt: raised(1) },
    });
    const area = enter(person, [proofs().password()]);
    for (const at of ['/recovery-codes', '/passkeys/options'])
      expect((await area.call('POST', at)).status).toBe(401);
  });

  it('is not offered where factors are off; held ones can be removed', async () => {
    const { person, app } = await withApp();
    await requireFactors(stack, { mode: 'off' });
    const area = enter(person);
    expect(await area.list()).toMatchObject({
      addable: [],
      invitationNeeded: false,
      stepUp: { level: 'password' },
    });
    expect((await area.addApp()).body.status.name).toBe('factor_not_accepted');
    expect((await area.call('DELETE', `/totp/${app.id}`)).status).toBe(200);
  });

  it('stays as the last one where the contact centre requires a factor, of the kind that it requires', async () => {
    const { person, area, app } = await withApp();
    await requireFactors(stack, { mode: 'required' });
    const refused = await area.call('DELETE', `/totp/${app.id}`);
    expect([refused.status, refused.body.status.message]).toEqual([
      409,
      expect.stringContaining('add another'),
    ]);
    const { area: strong, passkey } = await withPasskeyBeside(person);
    await requireFactors(stack, { mode: 'phishingResistant' });
    expect((await strong.call('DELETE', `/passkeys/${passkey.id}`)).status).toBe(409);
    expect((await strong.call('DELETE', `/totp/${app.id}`)).status).toBe(200);
  });

  async function withPasskeyBeside(person: PersonKey) {
    await enter(person, [proofs().password(), proofs().totp()]).addPasskey(createAuthenticator());
    const area = enter(person, [proofs().passkey()]);
    return { area, passkey: (await area.list()).passkeys[0] };
  }
});

describe('others', () => {
  // attack: factor of another person, or of the same person in another contact centre, changed by its id | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/factors/totp/store.ts
  it('change nothing by the id of a factor, a passkey or a remembered browser', async () => {
    const [victim, keeper] = [await withApp(), await withPasskey()];
    const elsewhere = { ...victim.person, contactCenterId: otherContactCenterId };
    for (const person of [somebody(), elsewhere]) {
      const area = enter(person);
      for (const [method, at, data] of [
        ['PUT', `/totp/${victim.app.id}`, { name: 'Mine' }],
        ['DELETE', `/totp/${victim.app.id}`],
        ['PUT', `/passkeys/${keeper.passkey.id}`, { name: 'Mine' }],
        ['DELETE', `/passkeys/${keeper.passkey.id}`],
      ] as const) {
        const answer = await area.call(method, at, data);
        expect([at, answer.status]).toEqual([at, 404]);
      }
    }
    expect((await victim.area.list()).apps).toEqual([victim.app]);
    expect((await keeper.area.list()).passkeys).toEqual([keeper.passkey]);
  });

  // attack: app or passkey that a person began and another one completes | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/factors/passkeys/challenges.ts
  it('complete no set-up that a person began, nor in another session of the same person', async () => {
    const person = somebody();
    const [here, there] = [enter(person), enter(person)];
    const offered = await here.call('POST', '/passkeys/options');
    const answer = createAuthenticator().create(offered.body.data, { origin: 'https://login.test' });
    const app = (await here.call('POST', '/totp', { name: 'App' })).body.data;
    const stranger = enter(somebody());
    for (const area of [stranger, there]) {
      const taken = await area.call('POST', '/passkeys', { name: 'Key', answer });
      expect([taken.status, taken.body.status.name]).toEqual([400, 'passkey_expired']);
    }
    const taken = await stranger.call('POST', `/totp/${app.id}/confirm`, { code: '123456' });
    expect(taken.status).toBe(400);
    expect((await here.call('POST', '/passkeys', { name: 'Key', answer })).status).toBe(200);
  });

  // attack: application that reads or changes the second factors of its user | CWE-863, ASVS 8.2.1 | guard: services/auth-api/src/browser/sessions/account-holder.ts
  it('are tokens of applications, of exchanges and of less scope: they see and change nothing', async () => {
    const { person, app } = await withApp();
    const client = await createClient(stack);
    const tokens = [
      await consoleToken(stack, person, { scope: ['sessions'], clientId: client.clientId }),
      await consoleToken(stack, person, { scope: ['sessions'], grantType: exchangeGrant, generation: 1 }),
      await consoleToken(stack, person, { scope: ['openid'] }),
    ];
    for (const authorization of tokens) {
      const headers = { authorization };
      expect((await stack.app.inject({ url: path, headers })).statusCode).toBe(403);
      const removal = { method: 'DELETE', url: `${path}/totp/${app.id}`, headers } as const;
      expect((await stack.app.inject(removal)).statusCode).toBe(403);
    }
    expect((await stack.app.inject({ url: path })).statusCode).toBe(401);
  });

  // attack: page of another site that changes the factors of its visitor (registration for another person) | CWE-352, ASVS 3.5.1 | guard: services/auth-api/src/browser/own-factors/owners.ts
  it('are pages of other sites, which change nothing with the cookie of the visitor', async () => {
    const client = await createClient(stack);
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);
    const post = (headers: Record<string, string>) =>
      browser.request(
        'POST',
        `${path}/totp`,
        { 'content-type': 'application/json', ...headers },
        JSON.stringify({ data: { name: 'Mine' } }),
      );
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await post(headers as Record<string, string>)).status).toBe(403);
    expect((await post({ origin: 'https://login.test' })).status).toBe(200);
  });
});
