import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/clients/client.ts';
import { createExchangeTargets } from '../../src/oauth/exchange-targets.ts';
import type { GrantRequest } from '../../src/oauth/grants/grant-handler.ts';
import { tokenExchangeGrant } from '../../src/oauth/grants/token-exchange.ts';
import { readParameters } from '../../src/oauth/parameters.ts';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  createClient,
  getCode,
  introspect,
  type OAuthAnswer,
  opsCall,
  passwordTokens,
  postForm,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

let stack: AuthApi;
/** Where the user signs in. */
let portal: TestClient;
/** What the exchanged token is for. */
let reports: TestClient;
/** Who exchanges. */
let gateway: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  portal = await createClient(stack);
  reports = await createClient(stack, { resources: ['https://reports.test/api'] });
  gateway = await createClient(stack, {
    authorizedGrantTypes: [grantType],
    tokenExchange: { subjectClients: [portal.clientId], audiences: [reports.clientId] },
  });
});
afterAll(() => stack?.close());

function exchange(
  subjectToken: string,
  form: Record<string, string> | [string, string][] = {},
  by = gateway,
): Promise<OAuthAnswer> {
  const pairs = Array.isArray(form) ? form : Object.entries(form);
  const given = new Set(pairs.map(([name]) => name));
  const base: [string, string][] = [
    ['grant_type', grantType],
    ['subject_token', subjectToken],
    ['subject_token_type', accessTokenType],
  ];
  return postForm(stack, 'token', [...base.filter(([name]) => !given.has(name)), ...pairs], by);
}

describe('token exchange', () => {
  it('gives a token for another audience with less scope, for the same user', async () => {
    const subject = await passwordTokens(stack, portal, { scope: 'read write' });

    const answer = await exchange(subject.access_token, { audience: reports.clientId, scope: 'read' });

    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      access_token: expect.any(String),
      issued_token_type: accessTokenType,
      token_type: 'bearer',
      expires_in: expect.any(Number),
      scope: 'read',
    });
    const facts = await introspect(stack, reports, answer.json().access_token);
    expect(facts).toMatchObject({
      active: true,
      client_id: gateway.clientId,
      aud: [reports.clientId],
      scope: 'read',
      username: 'demo\\agent',
      contact_center_ids: [contactCenterId],
    });
    expect(facts['sub']).toBe((await introspect(stack, portal, subject.access_token))['sub']);
  });

  it('is for the requester itself when no audience is named', async () => {
    const subject = await passwordTokens(stack, portal);

    const answer = await exchange(subject.access_token);

    expect((await introspect(stack, gateway, answer.json().access_token))['aud']).toEqual([gateway.clientId]);
  });

  it('finds an audience by a resource that the client registered, and takes several', async () => {
    const subject = await passwordTokens(stack, portal);

    const answer = await exchange(subject.access_token, [
      ['resource', 'https://reports.test/api'],
      ['audience', gateway.clientId],
    ]);

    const { aud } = (await introspect(stack, gateway, answer.json().access_token)) as { aud: string[] };
    expect([...aud].sort()).toEqual([gateway.clientId, reports.clientId].sort());
  });

  it('never outlives the subject token', async () => {
    const brief = await createClient(stack, { accessTokenExpirationTimeout: 100 });
    const patient = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      accessTokenExpirationTimeout: 5000,
      tokenExchange: { subjectClients: [brief.clientId], audiences: [] },
    });
    const subject = await passwordTokens(stack, brief);

    const answer = await exchange(subject.access_token, {}, patient);

    expect(answer.json().expires_in).toBeLessThanOrEqual(100);
    expect(answer.json().expires_in).toBeGreaterThan(90);
  });

  it('dies with the family of the subject token', async () => {
    const subject = await passwordTokens(stack, portal);
    const exchanged = (await exchange(subject.access_token)).json().access_token;

    await postForm(stack, 'revoke', { token: subject.refresh_token }, portal);

    expect(await introspect(stack, gateway, exchanged)).toEqual({ active: false });
  });

  it('dies with the session of the subject token', async () => {
    const browser = createBrowser(stack.app);
    const subject = (await redeem(stack, portal, await getCode(stack, browser, portal))).json();
    const exchanged = (await exchange(subject.access_token)).json().access_token;

    await browser.postJson('/auth/v3/sign-out', {});

    expect(await introspect(stack, gateway, exchanged)).toEqual({ active: false });
  });

  it('dies with the client that the subject token was issued to', async () => {
    const doomed = await createClient(stack);
    const heir = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: [doomed.clientId], audiences: [] },
    });
    const subject = await passwordTokens(stack, doomed);
    const exchanged = (await exchange(subject.access_token, {}, heir)).json().access_token;

    await opsCall(stack, 'DELETE', `/auth/v3/ops/clients/${doomed.clientId}`);

    expect(await introspect(stack, heir, exchanged)).toEqual({ active: false });
  });

  it('leaves a security event of success and of refusal', async () => {
    const subject = await passwordTokens(stack, portal);
    await exchange(subject.access_token);
    await exchange(subject.access_token, { audience: 'nobody' });

    await expect
      .poll(
        async () => {
          const { rows } = await stack.deps.pool.query<{ name: string }>(
            'SELECT name FROM auth.audit_events WHERE client_id = $1',
            [gateway.clientId],
          );
          return rows.map(({ name }) => name);
        },
        { timeout: 10_000 },
      )
      .toEqual(expect.arrayContaining(['token_exchanged', 'token_refused']));
  });
});

describe('37: token exchange refuses (RFC 8693, CVE-2026-56668)', () => {
  const refusal = (answer: OAuthAnswer) => [answer.status, answer.json().error];

  it('a client without the grant, and one whose registration allows nobody', async () => {
    const subject = await passwordTokens(stack, portal);
    const without = await createClient(stack);
    const empty = await createClient(stack, { authorizedGrantTypes: [grantType] });

    expect(refusal(await exchange(subject.access_token, {}, without))).toEqual([400, 'unauthorized_client']);
    expect(refusal(await exchange(subject.access_token, {}, empty))).toEqual([400, 'unauthorized_client']);
  });

  it('a subject token of a client that is not on the list', async () => {
    const stranger = await createClient(stack);
    const subject = await passwordTokens(stack, stranger);

    expect(refusal(await exchange(subject.access_token))).toEqual([400, 'unauthorized_client']);
  });

  it('an audience or resource that is not allowed or does not exist, alike', async () => {
    const subject = await passwordTokens(stack, portal);

    const unknown = await exchange(subject.access_token, { audience: 'nobody' });
    const forbidden = await exchange(subject.access_token, { audience: portal.clientId });
    const resource = await exchange(subject.access_token, { resource: 'https://elsewhere.test' });
    const fragment = await exchange(subject.access_token, { resource: 'https://reports.test/api#x' });

    expect(refusal(unknown)).toEqual([400, 'invalid_target']);
    expect(forbidden.body).toBe(unknown.body);
    expect(resource.body).toBe(unknown.body);
    expect(fragment.body).toBe(unknown.body);
  });

  it('one allowed audience beside one that is not', async () => {
    const subject = await passwordTokens(stack, portal);
    const answer = await exchange(subject.access_token, [
      ['audience', reports.clientId],
      ['audience', portal.clientId],
    ]);
    expect(refusal(answer)).toEqual([400, 'invalid_target']);
  });

  it('more scope than the subject token has, and than the requester may have', async () => {
    const subject = await passwordTokens(stack, portal, { scope: 'read' });
    const narrow = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      scope: ['other'],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [] },
    });

    expect(refusal(await exchange(subject.access_token, { scope: 'read write' }))).toEqual([
      400,
      'invalid_scope',
    ]);
    expect(refusal(await exchange(subject.access_token, { scope: '*' }))).toEqual([400, 'invalid_scope']);
    expect(refusal(await exchange(subject.access_token, {}, narrow))).toEqual([400, 'invalid_scope']);
  });

  it('an actor token, loudly, instead of ignoring it', async () => {
    const subject = await passwordTokens(stack, portal);
    const answer = await exchange(subject.access_token, {
      actor_token: subject.access_token,
      actor_token_type: accessTokenType,
    });
    expect(refusal(answer)).toEqual([400, 'invalid_request']);
    expect(answer.json().error_description).toContain('Delegation');
  });

  it.each([
    'urn:ietf:params:oauth:token-type:refresh_token',
    'urn:ietf:params:oauth:token-type:id_token',
    'urn:ietf:params:oauth:token-type:jwt',
    'urn:ietf:params:oauth:token-type:saml2',
  ])('%s as subject or as wish', async (type) => {
    const subject = await passwordTokens(stack, portal);

    expect(refusal(await exchange(subject.access_token, { subject_token_type: type }))).toEqual([
      400,
      'invalid_request',
    ]);
    expect(refusal(await exchange(subject.access_token, { requested_token_type: type }))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  it('a refresh token in the place of the access token, a made-up one and a revoked one', async () => {
    const subject = await passwordTokens(stack, portal);
    expect(refusal(await exchange(subject.refresh_token))).toEqual([400, 'invalid_request']);
    expect(refusal(await exchange('made-up'))).toEqual([400, 'invalid_request']);

    await postForm(stack, 'revoke', { token: subject.access_token }, portal);
    expect(refusal(await exchange(subject.access_token))).toEqual([400, 'invalid_request']);
  });

  it("a client's own token as subject", async () => {
    const own = await token(stack, portal, { grant_type: 'client_credentials' });
    expect(refusal(await exchange(own.json().access_token))).toEqual([400, 'invalid_request']);
  });

  it('a user of a contact centre that requester or audience is not registered for', async () => {
    const subject = await passwordTokens(stack, portal);
    const elsewhere = await createClient(stack, { contactCenterIds: ['another'] });
    const bound = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      contactCenterIds: ['another'],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [] },
    });
    const towards = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [elsewhere.clientId] },
    });

    expect(refusal(await exchange(subject.access_token, {}, bound))).toEqual([400, 'unauthorized_client']);
    expect(refusal(await exchange(subject.access_token, { audience: elsewhere.clientId }, towards))).toEqual([
      400,
      'invalid_target',
    ]);
  });

  it('a token that was handed on too often', async () => {
    const chain = await createClient(stack, {
      client_id: 'chain',
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: ['chain', portal.clientId], audiences: [] },
    });
    let current = (await passwordTokens(stack, portal)).access_token;
    for (let step = 0; step < 5; step++) current = (await exchange(current, {}, chain)).json().access_token;

    expect(refusal(await exchange(current, {}, chain))).toEqual([400, 'invalid_request']);
  });

  it('a PUBLIC client', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [] },
    });
    const subject = await passwordTokens(stack, portal);
    expect(refusal(await exchange(subject.access_token, {}, open))).toEqual([400, 'unauthorized_client']);
  });
});

describe('the revocation of a subject token', () => {
  let chain: TestClient;
  beforeAll(async () => {
    chain = await createClient(stack, {
      client_id: 'chain-of-two',
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: ['chain-of-two', portal.clientId], audiences: [] },
    });
  });
  const revoke = (value: string) => postForm(stack, 'revoke', { token: value }, portal);
  const isActive = async (value: string) => (await introspect(stack, chain, value)).active;

  it('37: ends what was exchanged for it, and what was exchanged for that; nothing else', async () => {
    const [subject, other] = [await passwordTokens(stack, portal), await passwordTokens(stack, portal)];
    const child = (await exchange(subject.access_token, {}, chain)).json().access_token;
    const grandchild = (await exchange(child, {}, chain)).json().access_token;
    const stranger = (await exchange(other.access_token, {}, chain)).json().access_token;

    await revoke(subject.access_token);

    expect([await isActive(child), await isActive(grandchild), await isActive(stranger)]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('37: also ends the exchange that it overtakes', async () => {
    const { deps } = stack;
    const subject = (await passwordTokens(stack, portal)).access_token;
    const given: string[] = [];
    const overtaken = tokenExchangeGrant({
      ...deps,
      targets: createExchangeTargets(deps.clientDirectory),
      tokenIssuer: {
        ...deps.tokenIssuer,
        async issueExchanged(record, subjectToken) {
          await revoke(subjectToken);
          given.push(await deps.tokenIssuer.issueExchanged(record, subjectToken));
          return given.at(-1) ?? '';
        },
      },
    });

    const request: GrantRequest = {
      client: (await deps.clientDirectory.find(chain.clientId)) as Client,
      parameters: readParameters({ subject_token: subject, subject_token_type: accessTokenType }),
      scope: undefined,
      clientAddress: '203.0.113.1',
      correlationId: 'overtaken',
    };

    await expect(overtaken.handle(request)).rejects.toMatchObject({ name: 'invalid_request' });
    expect(given).toHaveLength(1);
    expect(await isActive(given[0] ?? '')).toBe(false);
  });

  it('66: notes of exchanged tokens end with the last of them', async () => {
    const subject = await passwordTokens(stack, portal);
    await exchange(subject.access_token, {}, chain);
    const { redis, keyspace } = stack.deps;
    const key = keyspace.key('exchanged', sha256(subject.access_token));

    expect(await redis.zcard(key)).toBe(1);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
