/** Flat lists of roles and groups, for applications that cannot read arrays of objects. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  changeClient,
  createClient,
  getCode,
  introspect,
  type OAuthJson,
  passwordTokens,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const lists = { roles: ['ROLE_USER', 'ROLE_AGENT'], groups: ['Agents', 'Users'] };
const neither = { roles: undefined, groups: undefined };

let stack: AuthApi;
let client: TestClient;
beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
});
afterAll(() => stack?.close());

async function signIn(by: TestClient, parameters: Record<string, string>): Promise<OAuthJson> {
  return (await redeem(stack, by, await getCode(stack, createBrowser(stack.app), by, parameters))).json();
}

async function userinfo(accessToken: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await stack.app.inject({ url: '/auth/v3/openid/userinfo', headers })).json();
}

const shown = (from: Record<string, unknown>) => ({ roles: from['roles'], groups: from['groups'] });

async function everywhere(by: TestClient, { id_token, access_token }: OAuthJson) {
  return {
    idToken: shown(decodeJwt(id_token)),
    userinfo: shown(await userinfo(access_token)),
    introspection: shown(await introspect(stack, by, access_token)),
  };
}

const inAllOf = (value: object) => ({ idToken: value, userinfo: value, introspection: value });

describe('roles and groups as arrays of strings', () => {
  it('come where the scope names them, and after a refresh for less scope no more', async () => {
    const tokens = await signIn(client, { scope: 'openid roles groups' });
    expect(await everywhere(client, tokens)).toEqual(inAllOf(lists));

    const renewed = await token(stack, client, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
      scope: 'openid groups',
    });
    expect(await everywhere(client, renewed.json())).toEqual(inAllOf({ ...lists, roles: undefined }));
  });

  it('come where the registration names them, whatever the scope, until it does so no more', async () => {
    const always = await createClient(stack, { membershipClaims: ['roles', 'groups'] });
    expect(await everywhere(always, await signIn(always, { scope: 'openid' }))).toEqual(inAllOf(lists));

    await changeClient(stack, always, { membershipClaims: [] });
    expect(await everywhere(always, await signIn(always, { scope: 'openid' }))).toEqual(inAllOf(neither));
  });

  it('come in a JWT access token and in what introspection says of it', async () => {
    const jwts = await createClient(stack, { accessTokenFormat: 'jwt' });
    const { access_token } = await signIn(jwts, { scope: 'openid groups' });
    expect(shown(decodeJwt(access_token))).toEqual({ ...lists, roles: undefined });
    expect(shown(await introspect(stack, jwts, access_token))).toEqual({ ...lists, roles: undefined });
  });

  it('are not in tokens of applications that ask for everything, as they were before', async () => {
    for (const form of [{}, { scope: '*' }]) {
      const { access_token } = await passwordTokens(stack, client, form);
      expect(shown(await introspect(stack, client, access_token))).toEqual(neither);
      expect(shown(await userinfo(access_token))).toEqual(neither);
    }
  });

  it('can be asked for one by one with the parameter claims', async () => {
    const claims = JSON.stringify({ id_token: { groups: null }, userinfo: { roles: null } });
    const tokens = await signIn(client, { scope: 'openid', claims });
    expect(await everywhere(client, tokens)).toEqual({
      idToken: { ...lists, roles: undefined },
      userinfo: { ...lists, groups: undefined },
      introspection: neither,
    });
  });

  it("tell a client's own authorities in its own token", async () => {
    const service = await createClient(stack, {
      authorities: ['ROLE_REPORTS'],
      membershipClaims: ['roles'],
    });
    const { access_token } = (await token(stack, service, { grant_type: 'client_credentials' })).json();
    expect(shown(await introspect(stack, service, access_token))).toEqual({
      roles: ['ROLE_REPORTS'],
      groups: undefined,
    });
  });

  it('are offered by the discovery document', async () => {
    const answer = await stack.app.inject('/auth/v3/.well-known/openid-configuration');
    const document = answer.json<Record<string, string[]>>();
    expect(document['scopes_supported']).toEqual(expect.arrayContaining(['roles', 'groups']));
    expect(document['claims_supported']).toEqual(expect.arrayContaining(['roles', 'groups', 'email']));
    // A login by password does not yield it.
    expect(document['claims_supported']).not.toContain('email_verified');
  });

  it.each([[['rights']], ['roles'], [['roles', 'roles', 'roles']]])(
    'are refused as %j in a registration',
    async (membershipClaims) => {
      await expect(createClient(stack, { membershipClaims })).rejects.toThrow('membershipClaims');
    },
  );
});
