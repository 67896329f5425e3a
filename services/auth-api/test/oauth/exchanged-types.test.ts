import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import {
  createClient,
  getCode,
  introspect,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';
import { seenElsewhere } from '../stack/seen-elsewhere.ts';

let stack: AuthApi;
let portal: TestClient;
let reports: TestClient;
/** May do everything that an exchange can be allowed. */
let gateway: TestClient;
let skewMs = 0;

beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + skewMs });
  portal = await createClient(stack);
  reports = await createClient(stack);
  gateway = await createClient(stack, {
    client_id: 'gateway',
    authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
    tokenExchange: {
      subjectClients: [portal.clientId, 'gateway'],
      audiences: [reports.clientId],
      idTokens: true,
      refreshTokens: true,
    },
  });
});
afterAll(() => stack?.close());

const signedIn = async (browser = createBrowser(stack.app), scope = 'openid email') =>
  (await redeem(stack, portal, await getCode(stack, browser, portal, { scope }))).json();

describe('an exchange for a refresh token', () => {
  const wanted = { requested_token_type: urn('refresh_token') };
  const refresh = (value: string) =>
    token(stack, gateway, { grant_type: 'refresh_token', refresh_token: value });

  it('answers it as the access_token, which is none (RFC 8693 section 2.2.1), and it gives access tokens', async () => {
    const user = await passwordTokens(stack, portal, { scope: 'read write' });

    const answer = await exchangeToken(stack, gateway, user.access_token, { ...wanted, scope: 'read' });

    expect(answer.json()).toMatchObject({
      issued_token_type: urn('refresh_token'),
      token_type: 'N_A',
      scope: 'read',
    });
    const renewed = (await refresh(answer.json().access_token)).json();
    expect(await introspect(stack, gateway, renewed.access_token)).toMatchObject({
      active: true,
      client_id: 'gateway',
      aud: ['gateway'],
      scope: 'read',
      username: 'demo\\agent',
    });
  });

  it('bounds what follows by the life of the subject token', async () => {
    const brief = await createClient(stack, { accessTokenExpirationTimeout: 100 });
    const patient = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
      tokenExchange: { subjectClients: [brief.clientId], refreshTokens: true },
    });
    const user = await passwordTokens(stack, brief);

    const answer = await exchangeToken(stack, patient, user.access_token, wanted);
    const renewed = await token(stack, patient, {
      grant_type: 'refresh_token',
      refresh_token: answer.json().access_token,
    });

    expect(answer.json().expires_in).toBeLessThanOrEqual(100);
    expect(renewed.json().expires_in).toBeLessThanOrEqual(100);
  });

  it.each([
    ['access token', (user: { access_token: string }) => user.access_token],
    ['family', (user: { refresh_token: string }) => user.refresh_token],
  ] as const)('ends with the %s of the subject, and so does what it gave', async (_name, pick) => {
    const user = await passwordTokens(stack, portal);
    const given = (await exchangeToken(stack, gateway, user.access_token, wanted)).json().access_token;
    const renewed = (await refresh(given)).json();

    await postForm(stack, 'revoke', { token: pick(user) }, portal);

    expect(refusalOf(await refresh(renewed.refresh_token))).toEqual([400, 'invalid_grant']);
    expect(await introspect(stack, gateway, renewed.access_token)).toEqual({ active: false });
  });

  it('is refused to a client whose registration does not allow it', async () => {
    const plain = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
      tokenExchange: { subjectClients: [portal.clientId] },
    });
    const user = await passwordTokens(stack, portal);
    const answer = await exchangeToken(stack, plain, user.access_token, wanted);
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
  });
});

describe('an exchange for an ID token', () => {
  const wanted = { requested_token_type: urn('id_token') };

  it('gives one for the audience, that says who asked and holds no longer than the subject token', async () => {
    const user = await signedIn();

    const answer = await exchangeToken(stack, gateway, user.access_token, {
      ...wanted,
      audience: reports.clientId,
    });

    expect(answer.json()).toMatchObject({ issued_token_type: urn('id_token'), token_type: 'N_A' });
    const [claims, original] = [decodeJwt(answer.json().access_token), decodeJwt(user.id_token)];
    expect(claims).toMatchObject({
      aud: reports.clientId,
      azp: 'gateway',
      sub: original.sub,
      sid: original['sid'],
      auth_time: original['auth_time'],
    });
    expect(claims.exp).toBeLessThanOrEqual(original.exp ?? 0);
    expect(claims['at_hash']).toBeUndefined();
    expect(decodeProtectedHeader(answer.json().access_token).typ).toBe('JWT');
  });

  it('says when the identity provider saw the user, in a JWT too', async () => {
    const browser = createBrowser(stack.app);
    await signedIn(browser);
    const seenAtMs = Date.now() + skewMs - 3_600_000;
    await seenElsewhere(stack, browser, seenAtMs);
    const user = await signedIn(browser);
    const authTimeOf = async (type: string) => {
      const answer = await exchangeToken(stack, gateway, user.access_token, {
        requested_token_type: urn(type),
      });
      return decodeJwt(answer.json().access_token)['auth_time'];
    };

    expect(await authTimeOf('id_token')).toBe(Math.floor(seenAtMs / 1000));
    expect(await authTimeOf('jwt')).toBe(Math.floor(seenAtMs / 1000));
  });

  it('signs it as the audience expects, whatever the requester is registered for', async () => {
    const reader = await createClient(stack, { idTokenSignedResponseAlg: 'EdDSA' });
    const asker = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [reader.clientId] },
      idTokenSignedResponseAlg: 'ES256',
    });
    const user = await signedIn();
    const algorithmFor = async (form: Record<string, string>) => {
      const answer = await exchangeToken(stack, asker, user.access_token, { ...wanted, ...form });
      return decodeProtectedHeader(answer.json().access_token).alg;
    };

    expect(await algorithmFor({ audience: reader.clientId })).toBe('EdDSA');
    expect(await algorithmFor({})).toBe('ES256');
  });

  it('needs the scope openid, and one audience', async () => {
    const without = await passwordTokens(stack, portal, { scope: 'read' });
    const user = await signedIn();
    const two: [string, string][] = [
      ['requested_token_type', urn('id_token')],
      ['audience', reports.clientId],
      ['audience', 'gateway'],
    ];

    expect(refusalOf(await exchangeToken(stack, gateway, without.access_token, wanted))).toEqual([
      400,
      'invalid_scope',
    ]);
    expect(refusalOf(await exchangeToken(stack, gateway, user.access_token, two))).toEqual([
      400,
      'invalid_target',
    ]);
  });
});

describe('an exchange for a JWT', () => {
  it('gives an access token that others can read, and that is introspected, exchanged and revoked like any', async () => {
    const user = await passwordTokens(stack, portal, { scope: 'read write' });

    const answer = await exchangeToken(stack, gateway, user.access_token, {
      requested_token_type: urn('jwt'),
      scope: 'read',
    });

    expect(answer.json()).toMatchObject({ issued_token_type: urn('jwt'), token_type: 'bearer' });
    const jwt = answer.json().access_token;
    expect(decodeProtectedHeader(jwt).typ).toBe('at+jwt');
    expect(decodeJwt(jwt)).toMatchObject({ client_id: 'gateway', aud: 'gateway', scope: 'read' });
    expect((await introspect(stack, gateway, jwt))['active']).toBe(true);
    const again = await exchangeToken(stack, gateway, jwt, { subject_token_type: urn('jwt') });
    expect(again.status).toBe(200);
    await postForm(stack, 'revoke', { token: user.access_token }, portal);
    for (const token of [jwt, again.json().access_token]) {
      expect(await introspect(stack, gateway, token)).toEqual({ active: false });
    }
  });
});

describe('an ID token as subject', () => {
  const asIdToken = { subject_token_type: urn('id_token') };

  it('stands for the session behind it: identity scopes, and the end of the session ends the token', async () => {
    const browser = createBrowser(stack.app);
    const user = await signedIn(browser);

    const answer = await exchangeToken(stack, gateway, user.id_token, asIdToken);

    expect(answer.json().scope).toBe('openid profile email');
    const given = answer.json().access_token;
    expect(await introspect(stack, gateway, given)).toMatchObject({
      active: true,
      username: 'demo\\agent',
      sid: decodeJwt(user.id_token)['sid'],
    });
    await browser.postJson('/auth/v3/sign-out', {});
    expect(await introspect(stack, gateway, given)).toEqual({ active: false });
    expect(refusalOf(await exchangeToken(stack, gateway, user.id_token, asIdToken))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  // attack: ID token exchanged for an application scope | RFC 8693 5 | guard: services/auth-api/src/oauth/token/exchange/presented-token.ts
  it('37: gives no scope beyond these', async () => {
    const user = await signedIn();
    const answer = await exchangeToken(stack, gateway, user.id_token, {
      ...asIdToken,
      scope: 'openid write',
    });
    expect(refusalOf(answer)).toEqual([400, 'invalid_scope']);
  });

  // attack: exchange of a derived ID token | RFC 8693 4.1 | guard: services/auth-api/src/oauth/token/exchange/presented-token.ts
  it('37: is refused when it was made from another token: who acts with it would be forgotten', async () => {
    const user = await signedIn();
    const derived = await exchangeToken(stack, gateway, user.access_token, {
      requested_token_type: urn('id_token'),
    });
    const answer = await exchangeToken(stack, gateway, derived.json().access_token, asIdToken);
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
  });

  it('37: lets nobody act but the party that its client names (may_act)', async () => {
    const guarded = await createClient(stack, { tokenExchange: { mayAct: 'somebody-else' } });
    const reader = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [guarded.clientId], idTokens: true },
    });
    const code = await getCode(stack, createBrowser(stack.app), guarded, { scope: 'openid' });
    const { id_token } = (await redeem(stack, guarded, code)).json();
    const answer = await exchangeToken(stack, reader, id_token, asIdToken);
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
  });

  it('37, 41: is refused without permission, without a session, expired, changed, and as an access token', async () => {
    const plain = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [portal.clientId] },
    });
    const user = await signedIn();
    const sessionless = await passwordTokens(stack, portal, { scope: 'openid' });
    const refused = async (value: string, form: Record<string, string> = asIdToken, by = gateway) =>
      refusalOf(await exchangeToken(stack, by, value, form));

    expect(await refused(user.id_token, asIdToken, plain)).toEqual([400, 'invalid_request']);
    expect(await refused(sessionless.id_token)).toEqual([400, 'invalid_request']);
    expect(await refused(`${user.id_token.slice(0, -4)}AAAA`)).toEqual([400, 'invalid_request']);
    expect(await refused(user.id_token, {})).toEqual([400, 'invalid_request']);
    expect(await refused(user.id_token, { subject_token_type: urn('jwt') })).toEqual([
      400,
      'invalid_request',
    ]);
    skewMs = 43_200_000;
    expect(await refused(user.id_token)).toEqual([400, 'invalid_request']);
    skewMs = 0;
  });
});
