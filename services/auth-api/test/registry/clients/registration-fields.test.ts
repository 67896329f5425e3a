import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, opsCall } from '../../stack/oauth.ts';
import { createClientKey } from '../../stack/signing-client.ts';

const path = '/auth/v3/ops/clients';
const grants = { authorizedGrantTypes: ['authorization_code', 'implicit'] };
const redirects = { redirectURIs: ['https://app.test/cb'] };

interface Envelope {
  data: Record<string, unknown>;
  errors?: { status: { field: string; message: string } }[];
}

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

async function put(clientId: string, data: unknown) {
  const answer = await opsCall(stack, 'PUT', `${path}/${clientId}`, { data });
  return { httpStatus: answer.status, ...answer.json<Envelope>() };
}

const read = async (clientId: string) =>
  (await opsCall(stack, 'GET', `${path}/${clientId}`)).json<Envelope>().data;

describe('what a registration says', () => {
  it.each([
    [{ accessTokenFormat: 'jwt', accessTokenSignedResponseAlg: 'ES256' }],
    [{ idTokenSignedResponseAlg: 'EdDSA', userinfoSignedResponseAlg: 'RS256' }],
    [{ ...grants, responseTypes: ['code', 'token', 'id_token', 'id_token token', 'code id_token'] }],
    [{ basicAuthorize: true, requireConsent: true, defaultMaxAgeSeconds: 0, uuidAccessTokens: false }],
    [
      {
        ...redirects,
        frontchannelLogoutUri: 'https://app.test/bye?tenant=1',
        frontchannelLogoutSessionRequired: true,
      },
    ],
    [{ backchannelLogoutUri: 'https://app.test/bye', backchannelLogoutSessionRequired: true }],
    [{ requirePushedAuthorizationRequests: true, dpopBoundAccessTokens: true }],
    [{ tlsClientCertificateBoundAccessTokens: true }],
    [{ clientUri: 'https://app.test/', policyUri: 'https://app.test/p', tosUri: 'https://app.test/t' }],
    [{ authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'] }],
    [{ tokenExchange: { subjectClients: ['a'], audiences: ['b'], delegation: true } }],
    [
      {
        jwtBearer: {
          issuers: [
            {
              issuer: 'https://idp.test',
              jwksUri: 'https://idp.test/jwks',
              audience: 'us',
              subjectClaim: 'email',
              userLookup: 'email',
              contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'],
            },
          ],
        },
      },
    ],
  ])('%j is kept, and shown again', async (data) => {
    const { clientId } = await createClient(stack);

    const changed = await put(clientId, data);

    expect(changed.httpStatus).toBe(200);
    expect(changed.data).toMatchObject(data);
    expect(await read(clientId)).toEqual(changed.data);
  });

  it('about signed requests needs keys, which may come in the same call', async () => {
    const jwks = { keys: [(await createClientKey()).publicJwk] };
    const data = { requireSignedRequestObject: true, requestObjectSigningAlg: 'ES256' };
    const { clientId } = await createClient(stack);

    expect((await put(clientId, data)).httpStatus).toBe(400);
    expect((await put(clientId, { ...data, jwks })).data).toMatchObject(data);
    const keyless = await put(clientId, { jwks: null });
    expect(keyless.errors?.map(({ status }) => status.field)).toEqual([
      'data.requireSignedRequestObject',
      'data.requestObjectSigningAlg',
    ]);
  });

  it('is taken away by null, where there may be nothing', async () => {
    const optional = {
      userinfoSignedResponseAlg: 'ES256',
      basicAuthorize: false,
      uuidAccessTokens: true,
      defaultMaxAgeSeconds: 60,
      refreshTokenIdleTimeout: 600,
      frontchannelLogoutUri: 'https://app.test/bye',
      backchannelLogoutUri: 'https://app.test/bye',
      tokenEndpointAuthMethod: 'client_secret_post',
    };
    const { clientId } = await createClient(stack, { ...redirects, ...optional });
    expect(await read(clientId)).toMatchObject(optional);

    await put(clientId, Object.fromEntries(Object.keys(optional).map((field) => [field, null])));

    const left = Object.keys(await read(clientId));
    expect(left.filter((field) => field in optional)).toEqual([]);
  });

  it('follows its grants where it names no response types', async () => {
    const { clientId } = await createClient(stack, { authorizedGrantTypes: ['client_credentials'] });
    const typesAfter = async (data: unknown) => (await put(clientId, data)).data['responseTypes'];

    expect((await read(clientId))['responseTypes']).toEqual([]);
    expect(await typesAfter({ authorizedGrantTypes: ['authorization_code'] })).toEqual(['code']);
    // Tokens through the browser's address bar are asked for by name.
    expect(await typesAfter(grants)).toEqual(['code']);
    expect(await typesAfter({ responseTypes: ['token'] })).toEqual(['token']);
    expect(await typesAfter({ description: 'something else' })).toEqual(['token']);
    expect(await typesAfter({ authorizedGrantTypes: ['refresh_token'] })).toEqual([]);
  });

  it('gets the response type token from the implicit grant in the compat profile', async () => {
    const compat = await startAuthApi({ beside: stack, env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    try {
      const answer = await opsCall(compat, 'POST', path, { data: { client_id: 'moved', ...grants } });

      expect(answer.json<Envelope>().data['responseTypes']).toEqual(['code', 'token']);
    } finally {
      await compat.close();
    }
  });

  it('shows nothing of how a client manages its own registration', async () => {
    const { clientId } = await createClient(stack);
    await stack.deps.stores.pool.query(
      `UPDATE auth.clients SET registered_dynamically = true, registration_access_token_hash = 'sha256:abc'
       WHERE client_id = $1`,
      [clientId],
    );

    const answer = await opsCall(stack, 'GET', `${path}/${clientId}`);

    expect(answer.body).not.toMatch(/abc|registration|registeredDynamically/);
    expect((await stack.deps.clients.service.get(clientId)).registeredDynamically).toBe(true);
  });
});

describe('what makes no sense is refused with its field', () => {
  it.each([
    [{ accessTokenSignedResponseAlg: 'HS256' }, 'data.accessTokenSignedResponseAlg'],
    [{ idTokenSignedResponseAlg: 'none' }, 'data.idTokenSignedResponseAlg'],
    [{ userinfoSignedResponseAlg: 'none' }, 'data.userinfoSignedResponseAlg'],
    [{ requestObjectSigningAlg: 'none' }, 'data.requestObjectSigningAlg'],
    [{ responseTypes: ['code token'] }, 'data.responseTypes.0'],
    [{ responseTypes: ['token'] }, 'data.responseTypes'],
    [{ responseTypes: ['code id_token'] }, 'data.responseTypes'],
    [{ refreshTokenIdleTimeout: 0 }, 'data.refreshTokenIdleTimeout'],
    [{ defaultMaxAgeSeconds: -1 }, 'data.defaultMaxAgeSeconds'],
    [{ defaultMaxAgeSeconds: 2 ** 31 }, 'data.defaultMaxAgeSeconds'],
    [{ requireConsent: 'yes' }, 'data.requireConsent'],
    [{ contactCenterIds: ['Acme Nord'] }, 'data.contactCenterIds.0'],
    [{ scope: ['openid,', 'profile'] }, 'data.scope.0'],
    [{ scope: ['openid', ';profile'] }, 'data.scope.1'],
    [{ requireConsent: null }, 'data.requireConsent'],
    [{ frontchannelLogoutUri: 'https://elsewhere.test/bye' }, 'data.frontchannelLogoutUri'],
    [{ frontchannelLogoutUri: 'http://app.test/bye' }, 'data.frontchannelLogoutUri'],
    [{ frontchannelLogoutUri: 'javascript:alert(1)' }, 'data.frontchannelLogoutUri'],
    [{ frontchannelLogoutUri: 'com.example.app:/bye' }, 'data.frontchannelLogoutUri'],
    [{ backchannelLogoutUri: 'http://app.test/bye' }, 'data.backchannelLogoutUri'],
    [{ backchannelLogoutUri: 'https://app.test/bye#x' }, 'data.backchannelLogoutUri'],
    [{ backchannelLogoutUri: 'https://user:pass@app.test/bye' }, 'data.backchannelLogoutUri'],
    [
      {
        jwtBearer: { issuers: [{ issuer: 'x', contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'] }] },
      },
      'data.jwtBearer.issuers.0',
    ],
    [{ jwtBearer: { issuers: [{ issuer: 'x', jwksUri: '' }] } }, 'data.jwtBearer.issuers.0'],
    [
      { jwtBearer: { issuers: [{ issuer: 'x', jwksUri: 'https://idp.test/jwks' }] } },
      'data.jwtBearer.issuers.0.contactCenterIds',
    ],
    [
      { jwtBearer: { issuers: [{ issuer: 'x', jwksUri: 'http://idp.test/jwks' }] } },
      'data.jwtBearer.issuers.0.jwksUri',
    ],
    [
      {
        jwtBearer: {
          issuers: [
            { issuer: 'x', jwksUri: 'https://idp.test/jwks' },
            { issuer: 'x', jwksUri: 'https://idp.test/jwks' },
          ],
        },
      },
      'data.jwtBearer.issuers',
    ],
    [{ jwtBearer: { issuer: [] } }, 'data.jwtBearer'],
  ])('%j → %s', async (data, field) => {
    const answer = await opsCall(stack, 'POST', path, {
      data: { client_id: `wrong-${Math.random()}`, ...redirects, ...data },
    });

    expect(answer.status).toBe(400);
    expect(answer.json<Envelope>().errors?.map(({ status }) => status.field)).toContain(field);
  });
});
