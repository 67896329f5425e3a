import { describe, expect, it } from 'vitest';
import { createBrowser } from '../stack/browser.ts';
import { presentedBy, provenBy } from '../stack/dpop.ts';
import { exchangeToken, refusalOf, urn } from '../stack/exchange.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  introspect,
  passwordTokens,
  postForm,
  responseOf,
} from '../stack/oauth.ts';
import {
  ask,
  bound,
  free,
  key,
  native,
  other,
  redeemBy,
  refreshBy,
  stack,
  startDpopClients,
  userInfo,
  userToken,
} from './dpop-clients.ts';

startDpopClients();

describe('a code that is bound to a key (RFC 9449 section 10)', () => {
  it('is redeemed with that key alone', async () => {
    const parameters = { dpop_jkt: key.jkt };
    const right = await getCode(stack, createBrowser(stack.app), free, parameters);
    const wrong = await getCode(stack, createBrowser(stack.app), free, parameters);
    const none = await getCode(stack, createBrowser(stack.app), free, parameters);

    expect((await redeemBy(free, right, await provenBy(key))).status).toBe(200);
    expect((await redeemBy(free, wrong, await provenBy(other))).json().error).toBe('invalid_grant');
    expect((await redeemBy(free, none, {})).json().error).toBe('invalid_grant');
  });
});

describe('the authorization endpoint', () => {
  it('gives no token to a client whose tokens are bound', async () => {
    const front = await createClient(stack, {
      dpopBoundAccessTokens: true,
      authorizedGrantTypes: ['authorization_code', 'implicit'],
      responseTypes: ['code', 'token'],
    });
    const answer = await createBrowser(stack.app).get(authorizeUrl(front, { response_type: 'token' }));

    expect(answer.location).toContain('error=unauthorized_client');
  });

  it('refuses a dpop_jkt that is no thumbprint', async () => {
    const answer = await createBrowser(stack.app).get(authorizeUrl(free, { dpop_jkt: 'short' }));

    expect(responseOf(answer).get('error')).toBe('invalid_request');
  });
});

describe('refreshing bound tokens', () => {
  // attack: bound refresh token of a public client with another key | RFC 9449 5, ASVS 10.4.5 | guard: services/auth-api/src/tokens/family-scripts.ts
  it('takes the key that a public client began with, and leaves the token usable after a wrong one', async () => {
    const { refresh_token } = await userToken(native);

    const stolen = await refreshBy(native, refresh_token, await provenBy(other));
    const bare = await refreshBy(native, refresh_token);
    const renewed = await refreshBy(native, refresh_token, await provenBy(key));

    expect([stolen.json().error, bare.json().error]).toEqual(['invalid_grant', 'invalid_grant']);
    expect(renewed.json<{ token_type: string }>().token_type).toBe('DPoP');
    expect(renewed.json().refresh_token).not.toBe(refresh_token);
  });

  it('does not rotate the refresh token of a client whose tokens are all bound, however often it comes', async () => {
    const { refresh_token } = await userToken(bound);

    const answers = [];
    for (let turn = 0; turn < 3; turn++)
      answers.push(await refreshBy(bound, refresh_token, await provenBy(key)));

    expect(answers.map((answer) => answer.json().refresh_token)).toEqual(Array(3).fill(refresh_token));
    expect(new Set(answers.map((answer) => answer.json().access_token)).size).toBe(3);
    expect((await refreshBy(bound, refresh_token)).json().error).toBe('invalid_request');
  });

  it('lets a confidential client change its key, and answers a retry only with the first one', async () => {
    const { refresh_token } = await userToken(free);

    const renewed = await refreshBy(free, refresh_token, await provenBy(other));
    const retry = await refreshBy(free, refresh_token, await provenBy(other));
    const foreign = await refreshBy(free, refresh_token, await provenBy(key));

    expect(retry.json().access_token).toBe(renewed.json().access_token);
    expect(foreign.json().error).toBe('invalid_grant');
    expect(await introspect(stack, free, renewed.json().access_token)).toMatchObject({
      cnf: { jkt: other.jkt },
    });
  });
});

describe('37: an exchange of a bound token (RFC 8693)', () => {
  const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

  // attack: binding lost by an exchange | RFC 9449 5, RFC 8693 5 | guard: services/auth-api/src/oauth/token/exchange/derived-record.ts
  it('keeps the binding: neither the requester nor a thief can use what comes out, and no refresh token does', async () => {
    const service = await createClient(stack, {
      authorizedGrantTypes: [exchangeType, 'refresh_token'],
      tokenExchange: { subjectClients: [bound.clientId], refreshTokens: true },
    });
    const { access_token } = await userToken(bound);
    const exchange = (form: Record<string, string>, headers = {}) =>
      postForm(
        stack,
        'token',
        {
          grant_type: exchangeType,
          subject_token: access_token,
          subject_token_type: accessTokenType,
          ...form,
        },
        service,
        headers,
      );
    const answer = await exchange({}, await provenBy(other));
    const exchanged = answer.json();

    expect([answer.status, answer.json<{ token_type: string }>().token_type]).toEqual([200, 'DPoP']);
    expect(await introspect(stack, service, exchanged.access_token)).toMatchObject({ cnf: { jkt: key.jkt } });
    expect((await userInfo(await presentedBy(other, exchanged.access_token))).json().error).toBe(
      'invalid_token',
    );
    expect((await userInfo({ authorization: `Bearer ${exchanged.access_token}` })).statusCode).toBe(401);
    const refreshType = 'urn:ietf:params:oauth:token-type:refresh_token';
    expect((await exchange({ requested_token_type: refreshType })).json().error).toBe('invalid_request');
  });

  it('gives an ID token, which nothing binds, for the proof of the subject token alone', async () => {
    const service = await createClient(stack, {
      authorizedGrantTypes: [exchangeType],
      tokenExchange: { subjectClients: [bound.clientId] },
    });
    const { access_token } = await userToken(bound);
    const exchange = (headers = {}) =>
      exchangeToken(stack, service, access_token, { requested_token_type: urn('id_token') }, headers);

    expect((await exchange(await provenBy(key))).status).toBe(200);
    for (const answer of [await exchange(), await exchange(await provenBy(other))]) {
      expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
      expect(answer.json().error_description).toContain('subject_token');
    }
  });

  // attack: stolen bound token as actor | RFC 8693 5 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
  it('takes a bound actor_token with its own proof alone: whoever stole it acts for nobody', async () => {
    const desk = await createClient(stack, {
      authorizedGrantTypes: [exchangeType, 'client_credentials'],
      tokenExchange: { subjectClients: [free.clientId], delegation: true },
    });
    const subject = (await passwordTokens(stack, free)).access_token;
    const actor = (await ask(desk, await provenBy(key))).json().access_token;
    const delegate = (headers = {}) =>
      exchangeToken(
        stack,
        desk,
        subject,
        { actor_token: actor, actor_token_type: urn('access_token') },
        headers,
      );

    for (const answer of [await delegate(), await delegate(await provenBy(other))]) {
      expect(refusalOf(answer)).toEqual([400, 'invalid_request']);
      expect(answer.json().error_description).toContain('actor_token is bound');
    }
    const delegated = await delegate(await provenBy(key));
    expect(delegated.status).toBe(200);
    expect(await introspect(stack, desk, delegated.json().access_token)).toMatchObject({
      act: { sub: desk.clientId },
      cnf: { jkt: key.jkt },
    });
  });
});
