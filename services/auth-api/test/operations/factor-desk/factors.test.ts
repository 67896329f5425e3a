/** Administrators who look at the second factors of a person, reset them, and invite the person, in an installation with two replicas. */
import { runCommand } from '@gatehouse/cli/run-command';
import type {
  EndedFactors,
  FactorInvitation,
  FactorsOfPerson,
} from '@gatehouse/contracts/auth-administration';
import { contactCenterRights } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, addPasskey, stranger } from '../../factors/people.ts';
import { contactCenterId, otherContactCenterId } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { addAdministrator, appoint, consoleToken, contactCenterAdministrator } from '../../stack/console.ts';
import { createClient, introspect, opsCall, type TestClient, token } from '../../stack/oauth.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { type SignalReceiver, startSignalReceiver } from '../../stack/signal-receiver.ts';
import { type Estate, second, startEstate } from '../help-desk/stack.ts';

const path = '/auth/v3/ops/people/factors';
const reason = 'lost the telephone; called back at the desk';

let estate: Estate;
let workspace: TestClient;
let receiver: SignalReceiver;
beforeAll(async () => {
  estate = await startEstate({
    env: {
      GATEHOUSE_MODE: 'local',
      GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
      GATEHOUSE_AUTHORITY_MAPPING: `group:Desk=${contactCenterRights['help-desk']}`,
    },
  });
  for (const id of [contactCenterId, otherContactCenterId])
    await requireFactors(estate.stack, { rememberDays: 30 }, id);
  workspace = await createClient(estate.stack);
  receiver = await startSignalReceiver();
  const data = { endpoint: receiver.url, audience: 'factors', contactCenterIds: [contactCenterId] };
  await opsCall(estate.stack, 'POST', '/auth/v3/ops/signal-receivers', { data });
});
afterAll(async () => {
  receiver?.close();
  await estate?.close();
});

/** Signed in once, with an app for codes, ten recovery codes and a remembered browser. */
async function withFactors(tenant = 'demo') {
  const { stack } = estate;
  const person = await estate.someone(tenant);
  const { browser, tokens } = await person.signIn(workspace);
  const sub = String((await introspect(stack, estate.observer, tokens.access_token))['sub']);
  const key = { contactCenterId: tenant === 'demo' ? contactCenterId : otherContactCenterId, sub };
  const app = await addApp(stack, key);
  const codes = await stack.deps.factors.recovery.make(key, { by: sub });
  const given = { factor: 'totp', atMs: stack.deps.now(), epoch: app.epoch } as const;
  const device = await stack.deps.factors.devices.remember(key, given, { days: 30 }, 'Firefox');
  const cookie = device?.value ?? '';
  watchSecret(cookie, 'cookie of a remembered device');
  return { ...person, browser, tokens, key, sub, app, codes, cookie };
}

const send = (what: string, data: object, authorization?: string) =>
  opsCall(estate.stack, 'POST', `${path}/${what}`, { data }, authorization);
const show = async (query: Record<string, string>, authorization?: string) =>
  (
    await opsCall(estate.stack, 'GET', `${path}?${new URLSearchParams(query)}`, undefined, authorization)
  ).json<{ data: FactorsOfPerson }>().data;
const answerOf = (answer: Awaited<ReturnType<typeof send>>) => [
  answer.status,
  answer.json<{ status?: { reason?: string } }>().status?.reason,
];
const renewed = (refresh_token: string) =>
  token(estate.replica, workspace, { grant_type: 'refresh_token', refresh_token });
const named = ({ userName }: { userName: string }) => ({ user: userName, contactCenter: 'demo' });
const held = (key: { contactCenterId: string; sub: string }) => estate.replica.deps.factors.held(key);

describe('the factors of a person', () => {
  it('are shown by name, with when they were made and used, how many codes are left, and the remembered browsers', async () => {
    const { key, sub, app, codes, userName, cookie } = await withFactors();
    const { now, factors } = estate.stack.deps;
    await factors.totp.verify(key, app.codeAt(now() + 30_000), stranger);
    await factors.recovery.verify(key, codes[0] ?? '', stranger);
    const shown = await show({ user: `demo\\${userName.toLowerCase()}` });
    expect(shown).toMatchObject({
      user: { sub, userName, contactCenterId },
      factors: [{ kind: 'totp', id: app.id, name: 'Telephone' }],
      recoveryCodes: 9,
      devices: [{ userAgent: 'Firefox' }],
    });
    expect(Date.parse(shown.factors[0]?.usedAt ?? '')).toBeGreaterThan(0);
    expect(shown.history.map(({ change, factor }) => `${change} ${factor}`)).toEqual([
      'used recoveryCodes',
      'added recoveryCodes',
      'added totp',
    ]);
    const text = JSON.stringify(shown);
    for (const secret of [app.secret, ...codes, cookie.split('.')[1] ?? ''])
      expect(text).not.toContain(secret);
    expect(await show({ user: sub })).toEqual(shown);
    expect(await estate.eventsOf({ user: sub, name: 'access_inspected' })).toMatchObject([
      { fields: { purpose: 'factors', userName } },
      { fields: { purpose: 'factors' } },
    ]);
  });

  it('are those of one contact centre: the same person has others elsewhere', async () => {
    const { userName, sub } = await withFactors();
    const elsewhere = await show({ user: userName, contactCenter: 'another' });
    expect(elsewhere).toMatchObject({ user: { sub, contactCenterId: otherContactCenterId }, factors: [] });
  });
});

describe('a reset', () => {
  // attack: remembered device or session that survives the reset of the factor | better-auth issue 2728, ASVS 7.4.1 | guard: services/auth-api/src/operations/factor-desk/service.ts
  it('ends the factors, the sessions, the tokens, the refresh family and the remembered browsers, and no password', async () => {
    const person = await withFactors();
    const { key, sub, browser, tokens, cookie } = person;
    await addPasskey(estate.stack, key);
    expect((await show({ user: sub })).factors).toMatchObject([
      { kind: 'passkey', synced: false, cloneSuspected: false },
      { kind: 'totp', name: 'Telephone' },
    ]);
    const answer = await send('reset', { ...named(person), reason });
    expect(answer.json<{ data: EndedFactors }>().data).toEqual({
      user: { sub, userName: person.userName, contactCenterId },
      ...{ passkeys: 1, apps: 1, recoveryCodes: 10, devices: 1, sessions: 1 },
    });
    expect(Object.values(await held(key)).every((count) => count === 0)).toBe(true);
    await expect.poll(() => estate.isActive(tokens.access_token), second).toBe(false);
    expect(await estate.isIn(browser)).toBe(false);
    expect((await renewed(tokens.refresh_token)).status).toBe(400);
    expect(await estate.replica.deps.factors.devices.verify(key, cookie, { days: 30 })).toBeUndefined();

    // The password is as it was.
    const again = await person.signIn(workspace);
    expect(await estate.isActive(again.tokens.access_token)).toBe(true);
    expect(await estate.eventsOf({ user: sub, name: 'factors_reset' })).toMatchObject([
      {
        contactCenterId,
        fields: {
          actor: 'ops',
          statement: reason,
          apps: 1,
          recoveryCodes: 10,
          devices: 1,
          credentials: ['fido2-roaming', 'app'],
        },
      },
    ]);
    expect((await show({ user: sub })).history[0]).toMatchObject({ change: 'reset', reason, by: 'ops' });
    expect((await send('reset', { ...named(person), reason })).status).toBe(200);
  });

  it('is told to receivers of shared signals: which credential was revoked, and that every session ended', async () => {
    const person = await withFactors();
    await send('reset', { ...named(person), reason });
    const told = () =>
      receiver.received
        .map(({ token }) => decodeJwt(token) as { sub_id: { sub?: string }; events: Record<string, object> })
        .filter(({ sub_id }) => sub_id.sub === person.sub)
        .flatMap(({ events }) => Object.entries(events).map(([type, facts]) => ({ type, ...facts })));
    await expect.poll(() => told().length, { timeout: 10_000, interval: 20 }).toBe(2);
    const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
    expect(told()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: `${caep}session-revoked`, initiating_entity: 'admin' }),
        expect.objectContaining({
          type: `${caep}credential-change`,
          initiating_entity: 'admin',
          credential_type: 'app',
          change_type: 'revoke',
        }),
      ]),
    );
  });

  it.each([
    ['no reason', {}],
    ['an empty reason', { reason: '' }],
    ['a reason of spaces', { reason: '   ' }],
    ['a reason on two lines', { reason: 'one\ntwo' }],
  ])('with %s is refused by the name of the field, and ends nothing', async (_what, fields) => {
    const person = await withFactors();
    for (const what of ['reset', 'invitation']) {
      const answer = await send(what, { ...named(person), ...fields });
      expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('data.reason')]);
    }
    expect(await held(person.key)).toMatchObject({ totp: 1, recoveryCodes: 10 });
    expect(await estate.isIn(person.browser)).toBe(true);
  });

  // attack: misspelt contact centre that resets somebody else | ASVS 2.2.1 | guard: packages/contracts/src/auth-administration/factors.ts
  it('with a field that nobody knows is refused', async () => {
    const person = await withFactors();
    const answer = await send('reset', { user: person.sub, contactCentre: 'another', reason });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('contactCentre')]);
    expect(await held(person.key)).toMatchObject({ totp: 1 });
  });
});

it('a password that an administrator sets leaves every factor, and ends the remembered browsers', async () => {
  const person = await withFactors();
  await estate.stack.simulator.store.updatePerson(person.dbid, { password: 'another-password-of-theirs' });
  await expect.poll(async () => (await held(person.key)).rememberedDevices, { timeout: 10_000 }).toBe(0);
  expect(await held(person.key)).toMatchObject({ totp: 1, recoveryCodes: 10 });
});

describe('an invitation', () => {
  const invite = async (person: { userName: string }) => {
    const { data } = (await send('invitation', { ...named(person), reason: 'first day' })).json<{
      data: FactorInvitation;
    }>();
    watchSecret(data.code, 'invitation');
    return data;
  };
  const redeem = (key: { contactCenterId: string; sub: string }, code: string) =>
    estate.replica.deps.factors.invitations.redeem(key, code, stranger);

  it('is shown once, works once for ten minutes, and the next one takes its place', async () => {
    const person = await estate.someone();
    const first = await invite(person);
    const { user, code, endsAt } = await invite(person);
    const lifeMs = Date.parse(endsAt) - estate.stack.deps.now();
    expect([lifeMs > 590_000, lifeMs <= 601_000]).toEqual([true, true]);
    expect([await redeem(user, first.code), await redeem(user, code), await redeem(user, code)]).toEqual([
      undefined,
      'ops',
      undefined,
    ]);
    const shown = await show(named(person));
    expect(JSON.stringify(shown)).not.toContain(code);
    expect(shown.history.at(-1)).toMatchObject({ change: 'invited', reason: 'first day', by: 'ops' });
    const events = await estate.eventsOf({ user: user.sub, name: 'factor_invitation_made' });
    expect(events).toMatchObject([{ fields: { actor: 'ops', statement: 'first day' } }, {}]);
    expect(JSON.stringify(events)).not.toContain(code);
  });

  it('is refused for somebody who has a factor: it would open nothing', async () => {
    const person = await withFactors();
    const data = { ...named(person), reason };
    expect(answerOf(await send('invitation', data))).toEqual([409, 'has_second_factor']);
    await send('reset', data);
    expect((await send('invitation', data)).status).toBe(200);
  });
});

it('gatehouse people shows, resets and invites, with a reason that is required', async () => {
  const env = await operatorEnvironment(estate.stack);
  const run = (...args: string[]) => runCommand(['people', ...args], { env });
  const { userName, key } = await withFactors();
  const place = [userName, '--contact-center', 'demo'];
  const shown = await run('factors', ...place);
  expect(shown.out).toContain('app for one-time codes  Telephone');
  expect(shown.out).toContain('recovery codes left: 10');
  expect((await run('reset-factors', ...place, '--yes')).error).toContain('--reason <text>');
  expect((await run('forget-browsers', ...place)).out).toContain('1 browsers');
  expect((await run('invite', ...place, '--reason', reason)).error).toContain('reset the factors first');
  const ended = await run('reset-factors', ...place, '--reason', reason, '--yes');
  expect(ended.out).toContain('1 apps for one-time codes, 10 recovery codes');
  expect(await held(key)).toMatchObject({ totp: 0, recoveryCodes: 0 });
  const invited = await run('invite', ...place, '--reason', reason);
  watchSecret(invited.out.trim(), 'invitation');
  expect(invited.out).toMatch(/^[0-9A-Z]{5}-[0-9A-Z]{5}\n$/);
  expect((await run('factors', ...place)).out).toContain(reason);
});

describe('the remembered browsers of a person', () => {
  it('end one by one, or all at once', async () => {
    const { key, sub, cookie, app } = await withFactors();
    const { stack, replica } = estate;
    const given = { factor: 'totp', atMs: stack.deps.now(), epoch: app.epoch } as const;
    const other = (await stack.deps.factors.devices.remember(key, given, { days: 30 }))?.value ?? '';
    watchSecret(other, 'cookie of a remembered device');
    const counts = async () =>
      Promise.all(
        [cookie, other].map(
          async (value) =>
            (await replica.deps.factors.devices.verify(key, value, { days: 30 })) !== undefined,
        ),
      );
    const end = (query: Record<string, string>) =>
      opsCall(stack, 'DELETE', `${path}/devices?${new URLSearchParams({ user: sub, ...query })}`);
    const [device = ''] = cookie.split('.');
    expect((await end({ device: randomUuid() })).status).toBe(404);
    expect((await end({ device })).json()).toMatchObject({ data: { devices: 1 } });
    expect(await counts()).toEqual([false, true]);
    expect((await end({})).json()).toMatchObject({ data: { devices: 1 } });
    expect(await counts()).toEqual([false, false]);
    expect(await held(key)).toMatchObject({ totp: 1, recoveryCodes: 10 });
    expect(await estate.eventsOf({ user: sub, name: 'remembered_devices_ended' })).toHaveLength(2);
  });
});

describe('an administrator of a contact centre', () => {
  const helpDesk = () =>
    consoleToken(estate.stack, { sub: randomUuid() }, { authorities: [contactCenterRights['help-desk']] });
  const both = async (person: { userName: string }, authorization?: string) => {
    const answers = [];
    for (const what of ['reset', 'invitation'])
      answers.push(answerOf(await send(what, { ...named(person), reason }, authorization)));
    return answers;
  };

  // attack: help-desk agent who resets an administrator to sign in as the administrator | CVE-2026-94000 (Keycloak), CWE-269, ASVS 8.2.1 | guard: services/auth-api/src/operations/factor-desk/reach.ts
  it('touches nobody with a right that they lack, be it by a list or by a mapped group', async () => {
    const { stack } = estate;
    const [listed, mapped] = [await withFactors(), await withFactors()];
    const [ofInstallation, plain] = [await withFactors(), await withFactors()];
    await appoint(stack, contactCenterId, { user: listed.userName, rights: ['auditor'] });
    await addAdministrator(stack, { user: ofInstallation.userName });
    const { groupInfo } = (await stack.simulator.store.createAccessGroup({
      tenantDbid: 101,
      name: 'Desk',
    })) as { groupInfo: { DBID: number } };
    await stack.simulator.store.addToAccessGroup(groupInfo.DBID, mapped.dbid);
    const withRight = [403, 'person_with_right'];
    const placed = [403, 'place_of_administrators'];
    const agent = await helpDesk();
    expect(await both(listed, agent)).toEqual([withRight, withRight]);
    expect(await both(mapped, agent)).toEqual([withRight, withRight]);
    expect(await both(ofInstallation, agent)).toEqual([placed, placed]);
    for (const { key } of [listed, mapped, ofInstallation])
      expect(await held(key)).toMatchObject({ totp: 1 });
    expect((await both(plain, agent)).map(([status]) => status)).toEqual([200, 200]);

    const administrator = await contactCenterAdministrator(stack, { sub: randomUuid() });
    expect(await both(ofInstallation, administrator)).toEqual([placed, placed]);
    expect((await both(listed, administrator)).map(([status]) => status)).toEqual([200, 200]);
    expect((await both(ofInstallation)).map(([status]) => status)).toEqual([200, 200]);
  });

  // attack: open console of an administrator by which a stranger replaces the factor | CWE-620, ASVS 6.3.4 | guard: services/auth-api/src/operations/factor-desk/reach.ts
  it('resets and invites nobody like themselves', async () => {
    const person = await withFactors();
    const own = await contactCenterAdministrator(estate.stack, { sub: person.sub });
    expect(await both(person, own)).toEqual([
      [403, 'own_factors'],
      [403, 'own_factors'],
    ]);
    expect(await held(person.key)).toMatchObject({ totp: 1 });
  });

  // attack: administrator of one contact centre resets the factors of another one's people | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/operations/help-desk/accounts.ts
  it('reaches what a person has in the own contact centre alone', async () => {
    const person = await withFactors('another');
    const authorization = await contactCenterAdministrator(estate.stack, { sub: randomUuid() });
    for (const data of [{ user: person.sub }, { user: person.userName, contactCenter: 'another' }])
      expect((await send('reset', { ...data, reason }, authorization)).status).toBe(404);
    expect((await send('reset', { ...named(person), reason }, authorization)).status).toBe(200);
    expect(await held(person.key)).toMatchObject({ totp: 1, recoveryCodes: 10, rememberedDevices: 1 });
    expect(await estate.isIn(person.browser)).toBe(true);
  });

  // attack: session left open by which somebody resets factors | RFC 9470, CWE-613 | guard: services/auth-api/src/oauth/client-authentication/ops-matrix.ts
  it('signs in again first where the own sign-in is older than 15 minutes', async () => {
    const person = await withFactors();
    const atMs = estate.stack.deps.now() - 16 * 60_000;
    const old = await consoleToken(
      estate.stack,
      { sub: randomUuid() },
      {
        authorities: [contactCenterRights['help-desk']],
        session: { sid: randomUuid(), authTimeMs: atMs, amr: ['pwd'] },
      },
    );
    expect(await both(person, old)).toEqual([
      [401, 'stale_sign_in'],
      [401, 'stale_sign_in'],
    ]);
    expect(await show(named(person), old)).toMatchObject({ recoveryCodes: 10 });
  });
});
