import { sha256 } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readParameters } from '../../src/core/protocol/parameters.ts';
import { createExchangeIssuer } from '../../src/oauth/token/exchange/issue.ts';
import { createPresentedTokens } from '../../src/oauth/token/exchange/presented-token.ts';
import type { GrantRequest } from '../../src/oauth/token/grant-handler.ts';
import { tokenExchangeGrant } from '../../src/oauth/token/grants/token-exchange.ts';
import type { Client } from '../../src/registry/clients/client.ts';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { accessTokenType, exchangeGrant, exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
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

const grantType = exchangeGrant;

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
  return exchangeToken(stack, by, subjectToken, form);
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

  // attack: token for another client at our APIs | RFC 9068 4, RFC 9700 4.10.2, CVE-2024-47077 | guard: packages/caller-auth/src/sender-constraint/resource-tokens.ts
  it('is not for our own APIs when its audience is another client', async () => {
    const { access_token: subject } = await passwordTokens(stack, portal, { scope: 'openid' });
    const ownToken = (await exchange(subject)).json().access_token;
    const othersToken = (await exchange(subject, { audience: reports.clientId })).json().access_token;
    const ask = (url: string, bearer: string) =>
      stack.app.inject({ url, headers: { authorization: `Bearer ${bearer}` } });

    expect((await ask('/auth/v3/openid/userinfo', ownToken)).statusCode).toBe(200);
    const refused = await ask('/auth/v3/openid/userinfo', othersToken);
    expect([refused.statusCode, refused.json().error]).toEqual([401, 'invalid_token']);
    expect((await ask('/auth/v3/ping', othersToken)).statusCode).toBe(403);
    expect(await introspect(stack, reports, othersToken)).toMatchObject({ active: true });
  });

  it('finds an audience by a resource that the client registered, and takes several', async () => {
    const subject = await passwordTokens(stack, portal);

    const answer = await exchange(subject.access_token, [
      ['resource', 'https://reports.test/api'],
      ['audience', gateway.clientId],
    ]);

    const { aud } = (await introspect(stack, gateway, answer.json().access_token)) as { aud: string[] };
    expect([...aud].sort()).toEqual([gateway.clientId, reports.clientId, 'https://reports.test/api'].sort());
  });

  // attack: exchanged token that outlives its subject token | RFC 8693 5 | guard: services/auth-api/src/oauth/token/exchange/derived-record.ts
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
          const { rows } = await stack.deps.stores.pool.query<{ name: string }>(
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
  it('a client without the grant, and one whose registration allows nobody', async () => {
    const subject = await passwordTokens(stack, portal);
    const without = await createClient(stack);
    const empty = await createClient(stack, { authorizedGrantTypes: [grantType] });

    expect(refusalOf(await exchange(subject.access_token, {}, without))).toEqual([
      400,
      'unauthorized_client',
    ]);
    // RFC 8693 section 2.2.2: a token that policy does not accept is an invalid request.
    expect(refusalOf(await exchange(subject.access_token, {}, empty))).toEqual([400, 'invalid_request']);
  });

  // attack: exchange of a stolen subject token | CVE-2022-1245 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('a subject token of a client that is not on the list', async () => {
    const stranger = await createClient(stack);
    const subject = await passwordTokens(stack, stranger);

    expect(refusalOf(await exchange(subject.access_token))).toEqual([400, 'invalid_request']);
  });

  // attack: exchange for an audience that is not allowed | RFC 8693 2.2.2 | guard: services/auth-api/src/registry/clients/targets.ts
  it('an audience or resource that is not allowed or does not exist, alike', async () => {
    const subject = await passwordTokens(stack, portal);

    const unknown = await exchange(subject.access_token, { audience: 'nobody' });
    const forbidden = await exchange(subject.access_token, { audience: portal.clientId });
    const resource = await exchange(subject.access_token, { resource: 'https://elsewhere.test' });
    const fragment = await exchange(subject.access_token, { resource: 'https://reports.test/api#x' });

    expect(refusalOf(unknown)).toEqual([400, 'invalid_target']);
    expect(forbidden.body).toBe(unknown.body.replace('nobody', portal.clientId));
    expect(resource.body).toBe(unknown.body.replace('nobody', 'https://elsewhere.test'));
    expect(refusalOf(fragment)).toEqual([400, 'invalid_target']);
    expect(unknown.json().error_description).toBe(
      `The client may not ask for nobody; it may ask for ${gateway.clientId}, ${reports.clientId}, https://reports.test/api`,
    );
  });

  it('one allowed audience beside one that is not', async () => {
    const subject = await passwordTokens(stack, portal);
    const answer = await exchange(subject.access_token, [
      ['audience', reports.clientId],
      ['audience', portal.clientId],
    ]);
    expect(refusalOf(answer)).toEqual([400, 'invalid_target']);
  });

  // attack: scope widened by exchange | CVE-2026-56668 | guard: services/auth-api/src/oauth/token/exchange/derived-record.ts
  it('more scope than the subject token has, and than the requester may have', async () => {
    const subject = await passwordTokens(stack, portal, { scope: 'read' });
    const narrow = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      scope: ['other'],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [] },
    });

    expect(refusalOf(await exchange(subject.access_token, { scope: 'read write' }))).toEqual([
      400,
      'invalid_scope',
    ]);
    expect(refusalOf(await exchange(subject.access_token, { scope: '*' }))).toEqual([400, 'invalid_scope']);
    expect(refusalOf(await exchange(subject.access_token, {}, narrow))).toEqual([400, 'invalid_scope']);
  });

  it.each([urn('refresh_token'), urn('saml2'), 'access_token'])('%s as subject_token_type', async (type) => {
    const subject = await passwordTokens(stack, portal);
    const answer = await exchange(subject.refresh_token, { subject_token_type: type });
    expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
  });

  it('an opaque token that is called a JWT, and a type that nobody issues', async () => {
    const subject = await passwordTokens(stack, portal);
    const called = await exchange(subject.access_token, { subject_token_type: urn('jwt') });
    const wished = await exchange(subject.access_token, { requested_token_type: urn('saml2') });

    expect(refusalOf(called)).toEqual([400, 'invalid_request']);
    expect(refusalOf(wished)).toEqual([400, 'invalid_request']);
    expect(wished.json().error_description).toContain(accessTokenType);
  });

  it('a refresh token in the place of the access token, a made-up one and a revoked one', async () => {
    const subject = await passwordTokens(stack, portal);
    expect(refusalOf(await exchange(subject.refresh_token))).toEqual([400, 'invalid_request']);
    expect(refusalOf(await exchange('made-up'))).toEqual([400, 'invalid_request']);

    await postForm(stack, 'revoke', { token: subject.access_token }, portal);
    expect(refusalOf(await exchange(subject.access_token))).toEqual([400, 'invalid_request']);
  });

  it("a client's own token as subject", async () => {
    const own = await token(stack, portal, { grant_type: 'client_credentials' });
    expect(refusalOf(await exchange(own.json().access_token))).toEqual([400, 'invalid_request']);
  });

  // attack: exchange across contact centres | ASVS 8.4.1 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('a user of a contact centre that requester or audience is not registered for', async () => {
    const subject = await passwordTokens(stack, portal);
    const elsewhere = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
    const bound = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      contactCenterIds: [otherContactCenterId],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [] },
    });
    const towards = await createClient(stack, {
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [elsewhere.clientId] },
    });

    expect(refusalOf(await exchange(subject.access_token, {}, bound))).toEqual([400, 'invalid_request']);
    expect(
      refusalOf(await exchange(subject.access_token, { audience: elsewhere.clientId }, towards)),
    ).toEqual([400, 'invalid_target']);
  });

  // attack: token exchanged without end | RFC 8693 5 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('a token that was handed on too often', async () => {
    const chain = await createClient(stack, {
      client_id: 'chain',
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: ['chain', portal.clientId], audiences: [] },
    });
    let current = (await passwordTokens(stack, portal)).access_token;
    for (let step = 0; step < 5; step++) current = (await exchange(current, {}, chain)).json().access_token;

    expect(refusalOf(await exchange(current, {}, chain))).toEqual([400, 'invalid_request']);
  });

  // attack: exchange by a public client | RFC 8693 2.1 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('a PUBLIC client', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: [grantType],
      tokenExchange: { subjectClients: [portal.clientId], audiences: [] },
    });
    const subject = await passwordTokens(stack, portal);
    expect(refusalOf(await exchange(subject.access_token, {}, open))).toEqual([400, 'unauthorized_client']);
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

  // attack: exchange that overtakes the revocation of its subject | ASVS 15.4.2 | guard: services/auth-api/src/oauth/token/grants/token-exchange.ts
  it('37: also ends the exchange that it overtakes', async () => {
    const { deps } = stack;
    const subject = (await passwordTokens(stack, portal)).access_token;
    const given: string[] = [];
    const overtaken = tokenExchangeGrant({
      issuer: deps.core.issuer,
      details: deps.clients.details,
      staleRegistrationTokens: deps.tokens.staleRegistrationTokens,
      audit: deps.audit.writer,
      now: deps.now,
      presentedTokens: createPresentedTokens({
        accessTokens: deps.tokens.access,
        idTokens: deps.tokens.ids,
        sessions: deps.sessions.service,
        directory: deps.clients.directory,
        revocations: deps.revocation.revocations,
        now: deps.now,
      }),
      targets: deps.clients.targets,
      exchangeIssuer: createExchangeIssuer({
        accessTokens: {
          ...deps.tokens.access,
          async issueDerived(client, record, parents) {
            await revoke(subject);
            given.push(await deps.tokens.access.issueDerived(client, record, parents));
            return given.at(-1) ?? '';
          },
        },
        families: deps.tokens.families,
        idTokens: deps.tokens.ids,
        directory: deps.clients.directory,
        admission: deps.accounts.admission,
        contactCenterStatus: deps.accounts.contactCenterStatus,
        derivedTokens: deps.tokens.derived,
      }),
    });

    const request: GrantRequest = {
      client: (await deps.clients.directory.find(chain.clientId)) as Client,
      parameters: readParameters({ subject_token: subject, subject_token_type: accessTokenType }),
      scope: undefined,
      cnf: undefined,
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
    const { keyspace, redis } = stack.deps.core;
    const key = keyspace.key('derived', sha256(subject.access_token));

    expect(await redis.zcard(key)).toBe(1);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
