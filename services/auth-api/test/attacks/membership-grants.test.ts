/** Each grant that needs no password at a contact centre, by people who do not belong to it and by one who belongs to it no more. */
import { CfgObjectType } from '@gatehouse/people-directory';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assertionXml, idpEntityId, signXml } from '../sign-in/sso/stack/saml-provider.ts';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { ask, asked, cibaGrant, createAsker, poll, say, signedIn } from '../stack/backchannel.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { announceChange } from '../stack/environment-api.ts';
import { exchangeGrant, exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import { readView, signIn } from '../stack/interaction.ts';
import {
  createClient,
  interactionOf,
  type OAuthAnswer,
  passwordTokens,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { assertionClaims, type ClientKey, createClientKey, issuer } from '../stack/signing-client.ts';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const bearer = (kind: 'jwt' | 'saml2') => `urn:ietf:params:oauth:grant-type:${kind}-bearer`;
const jwtIssuer = 'https://provider.test';
const password = 'a-password-of-theirs';
const refused = [400, 'invalid_grant'];
/** Of the contact centre `another`; everything is for it alone. */
const bound = { contactCenterIds: [otherContactCenterId] };

let stack: AuthApi;
let skewMs = 0;
let key: ClientKey;
let samlKey: ProviderKey;
let group = 0;
/** Belongs to it at the beginning of each test. */
let member = { username: '', password, tenant: 'another', dbid: 0 };
/** Of another contact centre of the environment. */
const stranger = { username: 'olaf', password, tenant: 'another' };

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0', GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' },
    now: () => Date.now() + skewMs,
  });
  [key, samlKey] = [await createClientKey(), makeProviderKey()];
  const { store } = stack.simulator;
  const { groupInfo } = await store.createAccessGroup({ tenantDbid: 101, name: 'Members' });
  group = (groupInfo as { DBID: number }).DBID;
  await store.createPerson({ tenantDbid: 101, userName: stranger.username, password });
  const { contactCenters } = stack.environmentApi;
  const place = contactCenters.get(otherContactCenterId);
  if (place === undefined) throw new Error('there is no other contact centre');
  const membership = { by: 'accessGroup' as const, names: ['Members'] };
  contactCenters.set(place.id, { ...place, membership, version: 2 });
  await announceChange(stack, { entity: 'contact-center', id: place.id, contactCenterId: place.id });
});
let people = 0;
beforeEach(async () => {
  skewMs += 601_000;
  const username = `nora${++people}`;
  const { DBID } = await stack.simulator.store.createPerson({
    tenantDbid: 101,
    userName: username,
    password,
  });
  member = { ...member, username, dbid: DBID as number };
  await stack.simulator.store.addToAccessGroup(group, member.dbid);
});
afterAll(() => stack?.close());

/** The directory moves everybody out of the group. */
const moveOut = () => stack.simulator.store.updateObject(CfgObjectType.accessGroup, group, { memberIDs: [] });

const refresh = (client: TestClient, { refresh_token }: { refresh_token: string }) =>
  token(stack, client, { grant_type: 'refresh_token', refresh_token });

/** Tokens that are renewed while the person belongs to it, and not after. */
async function expectToEnd(
  client: TestClient,
  given: OAuthAnswer,
  refreshToken = given.json().refresh_token,
) {
  expect([given.status, given.body]).toEqual([200, expect.any(String)]);
  const renewed = await refresh(client, { refresh_token: refreshToken });
  expect(renewed.status).toBe(200);
  await moveOut();
  expect(refusalOf(await refresh(client, renewed.json()))).toEqual(refused);
}

describe('an assertion', () => {
  const asserted = {
    jwt: async (by: TestClient, name: string) => {
      const claims = assertionClaims(name, { iss: jwtIssuer }, stack.deps.now());
      return token(stack, by, { grant_type: bearer('jwt'), assertion: await key.sign(claims) });
    },
    saml2: (by: TestClient, nameId: string) => {
      const place = { inResponseTo: undefined, acsUrl: `${issuer}/oauth/token`, audience: issuer };
      const xml = signXml(assertionXml({ ...place, nameId, shiftSeconds: skewMs / 1000 }), samlKey);
      const assertion = Buffer.from(xml).toString('base64url');
      return token(stack, by, { grant_type: bearer('saml2'), assertion });
    },
  };
  const trusting = () =>
    createClient(stack, {
      authorizedGrantTypes: [bearer('jwt'), bearer('saml2')],
      jwtBearer: { issuers: [{ issuer: jwtIssuer, jwks: { keys: [key.publicJwk] }, ...bound }] },
      samlBearer: { issuers: [{ issuer: idpEntityId, certificates: [samlKey.certificate], ...bound }] },
    });

  // attack: assertion that names a person of another contact centre of the environment | RFC 7521 4.1, CWE-863 | guard: services/auth-api/src/people/directories/members.ts
  it.each(['jwt', 'saml2'] as const)(
    'of a person is taken while the person belongs to it: %s',
    async (kind) => {
      const client = await trusting();
      expect((await asserted[kind](client, member.username)).status).toBe(200);
      expect(refusalOf(await asserted[kind](client, stranger.username))).toEqual(refused);
      await moveOut();
      expect(refusalOf(await asserted[kind](client, member.username))).toEqual(refused);
    },
  );
});

describe('a request for approval (OpenID CIBA)', () => {
  const hintOf = (name: string) => ({ login_hint: `another\\${name}` });

  // attack: request for the approval of a person of another contact centre of the environment | OpenID CIBA 13, CWE-863 | guard: services/auth-api/src/people/directories/members.ts
  it('reaches nobody who does not belong to it', async () => {
    const client = await createAsker(stack, bound);
    expect(refusalOf(await ask(stack, client, hintOf(stranger.username)))).toEqual([400, 'unknown_user_id']);
    await moveOut();
    expect(refusalOf(await ask(stack, client, hintOf(member.username)))).toEqual([400, 'unknown_user_id']);
  });

  // attack: go on by refresh tokens after the directory moved a person out of the contact centre | CWE-613, ASVS 7.4.2 | guard: services/auth-api/src/people/directories/members.ts
  it('yields tokens that end with the membership', async () => {
    const client = await createAsker(stack, { ...bound, authorizedGrantTypes: [cibaGrant, 'refresh_token'] });
    const { auth_req_id } = await asked(stack, client, hintOf(member.username));
    expect(await say(await signedIn(stack, member), 'approved')).toBe('approved');
    skewMs += 6_000;
    await expectToEnd(client, await poll(stack, client, auth_req_id));
  });
});

describe('a device (RFC 8628)', () => {
  const wallboard = () =>
    createClient(stack, {
      ...bound,
      clientType: 'PUBLIC',
      authorizedGrantTypes: [deviceGrant, 'refresh_token'],
    });
  const begin = async (client: TestClient) =>
    (await postForm(stack, 'device', {}, client)).json<{ device_code: string; user_code: string }>();
  const tokensOf = (client: TestClient, device_code: string) => {
    skewMs += 6_000;
    return postForm(stack, 'token', { grant_type: deviceGrant, device_code }, client);
  };
  /** Types the code, and signs in on the way. */
  async function cameTo(browser: Browser, user_code: string, who: typeof stranger) {
    const asking = await browser.postForm('/auth/v3/oauth/device/code', { user_code });
    expect(asking.location).toContain('/auth/sign-in.html');
    return signIn(stack, browser, interactionOf(asking), who);
  }

  // attack: device let in by a person of another contact centre of the environment | RFC 8628 5.4, CWE-863 | guard: services/auth-api/src/people/directories/members.ts
  it('is let in by nobody who does not belong to it, signed in elsewhere or not', async () => {
    const client = await wallboard();
    const { device_code, user_code } = await begin(client);
    const elsewhere = await signedIn(stack, { ...stranger, tenant: 'demo' });
    for (const browser of [elsewhere, createBrowser(stack.app)])
      expect((await cameTo(browser, user_code, stranger)).location).toContain('sign-in.html?error');
    expect((await tokensOf(client, device_code)).json().error).toBe('authorization_pending');
  });

  // attack: go on by refresh tokens of a device after the directory moved a person out of the contact centre | CWE-613, ASVS 7.4.2 | guard: services/auth-api/src/people/directories/members.ts
  it('has tokens that end with the membership', async () => {
    const client = await wallboard();
    const { device_code, user_code } = await begin(client);
    const browser = createBrowser(stack.app);
    const onward = await cameTo(browser, user_code, member);
    const interaction = interactionOf(await browser.get(onward.location ?? ''));
    const { csrf } = await readView(stack.app, browser, interaction);
    const said = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
    expect((await browser.get(said.location ?? '')).location).toContain('result=approved');
    await expectToEnd(client, await tokensOf(client, device_code));
  });
});

describe('a token exchange (RFC 8693)', () => {
  /** Of the installation: it has people of both contact centres. */
  let portal: TestClient;
  let gateway: TestClient;
  beforeAll(async () => {
    portal = await createClient(stack);
    gateway = await createClient(stack, {
      ...bound,
      authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
      tokenExchange: { subjectClients: [portal.clientId], refreshTokens: true },
    });
  });
  const tokensAt = ({ username }: typeof stranger, tenant: string) =>
    passwordTokens(stack, portal, { username: `${tenant}\\${username}`, password });

  // attack: token of another contact centre of the environment, exchanged for one of this | RFC 8693 2.2.2, CWE-863 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('takes no token of a person who does not belong to it', async () => {
    expect(
      (await exchangeToken(stack, gateway, (await tokensAt(member, 'another')).access_token)).status,
    ).toBe(200);
    const { access_token } = await tokensAt(stranger, 'demo');
    expect((await exchangeToken(stack, gateway, access_token)).status).toBe(400);
  });

  it('yields refresh tokens that end with the membership', async () => {
    const { access_token } = await tokensAt(member, 'another');
    const wanted = { requested_token_type: urn('refresh_token') };
    const given = await exchangeToken(stack, gateway, access_token, wanted);
    await expectToEnd(gateway, given, given.json().access_token);
  });
});
