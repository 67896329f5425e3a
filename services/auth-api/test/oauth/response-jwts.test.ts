/** Authorization responses as JWTs (JARM), as strict relying parties read them. */
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import {
  compactDecrypt,
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../stack/browser.ts';
import { agent, signIn } from '../stack/interaction.ts';
import { followAndSignIn, startListening } from '../stack/listening.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  interactionOf,
  opsCall,
  redeem,
  redirectUri,
  type TestClient,
} from '../stack/oauth.ts';
import { createDecryptionKey, type DecryptionKey, issuer, startKeyServer } from '../stack/signing-client.ts';

let stack: AuthApi;
let client: TestClient;
let browser: Browser;
const types = ['code', 'id_token', 'id_token token', 'code id_token'];
const grants = ['authorization_code', 'implicit', 'refresh_token'];

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' },
  });
  client = await createClient(stack, { authorizedGrantTypes: grants, responseTypes: types });
  browser = createBrowser(stack.app);
  await getCode(stack, browser, client);
});
afterAll(() => stack?.close());

const ask = (parameters: Record<string, string>, by = client) => browser.get(authorizeUrl(by, parameters));
const wayOf = ({ location = '' }: Answer) => new URL(location);
const inQuery = (answer: Answer) => Object.fromEntries(wayOf(answer).searchParams);
const inFragment = (answer: Answer) => Object.fromEntries(new URLSearchParams(wayOf(answer).hash.slice(1)));
const inForm = ({ body }: Answer) =>
  Object.fromEntries(
    [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );

/** Checks all that JARM section 2.4 asks of a client. */
async function read(response: string | undefined, by = client) {
  const keys = (await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>();
  const { payload } = await jwtVerify(response ?? '', createLocalJWKSet(keys), {
    issuer,
    audience: by.clientId,
  });
  return payload;
}

describe('an authorization response as a JWT', () => {
  it.each([
    ['jwt', 'code', inQuery],
    ['query.jwt', 'code', inQuery],
    ['fragment.jwt', 'code', inFragment],
    ['form_post.jwt', 'code', inForm],
    ['jwt', 'code id_token', inFragment],
    ['jwt', 'id_token token', inFragment],
  ] as const)(
    '%s of %s: one parameter, signed, for this client, good for minutes',
    async (mode, type, read_) => {
      const given = read_(
        await ask({ response_mode: mode, response_type: type, scope: 'openid', nonce: 'n' }),
      );

      expect(Object.keys(given)).toEqual(['response']);
      const claims = await read(given['response']);
      const parts = type.split(' ').map((part) => (part === 'token' ? 'access_token' : part));
      expect(claims).toMatchObject({
        state: 'some-state',
        ...Object.fromEntries(parts.map((part) => [part, expect.any(String)])),
      });
      expect(claims.exp).toBeLessThanOrEqual(Date.now() / 1000 + 600);
      if (type.startsWith('code')) {
        expect((await redeem(stack, client, String(claims['code']))).status).toBe(200);
      }
    },
  );

  it('holds an error just so, also before a login', async () => {
    const stranger = createBrowser(stack.app);
    const none = await stranger.get(authorizeUrl(client, { response_mode: 'jwt', prompt: 'none' }));
    const wrong = await ask({ response_mode: 'fragment.jwt', scope: 'openid', prompt: 'dance' });

    expect(Object.keys(inQuery(none))).toEqual(['response']);
    expect(await read(inQuery(none)['response'])).toMatchObject({
      error: 'login_required',
      state: 'some-state',
    });
    expect(await read(inFragment(wrong)['response'])).toMatchObject({ error: 'invalid_request' });
  });

  it('comes after a login too', async () => {
    const fresh = createBrowser(stack.app);
    const asked = await fresh.get(authorizeUrl(client, { response_mode: 'jwt' }));
    const onward = await signIn(stack, fresh, interactionOf(asked), agent);
    const answer = await fresh.get(onward.location ?? '');

    expect(await read(inQuery(answer)['response'])).toHaveProperty('code');
  });

  it('is signed by the algorithm that the client registered', async () => {
    const own = await createClient(stack, { authorizationSignedResponseAlg: 'ES256' });
    const answer = await ask({}, own);

    expect(decodeProtectedHeader(inQuery(answer)['response'] ?? '')).toMatchObject({ alg: 'ES256' });
    expect(await read(inQuery(answer)['response'], own)).toHaveProperty('code');
  });
});

describe('an encrypted authorization response', () => {
  const encrypted = (key: DecryptionKey, enc?: string) =>
    createClient(stack, {
      jwks: { keys: [key.publicJwk] },
      authorizationEncryptedResponseAlg: key.publicJwk.alg,
      ...(enc === undefined ? {} : { authorizationEncryptedResponseEnc: enc }),
    });

  it.each(['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'])(
    'is opened by the key of %s alone, errors included',
    async (alg) => {
      const key = await createDecryptionKey(alg);
      const own = await encrypted(key);
      const open = async (answer: Answer) => {
        const { plaintext, protectedHeader } = await compactDecrypt(
          inQuery(answer)['response'] ?? '',
          key.privateKey,
        );
        expect(protectedHeader).toMatchObject({
          alg,
          enc: 'A128CBC-HS256',
          kid: key.publicJwk.kid,
          cty: 'JWT',
        });
        return read(Buffer.from(plaintext).toString(), own);
      };

      expect(await open(await ask({}, own))).toHaveProperty('code');
      expect(await open(await ask({ prompt: 'dance' }, own))).toMatchObject({ error: 'invalid_request' });
    },
  );

  it.each(['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'])('has its content in %s', async (enc) => {
    const key = await createDecryptionKey();
    const answer = await ask({}, await encrypted(key, enc));
    const { protectedHeader } = await compactDecrypt(inQuery(answer)['response'] ?? '', key.privateKey);

    expect(protectedHeader.enc).toBe(enc);
  });

  it('follows the keys at the address of the client', async () => {
    const [former, next] = await Promise.all([createDecryptionKey(), createDecryptionKey()]);
    const keyServer = await startKeyServer();
    try {
      keyServer.serve({ keys: [former.publicJwk] });
      const own = await createClient(stack, {
        jwksUri: keyServer.url,
        authorizationEncryptedResponseAlg: 'ECDH-ES',
      });
      const answer = await ask({}, own);
      expect(await compactDecrypt(inQuery(answer)['response'] ?? '', former.privateKey)).toBeTruthy();

      keyServer.serve({ keys: [{ ...next.publicJwk, use: 'sig' }] });
      const other = await changeClient(stack, own, { jwksUri: `${keyServer.url}?2` });
      expect([other.status, other.body]).toEqual([400, expect.stringContaining('no key for ECDH-ES')]);
    } finally {
      keyServer.close();
    }
  });

  // attack: answer in plain text where the key for its encryption is missing | JARM 3, RFC 7516 11 | guard: services/auth-api/src/core/assertions/encryption.ts
  it('is not given unencrypted when the key is gone: the user sees a page', async () => {
    const key = await createDecryptionKey();
    const keyServer = await startKeyServer();
    try {
      keyServer.serve({ keys: [key.publicJwk] });
      const own = await createClient(stack, {
        authorizationEncryptedResponseAlg: 'ECDH-ES',
        jwksUri: keyServer.url,
      });
      await stack.deps.stores.pool.query(
        `UPDATE auth.clients SET jwks_uri = NULL, jwks = '{"keys":[]}' WHERE client_id = $1`,
        [own.clientId],
      );
      stack.deps.clients.directory.drop(own.clientId);
      const answer = await ask({}, own);

      expect([answer.status, answer.location]).toEqual([400, undefined]);
      expect(answer.body).toContain('no key for ECDH-ES');
      expect(answer.body).not.toMatch(/code=|eyJ/);
    } finally {
      keyServer.close();
    }
  });
});

describe('a client that takes its responses as JWTs', () => {
  // attack: plain response of a client that takes signed ones | JARM 3, RFC 9700 4.4 | guard: services/auth-api/src/oauth/authorize/response-checks.ts
  it.each(['query', 'fragment', 'form_post'])(
    'gets none as %s, whoever changes the request',
    async (mode) => {
      const own = await createClient(stack, { authorizationSignedResponseAlg: 'RS256' });
      const answer = await ask({ response_mode: mode }, own);

      expect(Object.keys(inQuery(answer))).toEqual(['response']);
      const claims = await read(inQuery(answer)['response'], own);
      expect(claims).toMatchObject({ error: 'invalid_request', state: 'some-state' });
      expect(claims).not.toHaveProperty('code');
    },
  );

  // attack: tokens in a query, inside a JWT | JARM 2.3.1 | guard: services/auth-api/src/oauth/authorize/response-checks.ts
  it.each(['id_token', 'code id_token', 'id_token token'])(
    'gets no %s in a query, not even as a JWT',
    async (type) => {
      const answer = await ask({
        response_mode: 'query.jwt',
        response_type: type,
        scope: 'openid',
        nonce: 'n',
      });

      expect(wayOf(answer).search).toBe('');
      expect(inFragment(answer)).toMatchObject({ error: 'invalid_request' });
    },
  );

  // attack: authorization response as ID token | RFC 8725 3.11 | guard: services/auth-api/src/tokens/id-token.ts
  it('cannot use one as an ID token', async () => {
    const answer = await ask({ response_mode: 'jwt' });
    const hint = await ask({ id_token_hint: inQuery(answer)['response'] ?? '' });

    expect(decodeJwt(inQuery(answer)['response'] ?? '')).not.toHaveProperty('sub');
    expect(inQuery(hint)).toMatchObject({ error: 'invalid_request' });
  });
});

describe('the registration', () => {
  const problemOf = async (data: Record<string, unknown>) => {
    const answer = await opsCall(stack, 'POST', '/auth/v3/ops/clients', { data });
    const { errors } = answer.json<{ errors?: { status: { field: string; message: string } }[] }>();
    return [answer.status, errors?.[0]?.status.field, errors?.[0]?.status.message];
  };

  it('says what a client lacks for encrypted responses', async () => {
    const [ec, rsa] = await Promise.all([createDecryptionKey(), createDecryptionKey('RSA-OAEP-256')]);
    const alg = 'authorizationEncryptedResponseAlg';
    const noKey = [400, `data.${alg}`, expect.stringContaining('add an EC or X25519 key with use enc')];

    expect(await problemOf({ [alg]: 'ECDH-ES' })).toEqual(noKey);
    for (const key of [rsa.publicJwk, { ...ec.publicJwk, use: 'sig' }, { ...ec.publicJwk, alg: 'ES256' }]) {
      expect(await problemOf({ [alg]: 'ECDH-ES', jwks: { keys: [key] } })).toEqual(noKey);
    }
    for (const [field, value] of [
      [alg, 'RSA1_5'],
      ['authorizationSignedResponseAlg', 'none'],
    ] as const) {
      const [status, named] = await problemOf({ [field]: value, jwks: { keys: [rsa.publicJwk] } });
      expect([status, named]).toEqual([400, `data.${field}`]);
    }
    expect(await problemOf({ authorizationEncryptedResponseEnc: 'A256GCM' })).toEqual([
      400,
      'data.authorizationEncryptedResponseEnc',
      `needs ${alg}`,
    ]);
  });

  it('is announced by the discovery document', async () => {
    const document = (await stack.app.inject('/auth/v3/.well-known/openid-configuration')).json();

    expect(document).toMatchObject({
      response_modes_supported: expect.arrayContaining(['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt']),
      authorization_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
      authorization_encryption_alg_values_supported: expect.arrayContaining(['ECDH-ES', 'RSA-OAEP-256']),
      authorization_encryption_enc_values_supported: expect.arrayContaining(['A128CBC-HS256', 'A256GCM']),
    });
  });
});

describe('openid-client', () => {
  recordForeignLibrary('openid-client', 'answers it by JWTs, signed and encrypted (JARM)', import.meta.url);

  it('accepts a response that is signed and encrypted', async () => {
    const listening = await startListening();
    const key = await createDecryptionKey('ECDH-ES+A128KW');
    const own = await createClient(listening, {
      jwks: { keys: [key.publicJwk] },
      authorizationSignedResponseAlg: 'RS256',
      authorizationEncryptedResponseAlg: 'ECDH-ES+A128KW',
      authorizationEncryptedResponseEnc: 'A256GCM',
    });
    const config = await oidc.discovery(
      new URL(listening.issuer),
      own.clientId,
      { authorization_signed_response_alg: 'RS256' },
      oidc.ClientSecretBasic(own.clientSecret ?? ''),
      { execute: [oidc.allowInsecureRequests, oidc.useJwtResponseMode] },
    );
    oidc.enableDecryptingResponses(config, ['A256GCM'], {
      key: key.privateKey,
      alg: 'ECDH-ES+A128KW',
      kid: key.publicJwk.kid ?? '',
    });
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      state: expectedState,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });

    const tokens = await oidc.authorizationCodeGrant(config, await followAndSignIn(listening, url), {
      pkceCodeVerifier,
      expectedState,
    });

    expect(tokens.claims()).toMatchObject({ aud: own.clientId });
    await listening.close();
  });
});
