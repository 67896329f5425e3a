/** Every refused request leaves a trace that explains it, keeps no secret, is bounded, and is shown to those whom it concerns. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { certificateSettings, renewWithForeignCertificate } from '../stack/client-certificates.ts';
import { operatorEnvironment } from '../stack/command-line.ts';
import { contactCenterAdministrator } from '../stack/console.ts';
import { createDpopKey, provenBy } from '../stack/dpop.ts';
import { exchangeGrant, exchangeToken } from '../stack/exchange.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  redirectUri,
  type TestClient,
} from '../stack/oauth.ts';

type Form = Record<string, string>;

interface Kept {
  at: string;
  endpoint: string;
  error: string;
  reason: string;
  detail: string;
  sent: Form;
  registered: Form;
  correlationId: string;
  clientId?: string;
}

let stack: AuthApi;
let client: TestClient;
let exchanger: TestClient;
/** Of the command line. */
let env: Form;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_REGISTRATION_TOKEN: 'initial-access-token-of-the-tests-00',
      ...certificateSettings,
      GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  env = await operatorEnvironment(stack);
  client = await createClient(stack, { scope: ['openid', 'read'], contactCenterIds: [contactCenterId] });
  exchanger = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [client.clientId] },
  });
});
afterAll(() => stack?.close());

async function refusals(query: Form, authorization?: string): Promise<Kept[]> {
  const path = `/auth/v3/ops/refusals?${new URLSearchParams(query)}`;
  return (await opsCall(stack, 'GET', path, undefined, authorization)).json<{ data: Kept[] }>().data;
}

interface Refused {
  headers: Record<string, unknown>;
}

async function traceOf({ headers }: Refused): Promise<Kept | undefined> {
  return (await refusals({ correlationId: String(headers['x-request-id']) }))[0];
}

const authorize = (parameters: Form, by = client) =>
  createBrowser(stack.app).get(authorizeUrl(by, parameters));
const ownToken = (form: Form, by: TestClient | undefined = client, headers: Form = {}) =>
  postForm(stack, 'token', { grant_type: 'client_credentials', ...form }, by, headers);
const codeOf = () => getCode(stack, createBrowser(stack.app), client);
const push = (form: Form) =>
  postForm(stack, 'par', { response_type: 'code', redirect_uri: redirectUri, ...form }, client);
const subject = async () => (await passwordTokens(stack, client, { scope: 'read' })).access_token;
const register = (authorization: string, body: string) =>
  stack.app.inject({
    method: 'POST',
    url: '/auth/v3/oauth/register',
    headers: { authorization, 'content-type': 'application/json' },
    payload: body,
  });

describe('a refused request', () => {
  it.each<[string, string, string, string, Form, Form, () => Promise<Refused>]>([
    [
      'with a wrong redirect URI',
      'authorize',
      'bad_request',
      'redirect_uri_not_registered',
      { redirect_uri: 'https://app.test/other' },
      { redirectURIs: redirectUri },
      () => authorize({ redirect_uri: 'https://app.test/other' }),
    ],
    [
      'without PKCE',
      'authorize',
      'invalid_request',
      'code_challenge_missing',
      { response_type: 'code' },
      { requirePkce: 'true' },
      async () => authorize({ code_challenge: '' }, await createClient(stack, { requirePkce: true })),
    ],
    [
      'with a scope that the client may not have',
      'authorize',
      'invalid_scope',
      'scope_not_allowed',
      { scope: 'write' },
      { scope: 'openid read' },
      () => authorize({ scope: 'write' }),
    ],
    [
      'that nobody pushed',
      'authorize',
      'invalid_request_uri',
      'request_uri_unknown',
      { request_uri: '…' },
      {},
      () => authorize({ request_uri: 'urn:ietf:params:oauth:request_uri:made-up' }),
    ],
    [
      'that is pushed with a wrong redirect URI',
      'par',
      'invalid_request',
      'redirect_uri_not_registered',
      { redirect_uri: 'https://x.test', Authorization: 'Basic' },
      { redirectURIs: redirectUri },
      () => push({ redirect_uri: 'https://x.test' }),
    ],
    [
      'with a wrong code',
      'token',
      'invalid_grant',
      'code_unknown',
      { code: '…', grant_type: 'authorization_code' },
      {},
      () => redeem(stack, client, 'made-up'),
    ],
    [
      'with a used code',
      'token',
      'invalid_grant',
      'code_used',
      { code: '…', code_verifier: '…' },
      {},
      async () => {
        const code = await codeOf();
        await redeem(stack, client, code);
        return redeem(stack, client, code);
      },
    ],
    [
      'with a wrong code verifier',
      'token',
      'invalid_grant',
      'code_verifier_wrong',
      { code_verifier: '…' },
      {},
      async () => redeem(stack, client, await codeOf(), { code_verifier: 'w'.repeat(50) }),
    ],
    [
      'by a client that may not use the grant',
      'token',
      'unauthorized_client',
      'grant_not_allowed',
      { grant_type: exchangeGrant },
      { authorizedGrantTypes: 'authorization_code client_credentials refresh_token password' },
      () => ownToken({ grant_type: exchangeGrant }),
    ],
    [
      'with a grant that nobody knows',
      'token',
      'unsupported_grant_type',
      'grant_unknown',
      { grant_type: 'magic' },
      {},
      () => ownToken({ grant_type: 'magic' }),
    ],
    [
      'with a wrong secret',
      'token',
      'invalid_client',
      'wrong_secret',
      { Authorization: 'Basic' },
      { clientType: 'CONFIDENTIAL' },
      () => ownToken({}, { ...client, clientSecret: 'wrong' }),
    ],
    [
      'with a wrong audience at the exchange',
      'token',
      'invalid_target',
      'target_not_allowed',
      { audience: 'nobody', subject_token: '…' },
      { tokenExchange: expect.stringContaining('audiences') },
      async () => exchangeToken(stack, exchanger, await subject(), { audience: 'nobody' }),
    ],
    [
      'without the certificate of the client',
      'token',
      'invalid_request',
      'certificate_missing',
      { grant_type: 'client_credentials' },
      { tlsClientCertificateBoundAccessTokens: 'true' },
      async () => ownToken({}, await createClient(stack, { tlsClientCertificateBoundAccessTokens: true })),
    ],
    [
      'with the certificate of somebody else',
      'token',
      'invalid_grant',
      'refresh_key_wrong',
      { grant_type: 'refresh_token', refresh_token: '…' },
      { tlsClientCertificateBoundAccessTokens: 'true' },
      () => renewWithForeignCertificate(stack),
    ],
    [
      'with a broken DPoP proof',
      'token',
      'invalid_dpop_proof',
      'dpop_refused',
      { DPoP: '…' },
      {},
      () => ownToken({}, client, { dpop: 'made-up' }),
    ],
    [
      'with a used DPoP proof',
      'token',
      'invalid_dpop_proof',
      'dpop_used',
      { DPoP: '…' },
      {},
      async () => {
        const proof = await provenBy(await createDpopKey());
        await ownToken({}, client, proof);
        return ownToken({}, client, proof);
      },
    ],
    [
      'with a refresh token of another client',
      'token',
      'invalid_grant',
      'refresh_foreign',
      { refresh_token: '…' },
      {},
      async () => {
        const { refresh_token } = await passwordTokens(stack, await createClient(stack));
        return ownToken({ grant_type: 'refresh_token', refresh_token });
      },
    ],
    [
      'with a wrong password of a person',
      'token',
      'invalid_grant',
      'person_refused',
      { username: '…', password: '…' },
      {},
      () => ownToken({ grant_type: 'password', username: 'demo\\agent', password: 'wrong' }),
    ],
    [
      'in JSON',
      'token',
      'unsupported_media_type',
      'content_type_wrong',
      { 'Content-Type': 'application/json', Authorization: 'Basic' },
      {},
      () => ownToken({}, client, { 'content-type': 'application/json' }),
    ],
    [
      'for an introspection without a token',
      'introspect',
      'invalid_request',
      'parameter_missing',
      {},
      {},
      () => postForm(stack, 'introspect', {}, client),
    ],
    [
      'for the revocation of nothing',
      'revoke',
      'invalid_request',
      'parameter_missing',
      {},
      {},
      () => postForm(stack, 'revoke', {}, client),
    ],
    [
      'of a device whose client has no such grant',
      'device',
      'unauthorized_client',
      'grant_not_allowed',
      {},
      { authorizedGrantTypes: expect.stringContaining('password') },
      () => postForm(stack, 'device', {}, client),
    ],
    [
      'for an approval by a client that may not ask',
      'backchannel',
      'unauthorized_client',
      'grant_not_allowed',
      { login_hint: '…' },
      { authorizedGrantTypes: expect.stringContaining('password') },
      () => postForm(stack, 'backchannel', { login_hint: 'demo\\agent' }, client),
    ],
    [
      'for a registration with a wrong token',
      'register',
      'invalid_token',
      'registration_token_wrong',
      { Authorization: 'Bearer', redirect_uris: redirectUri },
      {},
      () => register('Bearer wrong', JSON.stringify({ redirect_uris: [redirectUri] })),
    ],
  ])('%s is kept with what was sent and what is registered', async (_how, ...row) => {
    const [endpoint, error, reason, sent, registered, play] = row;
    const kept = await traceOf(await play());

    expect(kept).toMatchObject({ endpoint, error, reason, sent, registered });
    expect(kept?.detail).not.toBe('');
    expect(Math.abs(Date.now() - Date.parse(kept?.at ?? ''))).toBeLessThan(60_000);
  });

  it('says its reason and its client in the log line, also when a redirect tells it', async () => {
    const { headers } = await authorize({ scope: 'write' });
    const lines = stack.logged().split('\n').filter(Boolean);
    const line = lines
      .map((text) => JSON.parse(text))
      .find((one) => one.path?.endsWith('/authorize') && one.correlationId === headers['x-request-id']);

    expect(line).toMatchObject({ status: 302, reason: 'scope_not_allowed', clientId: client.clientId });
  });

  it('is none while a client polls, or when it gets what it wants', async () => {
    const { headers } = await ownToken({});
    expect(await traceOf({ headers })).toBeUndefined();
  });

  it('is answered with what was wrong in the request itself: the scope, the supported grants, the content type', async () => {
    const told = async (asked: ReturnType<typeof ownToken>) => (await asked).json().error_description;

    expect(await told(ownToken({ scope: 'read write admin' }))).toBe(
      'The client may not have this scope: write admin',
    );
    expect(await told(ownToken({ grant_type: 'magic' }))).toContain('authorization_code, client_credentials');
    expect(await told(ownToken({}, client, { 'content-type': 'application/json' }))).toContain(
      'application/x-www-form-urlencoded',
    );
  });

  it('is found by gatehouse audit search --correlation and by gatehouse clients diagnose', async () => {
    const { headers } = await authorize({ redirect_uri: 'https://app.test/other' });
    const correlation = String(headers['x-request-id']);
    const search = ['audit', 'search', '--correlation', correlation];

    const { out } = await runCommand(search, { env });
    const json = JSON.parse((await runCommand([...search, '--json'], { env })).out);
    const diagnosis = await runCommand(['clients', 'diagnose', client.clientId], { env });

    for (const text of [out, diagnosis.out]) {
      expect(text).toContain('The redirect URI is not registered');
      expect(text).toContain(`redirect_uri=https://app.test/other`);
      expect(text).toContain(`redirectURIs=${redirectUri}`);
    }
    expect(json).toMatchObject([
      {
        name: 'request_refused',
        clientId: client.clientId,
        fields: { reason: 'redirect_uri_not_registered' },
      },
    ]);
  });
});

describe('the trace', () => {
  // attack: secrets, codes and tokens read in the trace of refused requests | CWE-532, ASVS 16.2.5 | guard: services/auth-api/src/oauth/refusals/evidence.ts
  it('holds no secret, whichever parameter it stands in', async () => {
    const secrets = {
      client_secret: 'secret-of-a-client',
      code: 'code-of-a-person-as-long-as-those-that-we-give-out',
      code_verifier: 'verifier-of-a-code',
      refresh_token: 'token-to-refresh',
      subject_token: 'token-of-a-person',
      assertion: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzIn0.c2lnbmF0dXJl',
      password: 'password-of-a-person',
      username: 'person-with-a-name',
    };
    const secret = Object.values(secrets);
    const answers = [
      await postForm(stack, 'token', { client_id: client.clientId, grant_type: 'password', ...secrets }),
      // In the place of others, in an address, and as the name of a parameter.
      await postForm(stack, 'token', {
        client_id: client.clientId,
        ...secrets,
        grant_type: secrets.password,
        scope: `${secrets.code} ${secrets.assertion}`,
        audience: `https://name:${secrets.client_secret}@x.test/?key=${secrets.refresh_token}`,
      }),
      await authorize({
        redirect_uri: 'https://u:pass-of-a-place@x.test/?code=code-in-an-address#t=also-a-token',
      }),
      await ownToken({ scope: secrets.code, code: secrets.code }),
      await postForm(stack, 'token', { '{"client_secret":"secret-in-json"}': '' }, client),
      await register('Bearer token-of-a-registration', '{"client_secret":"secret-in-metadata"}'),
      await postForm(stack, 'token', [
        ['client_id', client.clientId],
        ['secret-as-a-name', '1'],
        ['secret-as-a-name', '2'],
      ]),
    ];
    const traces = await Promise.all(answers.map(traceOf));
    const { rows } = await stack.deps.stores.pool.query('SELECT * FROM auth.refusals');

    expect(traces.map((trace) => trace?.reason)).not.toContain(undefined);
    const kept = JSON.stringify(rows);
    for (const text of [...secret, 'pass-of-a-place', 'code-in-an-address', 'also-a-token'])
      expect(kept).not.toContain(text);
    for (const text of [
      'secret-in-json',
      'token-of-a-registration',
      'secret-in-metadata',
      'secret-as-a-name',
    ])
      expect(kept).not.toContain(text);
  });

  // attack: the secret of a client kept as its id, where a caller sends them in each other's place | CWE-532, ASVS 16.2.5 | guard: services/auth-api/src/core/protocol/unknown-client-id.ts
  it('holds no secret that stands where the id belongs, nor does the log or the audit trail', async () => {
    const swapped = { ...client, clientId: client.clientSecret ?? '', clientSecret: 'id-of-a-client' };
    const same = { ...client, clientId: 'harbour-lights', clientSecret: 'harbour-lights' };
    const short = await ownToken({ scope: 'read abc', code: 'abc' });
    const traces = [await traceOf(await ownToken({}, swapped)), await traceOf(await ownToken({}, same))];
    const mistyped = await traceOf(await ownToken({}, { ...client, clientId: 'agent-desktp' }));
    await stack.deps.audit.drained();
    const { rows } = await stack.deps.stores.pool.query(
      `SELECT client_id FROM auth.audit_events WHERE name = 'client_authentication_failed'`,
    );

    expect(traces.map((trace) => trace?.sent['client_id'])).toEqual([
      `${swapped.clientId.slice(0, 8)}…`,
      '…',
    ]);
    expect(mistyped?.sent).toMatchObject({ client_id: 'agent-desktp' });
    expect((await traceOf(short))?.sent['scope']).toBe('…');
    for (const secret of [swapped.clientId, same.clientId])
      expect(JSON.stringify([stack.logged(), rows, traces])).not.toContain(secret);
  });

  it('shows what a registration asks for, without its keys', async () => {
    const metadata = {
      client_name: 'Night shift',
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: 'RS256',
      dpop_bound_access_tokens: true,
      jwks: { keys: [{ kty: 'oct', k: 'key-of-a-registration' }] },
    };
    const trace = await traceOf(await register('Bearer wrong', JSON.stringify(metadata)));
    expect(trace?.sent).toMatchObject({
      client_name: 'Night shift',
      id_token_signed_response_alg: 'RS256',
      dpop_bound_access_tokens: 'true',
    });
    expect(JSON.stringify(trace)).not.toContain('key-of-a-registration');
  });

  // attack: a flood of refused requests that fills memory and database | CWE-770, ASVS 15.2.2 | guard: services/auth-api/src/oauth/refusals/gathered.ts
  it('is bounded in a flood: few examples of a moment, fifty in all, and the number of all', async () => {
    const flooded = await createClient(stack);
    const refuse = () => authorize({ redirect_uri: 'https://evil.test/' }, flooded);
    const countOf = async () => {
      const { rows } = await stack.deps.stores.pool.query(
        'SELECT count(*)::int AS examples FROM auth.refusals WHERE client_id = $1',
        [flooded.clientId],
      );
      const path = `/auth/v3/ops/clients/${flooded.clientId}/diagnosis`;
      const { data } = (await opsCall(stack, 'GET', path)).json<{
        data: { requests: { count: number }[] };
      }>();
      return { examples: rows[0].examples, count: data.requests[0]?.count };
    };
    await stack.deps.refusals.flush();
    for (let turn = 0; turn < 12; turn += 1) await refuse();
    await stack.deps.refusals.flush();
    // Another round of writing may have come in between.
    const { examples, count } = await countOf();
    expect(count).toBe(12);
    expect(examples).toBeLessThan(12);

    for (let round = 0; round < 12; round += 1) {
      for (let turn = 0; turn < 5; turn += 1) await refuse();
      await stack.deps.refusals.flush();
    }
    expect(await countOf()).toEqual({ examples: 50, count: 72 });
  });

  it('has one place for all clients that are not registered', async () => {
    const countUnknown = async () => {
      const { rows } = await stack.deps.stores.pool.query(
        `SELECT count(DISTINCT client_id)::int AS clients, coalesce(max(count), 0)::int AS count
         FROM auth.refusal_counts WHERE reason = 'unknown_client'`,
      );
      return rows[0];
    };
    await stack.deps.refusals.flush();
    const { count: before } = await countUnknown();
    for (const invented of ['nobody', 'no-one', 'none']) await authorize({ client_id: invented });
    await stack.deps.refusals.flush();

    expect(await countUnknown()).toEqual({ clients: 1, count: before + 3 });
  });

  it('is searched by client, by clients that are not registered, by reason and by time, page by page', async () => {
    const searched = await createClient(stack, { scope: ['openid'] });
    const [{ clientId }, other] = [searched, { redirect_uri: 'https://app.test/other' }];
    const found = async (query: Form) => (await refusals(query)).map(({ reason }) => reason);
    for (const wrong of [other, { scope: 'write' }, { prompt: 'sometimes' }])
      await authorize(wrong, searched);
    await authorize({ client_id: 'nobody' });

    expect(await found({ clientId })).toEqual([
      'invalid_request',
      'scope_not_allowed',
      'redirect_uri_not_registered',
    ]);
    expect(await found({ clientId, reason: 'scope_not_allowed' })).toEqual(['scope_not_allowed']);
    expect(await found({ clientId, to: '2026-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ clientId, from: '2026-01-01T00:00:00+02:00' })).toHaveLength(3);
    const unknown = await refusals({ unknownClients: 'true' });
    expect([unknown.length > 0, unknown.filter((one) => one.clientId !== undefined)]).toEqual([true, []]);

    const page = async (query: Form) => {
      const path = `/auth/v3/ops/refusals?${new URLSearchParams({ clientId, limit: '2', ...query })}`;
      return (await opsCall(stack, 'GET', path)).json<{ data: Kept[]; nextCursor?: string }>();
    };
    const first = await page({});
    const second = await page({ before: first.nextCursor ?? '' });
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([2, 1, undefined]);

    const contradiction = `/auth/v3/ops/refusals?clientId=${clientId}&unknownClients=true`;
    expect((await opsCall(stack, 'GET', contradiction)).json()).toMatchObject({
      errors: [{ status: { code: 400, field: 'unknownClients' } }],
    });
    const lines = await runCommand(['audit', 'refused', '--client', clientId, '--json', '--limit', '1'], {
      env,
    });
    expect(JSON.parse(lines.out)).toMatchObject([{ clientId, reason: 'invalid_request' }]);
    const nobody = await runCommand(['audit', 'refused', '--unknown-clients', '--since', '1h'], { env });
    expect(nobody.out).toContain('The client is not registered');
  });

  it('fails no request while PostgreSQL does not take it, and keeps the numbers', async () => {
    const lonely = await createClient(stack);
    const rename = (from: string, to: string) =>
      stack.deps.stores.pool.query(`ALTER TABLE auth.${from} RENAME TO ${to}`);
    await stack.deps.refusals.flush();
    await rename('refusals', 'refusals_away');
    try {
      expect((await authorize({ redirect_uri: 'https://evil.test/' }, lonely)).status).toBe(400);
      await expect(stack.deps.refusals.flush()).rejects.toThrow('refusals');
    } finally {
      await rename('refusals_away', 'refusals');
    }
    await stack.deps.refusals.flush();
    const path = `/auth/v3/ops/clients/${lonely.clientId}/diagnosis`;
    const { data } = (await opsCall(stack, 'GET', path)).json<{ data: { requests: unknown[] } }>();

    expect(data.requests).toMatchObject([{ reason: 'redirect_uri_not_registered', count: 1, examples: [] }]);
  });

  it('forgets after seven days', async () => {
    const { headers } = await authorize({ scope: 'write' });
    await stack.deps.refusals.flush();
    const { pool } = stack.deps.stores;
    await pool.query(`UPDATE auth.refusals SET at = at - interval '8 days' WHERE correlation_id = $1`, [
      headers['x-request-id'],
    ]);
    await stack.deps.refusals.sweep();

    expect(await traceOf({ headers })).toBeUndefined();
  });
});

// attack: refused requests of another contact centre, or of unknown clients, read by its neighbour | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/oauth/refusals/routes.ts
it('an administrator of a contact centre sees the trace of its own clients alone', async () => {
  const foreign = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
  const administrator = await contactCenterAdministrator(stack, { sub: 'admin', contactCenterId });
  const wrong = { redirect_uri: 'https://evil.test/' };
  const seen = async ({ headers }: Refused) =>
    (await refusals({ correlationId: String(headers['x-request-id']) }, administrator)).length;

  expect(await seen(await authorize(wrong))).toBe(1);
  expect(await seen(await authorize(wrong, foreign))).toBe(0);
  expect(await seen(await authorize({ client_id: 'nobody' }))).toBe(0);
  expect(await refusals({ clientId: foreign.clientId }, administrator)).toEqual([]);

  await changeClient(stack, foreign, { contactCenterIds: [contactCenterId] });
  expect(await refusals({ clientId: foreign.clientId }, administrator)).toEqual([]);
  const path = '/auth/v3/ops/refusals';
  expect((await stack.app.inject({ url: path })).statusCode).toBe(401);
  const plain = basicAuthorization(client.clientId, client.clientSecret ?? '');
  expect((await opsCall(stack, 'GET', path, undefined, plain)).status).toBeGreaterThanOrEqual(401);
});
