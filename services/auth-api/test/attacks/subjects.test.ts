import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Estate, second, startEstate } from '../operations/help-desk/stack.ts';
import { startHostileProvider } from '../sign-in/sso/stack/hostile-provider.ts';
import { callbackUriOf, localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { contactCenterId, demoContactCenter, otherContactCenterId, publicUrl } from '../stack/auth-api.ts';
import { ask, asked, createAsker, poll, say, waitingFor } from '../stack/backchannel.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { contactCenterAdministrator } from '../stack/console.ts';
import { announceChange } from '../stack/environment-api.ts';
import { exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import { createClient, getCode, introspect, opsCall, redeem, type TestClient } from '../stack/oauth.ts';

/** Both know the people of one environment by the same subjects; the others by subjects of their own. */
const [ours, theirs, own, provided] = ['demo', 'another', 'apart', 'provided'];
const ownContactCenterId = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
/** Its people sign in through a provider of its own. */
const providedContactCenterId = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';

let estate: Estate;
let client: TestClient;
let asker: TestClient;

beforeAll(async () => {
  estate = await startEstate({ env: localTrial });
  const { contactCenters } = estate.stack.environmentApi;
  for (const [domain = '', id = ''] of [
    [own, ownContactCenterId],
    [provided, providedContactCenterId],
  ])
    contactCenters.set(id, { ...demoContactCenter, id, domains: [domain], subjectScope: 'contactCenter' });
  client = await createClient(estate.stack, { scope: ['openid', 'sessions', 'calls'] });
  asker = await createAsker(estate.stack, {
    authorizedGrantTypes: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
    redirectURIs: [client.redirectUri],
  });
});
afterAll(() => estate?.close());

type Someone = Awaited<ReturnType<Estate['someone']>>;

async function enter(
  person: Someone,
  tenant = 'demo',
  by = client,
  browser = createBrowser(estate.stack.app),
) {
  const { stack } = estate;
  const code = await getCode(stack, browser, by, { scope: 'openid' }, { ...person.typed, tenant });
  const tokens = (await redeem(stack, by, code)).json();
  const { sub, sid } = decodeJwt<{ sid: string }>(tokens.id_token);
  return { browser, tokens, sub: String(sub), sid };
}

/** The same person in two contact centres: whoever speaks for people of the second one is that person there. */
async function inBoth() {
  const person = await estate.someone();
  return { person, here: await enter(person, ours), there: await enter(person, theirs) };
}

const sessionsOf = async (browser: Browser) =>
  ((await browser.get('/auth/v3/sessions')).json() as { data: { id: string }[] }).data.map(({ id }) => id);

describe('a person of another contact centre of the environment', () => {
  // attack: own identity provider asserts the user name of a person of another contact centre | ASVS 6.8.1, CWE-287 | guard: services/auth-api/src/registry/contact-centers/subjects.ts
  it('has another subject where the contact centre says so, also by a provider of its own', async () => {
    const provider = await startHostileProvider();
    const person = await estate.someone();
    const { sub } = await enter(person, ours);
    const oidc = { issuer: provider.issuer, clientId: 'gatehouse', scopes: ['openid'] };
    await setSignOn(estate.stack, { id: providedContactCenterId, oidc, clientSecret: 'provider-secret' });
    provider.lies = { claims: { preferred_username: person.userName } };
    const browser = createBrowser(estate.stack.app);
    const leaving = await browser.get(`/auth/v3/sso/start?tenant=${provided}`);
    const { searchParams } = new URL(leaving.location ?? '');
    const back = { state: searchParams.get('state') ?? '', code: searchParams.get('nonce') ?? '' };
    await browser.get(`${callbackUriOf(providedContactCenterId)}?${new URLSearchParams(back)}`);
    const code = await getCode(estate.stack, browser, client, { scope: 'openid' });
    const asserted = decodeJwt((await redeem(estate.stack, client, code)).json().id_token);
    expect(asserted).toMatchObject({ contact_center_id: providedContactCenterId });
    expect(asserted.sub).not.toBe(sub);
    expect((await enter(await estate.someone(), theirs)).sub).not.toBe(sub);
    await provider.close();
  });

  // attack: sessions of the same subject in another contact centre listed or ended | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/browser/sessions/session-lookup.ts
  it('sees and ends no session of it', async () => {
    const { here, there } = await inBoth();
    expect(there.sub).toBe(here.sub);
    expect(await sessionsOf(there.browser)).toEqual([there.sid]);
    expect(await sessionsOf(here.browser)).toEqual([here.sid]);
    const path = `/auth/v3/sessions/${here.sid}`;
    expect((await there.browser.request('DELETE', path, { origin: publicUrl })).status).toBe(404);
    expect(await estate.isIn(here.browser)).toBe(true);
    // The release before lists them together.
    const [list = ''] = await estate.stack.deps.stores.redis.keys(
      `*user-sessions:{${contactCenterId} ${here.sub}}`,
    );
    await estate.stack.deps.stores.redis.del(list);
    expect(await sessionsOf(here.browser)).toEqual([here.sid]);
    expect(await sessionsOf(there.browser)).toEqual([there.sid]);
  });

  // attack: sign-out everywhere in another contact centre | CWE-639, ASVS 7.4.2 | guard: services/auth-api/src/registry/contact-centers/subjects.ts
  it('signs out everywhere only there', async () => {
    const { here, there } = await inBoth();
    const answer = await there.browser.request('POST', '/auth/v3/sign-out?global=true', {
      origin: publicUrl,
    });
    expect(answer.status).toBeLessThan(400);
    await expect.poll(() => estate.isActive(there.tokens.access_token), second).toBe(false);
    expect(await estate.isActive(here.tokens.access_token)).toBe(true);
    expect(await estate.isIn(here.browser)).toBe(true);
  });

  // attack: sign-out everywhere that replicas of the release before do not know | CWE-613, ASVS 7.4.1 | guard: services/auth-api/src/browser/sessions/session-ends.ts
  it('signs out everywhere there at replicas of the release before, too', async () => {
    const { here, there } = await inBoth();
    await there.browser.request('POST', '/auth/v3/sign-out?global=true', { origin: publicUrl });
    const { rows } = await estate.stack.deps.stores.pool.query<{ id: string }>(
      "SELECT id FROM auth.revocations WHERE kind = 'sid' AND id = ANY ($1)",
      [[here.sid, there.sid]],
    );
    expect(rows).toEqual([{ id: there.sid }]);
  });

  // attack: approval of what the same subject was asked in another contact centre | OpenID CIBA 7.1, CWE-863 | guard: services/auth-api/src/browser/approvals/service.ts
  it('neither sees nor approves what it was asked by its ID token', async () => {
    const person = await estate.someone();
    const here = await enter(person, ours, asker);
    const there = await enter(person, theirs, asker);
    const hint = { login_hint: '', id_token_hint: here.tokens.id_token };
    const { auth_req_id } = await asked(estate.stack, asker, hint);
    expect((await waitingFor(there.browser)).data).toEqual([]);
    const [waiting] = (await waitingFor(here.browser)).data;
    expect(await say(there.browser, 'approved', { approval: waiting?.id ?? '' })).toBe('gone');
    const { error } = (await poll(estate.stack, asker, auth_req_id)).json();
    expect(error).toBe('authorization_pending');
    expect(await say(here.browser, 'approved')).toBe('approved');
  });

  // attack: user code set for the same subject in another contact centre | OpenID CIBA 7.1, CWE-639 | guard: services/auth-api/src/browser/approvals/user-codes.ts
  it('sets another user code than its own for nobody else', async () => {
    const coded = await createAsker(estate.stack, {
      authorizedGrantTypes: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
      redirectURIs: [client.redirectUri],
      backchannelUserCodeParameter: true,
    });
    const person = await estate.someone();
    const here = await enter(person, ours, coded);
    const there = await enter(person, theirs, coded);
    const keep = async ({ browser }: typeof here, userCode: string) => {
      const { csrf } = await waitingFor(browser);
      await browser.postForm('/auth/v3/approvals/user-code', { csrf, userCode });
    };
    await keep(here, 'code-of-the-person');
    await keep(there, 'code-of-a-stranger');
    const hint = { login_hint: '', id_token_hint: here.tokens.id_token };
    const by = (user_code: string) => ask(estate.stack, coded, { ...hint, user_code });
    expect(refusalOf(await by('code-of-a-stranger'))).toEqual([400, 'invalid_user_code']);
    expect((await by('code-of-the-person')).status).toBe(200);
  });

  // attack: ID token exchanged for the identity of the next session in the browser | RFC 8693 2.1, CWE-863 | guard: services/auth-api/src/oauth/token/exchange/presented-token.ts
  it('does not get its ID token exchanged for a token there', async () => {
    const exchanger = await createClient(estate.stack, {
      authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      scope: ['openid'],
      tokenExchange: { subjectClients: [client.clientId], idTokens: true },
    });
    const person = await estate.someone();
    const browser = createBrowser(estate.stack.app);
    const bound = await createClient(estate.stack, { contactCenterIds: [otherContactCenterId] });
    const here = await enter(person, ours, client, browser);
    const type = { subject_token_type: urn('id_token') };
    const exchange = () => exchangeToken(estate.stack, exchanger, here.tokens.id_token, type);
    expect((await exchange()).status).toBe(200);
    // It serves the other one alone: the same browser signs in there.
    const there = await enter(person, theirs, bound, browser);
    expect([there.sub, there.sid === here.sid]).toEqual([here.sub, false]);
    expect(refusalOf(await exchange())).toEqual([400, 'invalid_request']);
  });

  // attack: administrator revokes in another contact centre after the audit trail was erased | CWE-639, CWE-778 | guard: services/auth-api/src/operations/help-desk/people.ts
  it('is not revoked from there, whatever the audit trail says', async () => {
    const person = await estate.someone();
    const here = await enter(person, ours);
    await estate.stack.deps.audit.drained();
    for (const user of [person.userName, here.sub])
      await opsCall(estate.stack, 'POST', '/auth/v3/ops/audit/erase', { data: { user } });
    const place = { sub: '99999999-9999-4999-8999-999999999999', contactCenterId: otherContactCenterId };
    const administrator = await contactCenterAdministrator(estate.stack, place);
    const revoke = (data: object) =>
      opsCall(estate.stack, 'POST', '/auth/v3/ops/revocations', { data }, administrator);
    expect((await revoke({ user: here.sub })).status).toBe(404);
    expect((await revoke({ user: person.userName })).status).toBe(200);
    expect(await estate.isActive(here.tokens.access_token)).toBe(true);
    expect(await estate.isIn(here.browser)).toBe(true);
  });

  // attack: session ended by an ID token of another contact centre | OpenID RP-Initiated Logout 2, CWE-639 | guard: services/auth-api/src/sign-in/logout/end-session.ts
  it('is asked before an ID token of it signs out', async () => {
    const { here, there } = await inBoth();
    const hint = new URLSearchParams({ id_token_hint: there.tokens.id_token });
    const answer = await here.browser.get(`/auth/v3/oauth/logout?${hint}`);
    expect(answer.location).toContain('/auth/sign-out.html');
    expect(await estate.isIn(here.browser)).toBe(true);
  });
});

describe('what a person agreed to', () => {
  const consents = () => estate.stack.deps.consents.service;

  // attack: consent given, or taken back, for the same subject in another contact centre | OpenID Connect Core 3.1.2.4, CWE-639 | guard: services/auth-api/src/browser/consents/service.ts
  it('counts in one contact centre, and is taken back there alone', async () => {
    const { here, there } = await inBoth();
    const [at, elsewhere] = [contactCenterId, otherContactCenterId].map((id) => ({
      contactCenterId: id,
      sub: here.sub,
    })) as [{ contactCenterId: string; sub: string }, { contactCenterId: string; sub: string }];
    const agreed = { clientId: client.clientId, scope: ['openid'] };
    await consents().give(elsewhere, agreed);
    expect(await consents().covers(at, agreed)).toBe(false);
    await consents().give(at, agreed);
    const path = `/auth/v3/consents/${client.clientId}`;
    expect((await there.browser.request('DELETE', path, { origin: publicUrl })).status).toBe(200);
    await expect.poll(() => estate.isActive(there.tokens.access_token), second).toBe(false);
    expect(await estate.isActive(here.tokens.access_token)).toBe(true);
    expect(await consents().covers(at, agreed)).toBe(true);
  });
});

describe('what the directory says of a person', () => {
  // attack: go on in another contact centre after the account was disabled or its password changed | ASVS 7.4.2, CWE-613 | guard: services/auth-api/src/registry/contact-centers/subjects.ts
  it('ends what the person holds in all contact centres of the environment', async () => {
    const person = await estate.someone();
    const held = [await enter(person, ours), await enter(person, theirs), await enter(person, own)];
    expect(new Set(held.map(({ sub }) => sub)).size).toBe(2);
    const active = () => Promise.all(held.map(({ tokens }) => estate.isActive(tokens.access_token)));
    expect(await active()).toEqual([true, true, true]);
    await estate.stack.simulator.store.setEnabled(person.dbid, false);
    await expect.poll(active, { timeout: 5_000, interval: 50 }).toEqual([false, false, false]);
  });

  it('also by the own change of a password, in one of them', async () => {
    const person = await estate.someone();
    const held = [await enter(person, ours), await enter(person, own)] as const;
    const change = { oldPassword: person.typed.password, newPassword: 'another-password-of-theirs' };
    const { browser } = held[0] as (typeof held)[0];
    const answer = await browser.postJson('/auth/v3/change-password', { data: change });
    expect(answer.status).toBe(200);
    const active = () => Promise.all(held.map(({ tokens }) => estate.isActive(tokens.access_token)));
    await expect.poll(active, second).toEqual([false, false]);
  });
});

it('another subject scope ends what was held under the former subject, and nothing is issued under it again', async () => {
  const { stack } = estate;
  const moving = { ...demoContactCenter, id: '88888888-8888-4888-8888-888888888888', domains: ['moving'] };
  stack.environmentApi.contactCenters.set(moving.id, moving);
  const person = await estate.someone();
  const before = await enter(person, 'moving');
  stack.environmentApi.contactCenters.set(moving.id, {
    ...moving,
    subjectScope: 'contactCenter',
    version: 2,
  });
  for (const entity of ['contact-center', 'contact-center-end'] as const)
    await announceChange(stack, { entity, id: moving.id, contactCenterId: moving.id });
  await expect.poll(() => estate.isActive(before.tokens.access_token), second).toBe(false);
  const after = await enter(person, 'moving');
  expect(after.sub).not.toBe(before.sub);
  expect((await introspect(stack, client, after.tokens.access_token))['active']).toBe(true);
});

// attack: consent of a deleted contact centre counts for who gets its id | CWE-672, ASVS 8.2.2 | guard: services/auth-api/src/operations/changes/environment-changes.ts
it('what people of a deleted contact centre agreed to counts for nobody who comes under its id', async () => {
  const { stack } = estate;
  const place = { ...demoContactCenter, id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', domains: ['passing'] };
  stack.environmentApi.contactCenters.set(place.id, place);
  const { sub } = await enter(await estate.someone(), 'passing');
  const { consents, approvals } = stack.deps;
  const [gone, stays] = [place.id, contactCenterId].map((id) => ({ contactCenterId: id, sub }));
  const agreed = { clientId: client.clientId, scope: ['openid'] };
  for (const person of [gone, stays]) {
    if (person === undefined) continue;
    await consents.service.give(person, agreed);
    await approvals.userCodes.set(person, 'code-of-the-person');
  }
  const kept = async (person = gone) => [
    await consents.service.covers(person as NonNullable<typeof person>, agreed),
    await approvals.userCodes.has(person as NonNullable<typeof person>),
  ];
  stack.environmentApi.contactCenters.delete(place.id);
  for (const entity of ['contact-center', 'contact-center-end'] as const)
    await announceChange(stack, { entity, id: place.id, contactCenterId: place.id });
  await expect.poll(() => kept(), { timeout: 5_000, interval: 50 }).toEqual([false, false]);
  expect(await kept(stays)).toEqual([true, true]);
});
