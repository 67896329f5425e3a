/** What a client lacks for its flow and why it was refused, told to an administrator. */
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { changeClient, createClient, opsCall, postForm } from '../../stack/oauth.ts';
import { assertedBy, createClientKey, createDecryptionKey } from '../../stack/signing-client.ts';

interface Diagnosis {
  ok: boolean;
  findings: { name: string; status: string; message: string }[];
  refusals: Record<string, unknown>[];
  requests: { reason: string; count: number }[];
}

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const pathOf = (clientId: string) => `/auth/v3/ops/clients/${clientId}/diagnosis`;

async function diagnose(data: Record<string, unknown>) {
  const { clientId } = await createClient(stack, data);
  const answer = await opsCall(stack, 'GET', pathOf(clientId));
  return answer.json<{ data: Diagnosis }>().data;
}

const verdictOn = (name: string, { findings }: Diagnosis) =>
  findings.find((finding) => finding.name === name) ?? { status: 'absent', message: '' };

describe('the diagnosis of a client', () => {
  it('finds nothing to fail in a good registration', async () => {
    const diagnosis = await diagnose({
      authorizedGrantTypes: ['authorization_code', 'refresh_token'],
      requirePkce: true,
      redirectMatching: 'exact',
      postLogoutRedirectURIs: ['https://app.test/bye'],
      backchannelLogoutUri: 'https://app.test/ended',
    });

    expect(diagnosis).toMatchObject({ ok: true, refusals: [] });
    expect(diagnosis.findings.filter(({ status }) => status === 'warning' || status === 'failed')).toEqual(
      [],
    );
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['redirect URIs', { redirectURIs: [] }, 'failed', 'set redirectURIs', 'none'],
    ['redirect URIs', { redirectURIs: ['http://app.test/cb'] }, 'warning', 'use https', 'plain http'],
    ['redirect URIs', { redirectMatching: 'origin' }, 'warning', 'exact is safer', 'whole origins'],
    [
      'grant types',
      { authorizedGrantTypes: [], responseTypes: [] },
      'failed',
      'authorizedGrantTypes',
      'none',
    ],
    [
      'grant types',
      { authorizedGrantTypes: ['authorization_code'] },
      'warning',
      'Without refresh_token',
      'no refresh token',
    ],
    [
      'grant types',
      { authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'], responseTypes: [] },
      'failed',
      'tokenExchange.subjectClients',
      'nothing to exchange',
    ],
    ['PKCE', { requirePkce: false }, 'warning', 'set requirePkce', 'optional'],
    ['logout', {}, 'warning', 'set backchannelLogoutUri', 'no addresses'],
    ['scope', { scope: ['profile'] }, 'warning', 'Without the scope openid', 'no openid'],
    [
      'contact centres',
      { contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'] },
      'failed',
      'missing or disabled',
      'missing',
    ],
    ['authorities', {}, 'ok', 'APIs that ask for a role refuse them', 'none'],
  ])('looks at %s: %j', async (name, data, status, text) => {
    expect(verdictOn(name, await diagnose(data))).toMatchObject({
      status,
      message: expect.stringContaining(text),
    });
  });

  it.each<[string, 'ok' | 'warning', boolean, Record<string, unknown>]>([
    ['https://app.test/cb', 'ok', false, { redirectMatching: 'exact' }],
    ['https://app.test/cb', 'warning', true, { redirectMatching: 'origin' }],
    ['https://app.test/cb?a=1', 'ok', false, { redirectMatching: 'origin' }],
    [
      'http://127.0.0.1/cb',
      'ok',
      false,
      { clientType: 'PUBLIC', authorizedGrantTypes: ['authorization_code'] },
    ],
  ])(
    'says of %s (%s, paths below: %s) what the authorization endpoint accepts: %j',
    async (uri, status, isBelow, data) => {
      const { clientId } = await createClient(stack, { ...data, redirectURIs: [uri] });
      const answer = await opsCall(stack, 'GET', pathOf(clientId));
      const { message, ...verdict } = verdictOn('redirect URIs', answer.json<{ data: Diagnosis }>().data);
      const isAccepted = async (redirectUri: string) => {
        const query = new URLSearchParams({
          response_type: 'code',
          client_id: clientId,
          redirect_uri: redirectUri,
        });
        const { statusCode } = await stack.app.inject({ url: `/auth/v3/oauth/authorize?${query}` });
        return statusCode !== 400;
      };

      expect(verdict.status).toBe(status);
      expect(message.includes(`all that begins with ${uri}/`)).toBe(isBelow);
      expect(message.includes('on any port')).toBe(
        (await isAccepted(uri.replace('.1/', '.1:50000/'))) && uri.startsWith('http:'),
      );
      expect(await isAccepted(uri)).toBe(true);
      expect(await isAccepted(`${uri}/deeper`)).toBe(isBelow);
      expect(await isAccepted(new URL('/other', uri).href)).toBe(false);
    },
  );

  it('reads the key set of its address', async () => {
    const diagnosis = await diagnose({
      tokenEndpointAuthMethod: 'private_key_jwt',
      jwksUri: 'https://169.254.169.254/jwks',
    });

    expect(diagnosis.ok).toBe(false);
    expect(verdictOn('key set', diagnosis).message).toContain('may not be called from here');
  });

  it('misses the key to which answers must be encrypted', async () => {
    const key = await createDecryptionKey();
    const { clientId } = await createClient(stack, {
      jwks: { keys: [key.publicJwk] },
      idTokenEncryptedResponseAlg: 'ECDH-ES',
    });
    const diagnosisOf = async () =>
      (await opsCall(stack, 'GET', pathOf(clientId))).json<{ data: Diagnosis }>().data;
    expect(verdictOn('key set', await diagnosisOf()).status).toBe('ok');

    await stack.deps.stores.pool.query(`UPDATE auth.clients SET jwks = '{"keys":[]}' WHERE client_id = $1`, [
      clientId,
    ]);

    expect(verdictOn('key set', await diagnosisOf())).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('idTokenEncryptedResponseAlg cannot be followed'),
    });
  });

  // attack: refusals of people and applications of another contact centre read in the diagnosis of a client | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/operations/help-desk/client-diagnosis.ts
  it('shows an administrator refusals of the own contact centre, and of no other client that had the id', async () => {
    const clientId = 'passed-on';
    const reasonsFor = async (place: string) => {
      await stack.deps.audit.drained();
      const token = await contactCenterAdministrator(stack, { sub: 'admin', contactCenterId: place });
      const answer = await opsCall(stack, 'GET', pathOf(clientId), undefined, token);
      const { refusals, requests } = answer.json<{ data: Diagnosis }>().data;
      const reasons = refusals.map(({ reason }) => reason);
      expect(requests.map(({ reason }) => reason)).toEqual(reasons);
      return reasons;
    };
    const createFor = (place: string) =>
      createClient(stack, { client_id: clientId, contactCenterIds: [place] });
    const guess = () =>
      postForm(stack, 'token', {
        grant_type: 'client_credentials',
        ...{ client_id: clientId, client_secret: 'wrong' },
      });
    await createFor(contactCenterId);
    await guess();
    expect(await reasonsFor(contactCenterId)).toEqual(['wrong_secret']);

    await changeClient(stack, { clientId }, { contactCenterIds: [otherContactCenterId] });
    expect(await reasonsFor(otherContactCenterId)).toEqual([]);
    await guess();
    expect(await reasonsFor(otherContactCenterId)).toEqual(['wrong_secret']);

    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${clientId}`);
    await createFor(otherContactCenterId);
    expect(await reasonsFor(otherContactCenterId)).toEqual([]);
  });

  it('is for administrators alone, and knows no client that is not registered', async () => {
    expect((await stack.app.inject({ url: pathOf('anything') })).statusCode).toBe(401);
    expect((await opsCall(stack, 'GET', pathOf('nobody'))).status).toBe(404);
  });
});

it('gatehouse clients diagnose prints the findings and the last refusals with their reasons', async () => {
  const env = await operatorEnvironment(stack);
  const key = await createClientKey();
  const client = await createClient(stack, {
    name: 'Reports',
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwks: { keys: [key.publicJwk] },
    redirectURIs: [],
  });
  await postForm(stack, 'token', {
    grant_type: 'client_credentials',
    ...(await assertedBy(key, client.clientId, { aud: 'https://other.test' })),
  });
  await stack.deps.audit.drained();

  const { exitCode, out } = await runCommand(['clients', 'diagnose', client.clientId], { env });
  const json = await runCommand(['clients', 'diagnose', client.clientId, '--json'], { env });
  const unknown = await runCommand(['clients', 'diagnose', 'nobody'], { env });

  expect(out).toContain(`Reports (${client.clientId})`);
  expect(out).toMatch(/redirect URIs +It has none, so every sign-in is refused: set redirectURIs/);
  expect(out).toContain(`It signs with ${key.publicJwk.kid} (ES256).`);
  expect(out).toContain(
    'The assertion of the client is refused: client assertion: its aud is not this server',
  );
  expect([exitCode, unknown.exitCode]).toEqual([1, 4]);
  expect(JSON.parse(json.out).refusals).toMatchObject([{ reason: 'assertion_refused' }]);
});
