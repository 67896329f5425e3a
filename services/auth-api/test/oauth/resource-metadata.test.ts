/** A client that knows nothing but the address of a resource finds the authorization server (RFC 9728). */
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ListeningAuthApi, startListening } from '../stack/listening.ts';
import { createClient, passwordTokens, token } from '../stack/oauth.ts';

const insecure = { [oauth.allowInsecureRequests]: true };

let stack: ListeningAuthApi;
beforeAll(async () => {
  stack = await startListening();
});
afterAll(() => stack?.close());

const challengeOf = async (path: string, authorization?: string) => {
  const answer = await fetch(`${stack.issuer}${path}`, { headers: authorization ? { authorization } : {} });
  return { status: answer.status, challenge: answer.headers.get('www-authenticate') ?? '' };
};
const addressIn = (challenge: string) => /resource_metadata="([^"]+)"/.exec(challenge)?.[1];

describe('protected resource metadata', () => {
  recordForeignLibrary(
    'oauth4webapi',
    'leads it from an API to the authorization server (RFC 9728)',
    import.meta.url,
  );
  it.each(['/openid/userinfo', '/userinfo', '/jwt-userinfo'])(
    'of %s is named in its challenge, and leads to this server',
    async (path) => {
      const { status, challenge } = await challengeOf(path);
      expect([status, challenge]).toEqual([401, expect.stringMatching(/^Bearer /)]);
      const resource = new URL(`${stack.issuer}${path}`);
      expect(addressIn(challenge)).toBe(
        `${stack.origin}/.well-known/oauth-protected-resource${resource.pathname}`,
      );

      const found = await oauth.processResourceDiscoveryResponse(
        resource,
        await oauth.resourceDiscoveryRequest(resource, insecure),
      );
      expect(found).toMatchObject({
        resource: resource.href,
        authorization_servers: [stack.issuer],
        scopes_supported: expect.arrayContaining(['openid', 'profile', 'roles']),
        dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      });
      const server = new URL(String(found.authorization_servers?.[0]));
      const discovered = await oauth.discoveryRequest(server, { algorithm: 'oauth2', ...insecure });
      const { protected_resources } = (await discovered.json()) as { protected_resources: string[] };
      expect(protected_resources).toContain(resource.href);
    },
  );

  it('is named for a token that is no good, for a proof that is missing, and for too little scope', async () => {
    const named = expect.stringContaining('resource_metadata="');
    expect(await challengeOf('/openid/userinfo', 'Bearer nobodys')).toEqual({
      status: 401,
      challenge: expect.stringMatching(/^Bearer .*error="invalid_token", resource_metadata="/),
    });
    expect(await challengeOf('/openid/userinfo', 'DPoP nobodys')).toEqual({
      status: 401,
      challenge: expect.stringMatching(/^DPoP .*resource_metadata="/),
    });
    const client = await createClient(stack);
    const own = (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
    expect(await challengeOf('/openid/userinfo', `Bearer ${own}`)).toEqual({ status: 403, challenge: named });
  });

  it('is not named where a token is good, nor where there is none', async () => {
    const client = await createClient(stack);
    const { access_token } = await passwordTokens(stack, client, { scope: 'openid' });
    expect(await challengeOf('/openid/userinfo', `Bearer ${access_token}`)).toEqual({
      status: 200,
      challenge: '',
    });
    expect((await challengeOf('/oauth/convert-token')).challenge).not.toContain('resource_metadata');
  });

  // attack: forged Host sends clients to another authorization server | RFC 9728 7.3 | guard: services/auth-api/src/oauth/discovery/user-resources.ts
  it('names the configured addresses, whatever the Host says', async () => {
    const answer = await stack.app.inject({
      url: '/.well-known/oauth-protected-resource/auth/v3/openid/userinfo',
      headers: { host: 'evil.test', 'x-forwarded-host': 'evil.test' },
    });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.json()).toMatchObject({
      resource: `${stack.issuer}/openid/userinfo`,
      authorization_servers: [stack.issuer],
    });
    const challenge = await stack.app.inject({
      url: '/auth/v3/openid/userinfo',
      headers: { host: 'evil.test' },
    });
    expect(addressIn(String(challenge.headers['www-authenticate']))).toContain(stack.origin);
  });
});
