import { consoleLinkGrantType } from '@gatehouse/contracts/auth-api';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, ops, startAuthApi } from '../stack/auth-api.ts';
import { askForLink, consoleClient, linkedToken, makeLink, redeemLink } from '../stack/console-link.ts';
import { createClient, opsCall, passwordTokens, postForm, token } from '../stack/oauth.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

// attack: become the operator by a managing client or as a person | CWE-269 | guard: services/auth-api/src/oauth/client-authentication/ops-matrix.ts
it('links to the console are made by the operator account itself, and by nobody else', async () => {
  const manager = await createClient(stack, { authorities: ['ROLE_MANAGEMENT_APPLICATION'] });
  const own = (await token(stack, manager, { grant_type: 'client_credentials' })).json().access_token;
  const ofPerson = (await passwordTokens(stack, manager)).access_token;
  // Else a session of fifteen minutes would make the next one for ever.
  const { accessToken: ofLink } = await linkedToken(stack);
  for (const text of [own, ofPerson, ofLink])
    expect((await askForLink(stack, `Bearer ${text}`)).status).toBe(403);
  expect((await askForLink(stack, 'Bearer made-up')).status).toBe(401);
});

// attack: one link opened by many at once | CWE-367 | guard: services/auth-api/src/sign-in/console-links/store.ts
it('of many who redeem a link at once, on two replicas, one gets in', async () => {
  const replica = await startAuthApi({ beside: stack });
  const { code } = await makeLink(stack);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => redeemLink(index % 2 === 0 ? stack : replica, code)),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(400)]);
  await replica.close();
});

// attack: redeem the operator's link as another client | RFC 6749 section 10.5 | guard: services/auth-api/src/oauth/token/grants/console-link.ts
it('no other client redeems a link, whatever its registration says', async () => {
  const refused = await opsCall(stack, 'POST', '/auth/v3/ops/clients', {
    data: { client_id: 'climber', authorizedGrantTypes: [consoleLinkGrantType] },
  });
  expect(refused.status).toBe(400);
  const climber = await createClient(stack, { authorities: ['ROLE_MANAGEMENT_APPLICATION'] });
  const { code } = await makeLink(stack);
  expect((await redeemLink(stack, code, { client: climber })).json().error).toBe('unauthorized_client');
  await stack.deps.stores.pool.query('UPDATE auth.clients SET grant_types = $1 WHERE client_id = $2', [
    [consoleLinkGrantType],
    climber.clientId,
  ]);
  const beside = await startAuthApi({ beside: stack });
  expect((await redeemLink(beside, code, { client: climber })).json().error).toBe('unauthorized_client');
  await beside.close();
  expect(
    (await redeemLink(stack, code, { client: { ...consoleClient, clientSecret: 'guessed' } })).status,
  ).toBe(401);
  // None of them used the link up.
  expect((await redeemLink(stack, code)).status).toBe(200);
});

// attack: open the link of another installation here | CWE-346 | guard: services/auth-api/src/sign-in/console-links/store.ts
it('a link of another installation on the same Redis opens nothing, and stays unused there', async () => {
  const stores = {
    redis: { ...stack.redis, close: async () => undefined },
    database: await createTestDatabase(),
  };
  const other = await startAuthApi({ stores, env: { GATEHOUSE_REDIS_KEY_PREFIX: 'another:' } });
  const { code } = await makeLink(other);
  expect((await redeemLink(stack, code)).status).toBe(400);
  expect((await redeemLink(other, code)).status).toBe(200);
  await other.close();
});

// attack: read the code of a link in Redis | CWE-312 | guard: services/auth-api/src/sign-in/console-links/store.ts
it('Redis contains neither the code of a link nor the password of the operator', async () => {
  const { code } = await makeLink(stack);
  const { redis } = stack.deps.stores;
  const keys = await redis.keys('*console-link*');
  const texts = await Promise.all(keys.map((key) => redis.get(key)));
  expect(texts.join()).toContain('"account":"ops"');
  for (const secret of [code, ops.password, sha256(JSON.stringify([ops.username, ops.password]))])
    expect(`${keys.join()} ${texts.join()}`).not.toContain(secret);
});

// attack: shut the operator out by wrong codes of links | CWE-645 | guard: services/auth-api/src/sign-in/console-links/service.ts
it('the right link works after any number of wrong ones from its address', async () => {
  const visitor = '198.51.100.77';
  const { code } = await makeLink(stack);
  const tried = Array.from({ length: 40 }, () => redeemLink(stack, randomToken(), { visitor }));
  expect((await Promise.all(tried)).every(({ status }) => status === 400)).toBe(true);
  expect((await redeemLink(stack, code, { visitor })).status).toBe(200);
});

// attack: fill the audit trail by invented codes of links | CWE-779 | guard: services/auth-api/src/sign-in/console-links/compose.ts
it('wrong codes from one address leave ten events, however many they are', async () => {
  const visitor = '198.51.100.78';
  const tried = Array.from({ length: 40 }, () => redeemLink(stack, randomToken(), { visitor }));
  await Promise.all(tried);
  await stack.deps.audit.drained();
  const answer = await opsCall(stack, 'GET', '/auth/v3/ops/audit?name=console_link_refused&limit=1000');
  const { data } = answer.json<{ data: { clientAddress?: string }[] }>();
  expect(data.filter(({ clientAddress }) => clientAddress === visitor)).toHaveLength(10);
});

// attack: turn the operator's short session into tokens that last | RFC 8693 section 5 | guard: services/auth-api/src/oauth/token/exchange/policy.ts
it('the token of the operator is exchanged for nothing, and is no user of an application', async () => {
  const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
  const { accessToken } = await linkedToken(stack);
  const client = await createClient(stack, {
    authorizedGrantTypes: [exchange],
    tokenExchange: { subjectClients: [consoleClient.clientId], refreshTokens: true, delegation: true },
  });
  const form = {
    grant_type: exchange,
    subject_token: accessToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  };
  expect((await token(stack, client, form)).json().error).toBe('invalid_request');
  const bearer = { authorization: `Bearer ${accessToken}` };
  const statuses = await Promise.all(
    ['userinfo', 'openid/userinfo', 'oauth/convert-token', 'sessions'].map(
      async (path) => (await stack.app.inject({ url: `/auth/v3/${path}`, headers: bearer })).statusCode,
    ),
  );
  expect(statuses).toEqual([403, 403, 403, 401]);
  const refresh = { grant_type: 'refresh_token', refresh_token: accessToken };
  expect((await postForm(stack, 'token', refresh, consoleClient)).json().error).toBe('invalid_grant');
});
