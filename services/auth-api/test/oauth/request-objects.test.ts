import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  challenge,
  createClient,
  getCode,
  interactionOf,
  postForm,
  redeem,
  redirectUri,
  responseOf,
  type TestClient,
} from '../stack/oauth.ts';
import { type ClientKey, createClientKey, issuer } from '../stack/signing-client.ts';

let stack: AuthApi;
let key: ClientKey;
let rsaKey: ClientKey;
let client: TestClient;
const now = () => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  stack = await startAuthApi();
  [key, rsaKey] = await Promise.all([createClientKey(), createClientKey('RS256')]);
  client = await createClient(stack, { jwks: { keys: [key.publicJwk, rsaKey.publicJwk] } });
});
afterAll(() => stack?.close());

const claimsFor = (by: TestClient, changes: Record<string, unknown> = {}) => {
  const all = {
    iss: by.clientId,
    aud: issuer,
    client_id: by.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    state: 'signed-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    max_age: 10_000,
    claims: { userinfo: { email: null } },
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const objectOf = (
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  signer = key,
  by = client,
) => signer.sign(claimsFor(by, changes), { typ: 'oauth-authz-req+jwt', ...header });

const outside = { state: 'outer-state', redirect_uri: redirectUri, response_type: 'code' };

const authorize = (request: string, by = client, extra: Record<string, string> = outside) =>
  createBrowser(stack.app).get(
    `/auth/v3/oauth/authorize?${new URLSearchParams({ client_id: by.clientId, ...extra, request })}`,
  );

describe('27: a signed request object (RFC 9101)', () => {
  it.each(['ES256', 'RS256'])('says all that counts, signed by %s', async (alg) => {
    const request = await objectOf({}, {}, alg === 'ES256' ? key : rsaKey);
    const browser = createBrowser(stack.app);
    const code = await getCode(stack, browser, client, {
      request,
      state: 'outer-state',
      scope: 'not-counted',
    });

    expect((await redeem(stack, client, code)).status).toBe(200);
    const again = await browser.get(
      `/auth/v3/oauth/authorize?${new URLSearchParams({ client_id: client.clientId, request })}`,
    );
    expect(responseOf(again).get('state')).toBe('signed-state');
  });

  it('is pushed, and named by its request_uri', async () => {
    const answer = await postForm(stack, 'par', { request: await objectOf() }, client);
    const { request_uri } = answer.json<{ request_uri: string }>();
    const query = new URLSearchParams({ client_id: client.clientId, request_uri });

    expect(answer.status).toBe(201);
    expect(
      interactionOf(await createBrowser(stack.app).get(`/auth/v3/oauth/authorize?${query}`)),
    ).toBeTruthy();
  });

  it('may name several audiences, and an end and a beginning', async () => {
    const times = { exp: now() + 300, nbf: now() + 8, aud: [issuer, 'https://other.test'] };

    expect(interactionOf(await authorize(await objectOf(times)))).toBeTruthy();
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another audience', { aud: 'https://other.test' }, {}],
    ['no audience', { aud: undefined }, {}],
    ['another client_id', { client_id: 'other' }, {}],
    ['no client_id', { client_id: undefined }, {}],
    ['another issuer', { iss: 'other' }, {}],
    ['an end that has passed', { exp: now() - 60 }, {}],
    ['an end in two hours', { exp: now() + 7200 }, {}],
    ['a beginning in the future', { nbf: now() + 90 }, {}],
    ['a request within', { request: 'eyJ' }, {}],
    ['a request_uri within', { request_uri: 'https://evil.test' }, {}],
    ['the typ of something else', {}, { typ: 'at+jwt' }],
    ['a typ that is no text', {}, { typ: {} }],
    ['a key that is not registered', {}, { kid: 'unknown' }],
  ])('is refused as invalid_request_object with %s, at both endpoints', async (_name, changes, header) => {
    const request = await objectOf(changes, header);
    const answer = responseOf(await authorize(request));
    const pushed = await postForm(stack, 'par', { request }, client);

    expect([answer.get('error'), answer.get('state')]).toEqual(['invalid_request_object', 'outer-state']);
    expect([pushed.status, pushed.json().error]).toEqual([400, 'invalid_request_object']);
  });

  // attack: request object signed by a stranger | RFC 9101 10.2 | guard: services/auth-api/src/core/assertions/verify-jwt.ts
  it('is refused with the signature of a stranger, and when it is no JWT', async () => {
    const stranger = await createClientKey('ES256', key.publicJwk.kid);

    for (const request of [await objectOf({}, {}, stranger), 'no-jwt', 'a.b.c', 'a.b.c.d.e']) {
      expect(responseOf(await authorize(request)).get('error')).toBe('invalid_request_object');
    }
  });

  // attack: unsigned request object | RFC 9101 10.2, RFC 8725 3.1 | guard: services/auth-api/src/oauth/authorize/request-objects.ts
  it('is refused as request_not_supported without a signature', async () => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url');
    const payload = Buffer.from(JSON.stringify(claimsFor(client))).toString('base64url');
    const request = `${header}.${payload}.`;

    expect(responseOf(await authorize(request)).get('error')).toBe('request_not_supported');
    expect((await postForm(stack, 'par', { request }, client)).json().error).toBe('request_not_supported');
  });

  it.each([{ requireSignedRequestObject: true }, { requestObjectSigningAlg: 'ES256' }])(
    'is refused as invalid_request_object without a signature by a client with %j',
    async (registration) => {
      const held = await createClient(stack, { jwks: { keys: [key.publicJwk] }, ...registration });
      const header = Buffer.from('{"alg":"none"}').toString('base64url');
      const payload = Buffer.from(JSON.stringify(claimsFor(held))).toString('base64url');
      const request = `${header}.${payload}.`;

      expect(responseOf(await authorize(request, held)).get('error')).toBe('invalid_request_object');
      expect((await postForm(stack, 'par', { request }, held)).json().error).toBe('invalid_request_object');
    },
  );

  // attack: request object by a weaker algorithm than registered | RFC 8725 3.1 | guard: services/auth-api/src/oauth/authorize/request-objects.ts
  it('is refused by another algorithm than the client registered', async () => {
    const strict = await createClient(stack, {
      jwks: { keys: [key.publicJwk, rsaKey.publicJwk] },
      requestObjectSigningAlg: 'ES256',
    });

    expect(interactionOf(await authorize(await objectOf({}, {}, key, strict), strict))).toBeTruthy();
    const refused = await authorize(await objectOf({}, {}, rsaKey, strict), strict);
    expect(responseOf(refused).get('error')).toBe('invalid_request_object');
  });

  it('never sends the user to an address that only a bad object names', async () => {
    const request = await objectOf({ redirect_uri: 'https://evil.test/' });
    const answer = await authorize(request, client, {});

    expect([answer.status, answer.location]).toEqual([400, undefined]);
  });
});

describe('a client that must sign its requests', () => {
  // attack: plain request where signed ones are required | RFC 9101 10.5 | guard: services/auth-api/src/oauth/authorize/authorization-checks.ts
  it('is refused without a request object, at both endpoints', async () => {
    const strict = await createClient(stack, {
      jwks: { keys: [key.publicJwk] },
      requireSignedRequestObject: true,
    });
    const plain = { ...outside, code_challenge: challenge, code_challenge_method: 'S256' };
    const query = new URLSearchParams({ client_id: strict.clientId, ...plain });
    const answer = await createBrowser(stack.app).get(`/auth/v3/oauth/authorize?${query}`);

    expect(responseOf(answer).get('error')).toBe('invalid_request');
    expect((await postForm(stack, 'par', plain, strict)).json().error).toBe('invalid_request');
    expect(interactionOf(await authorize(await objectOf({}, {}, key, strict), strict))).toBeTruthy();
  });
});
