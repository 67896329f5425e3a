/** 57: what users of a contact centre hold by a client ends when the client serves them no longer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, demoContactCenter, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { exchangeGrant, exchangeToken, urn } from '../stack/exchange.ts';
import {
  changeClient,
  createClient,
  getCode,
  introspect,
  passwordTokens,
  redeem,
  type TestClient,
  token,
} from '../stack/oauth.ts';

const otherId = '77777777-7777-4777-8777-777777777777';

let stack: AuthApi;
let replica: AuthApi;
let reader: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  stack.environmentApi.contactCenters.set(otherId, {
    ...demoContactCenter,
    id: otherId,
    name: 'Other',
    domains: ['other'],
  });
  replica = await startAuthApi({ beside: stack });
  reader = await createClient(stack, { internalClient: true });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

const serve = (client: TestClient, contactCenterIds: string[]) =>
  changeClient(stack, client, { contactCenterIds });
const isActive = async (text: string, at = stack) => (await introspect(at, reader, text))['active'];
const refresh = (client: TestClient, refreshToken: string) =>
  token(stack, client, { grant_type: 'refresh_token', refresh_token: refreshToken });
const ofOther = (client: TestClient) =>
  passwordTokens(stack, client, { username: 'other\\supervisor', password: 'demo-supervisor-password' });

describe.each(['opaque', 'jwt'])(
  'a client that leaves a contact centre, with %s tokens',
  (accessTokenFormat) => {
    it('ends those of its users there, on every replica, and nobody else’s', async () => {
      const client = await createClient(stack, {
        accessTokenFormat,
        contactCenterIds: [contactCenterId, otherId],
      });
      const [lost, kept] = [await ofOther(client), await passwordTokens(stack, client)];

      await serve(client, [contactCenterId]);

      expect([await isActive(lost.access_token), await isActive(kept.access_token)]).toEqual([false, true]);
      expect((await refresh(client, lost.refresh_token)).status).toBe(400);
      expect((await refresh(client, kept.refresh_token)).status).toBe(200);
      await expect.poll(() => isActive(lost.access_token, replica)).toBe(false);
      expect(await isActive(kept.access_token, replica)).toBe(true);
    });

    it('ends what was made of them for others', async () => {
      const client = await createClient(stack, {
        accessTokenFormat,
        contactCenterIds: [contactCenterId, otherId],
      });
      const gateway = await createClient(stack, {
        accessTokenFormat,
        authorizedGrantTypes: [exchangeGrant],
        tokenExchange: { subjectClients: [client.clientId] },
      });
      const [lost, kept] = [await ofOther(client), await passwordTokens(stack, client)];
      const [ofLost, ofKept] = [
        (await exchangeToken(stack, gateway, lost.access_token)).json().access_token,
        (await exchangeToken(stack, gateway, kept.access_token)).json().access_token,
      ];

      await serve(client, [contactCenterId]);

      expect([await isActive(ofLost), await isActive(ofKept)]).toEqual([false, true]);
    });

    it('that served everybody ends them all: nobody can say whom it served', async () => {
      const client = await createClient(stack, { accessTokenFormat });
      const tokens = await passwordTokens(stack, client);

      await serve(client, [contactCenterId]);

      expect(await isActive(tokens.access_token)).toBe(false);
      expect(await isActive((await passwordTokens(stack, client)).access_token)).toBe(true);
    });

    it('gives good ones when it comes back', async () => {
      const client = await createClient(stack, { accessTokenFormat, contactCenterIds: [otherId] });
      const before = await ofOther(client);
      await serve(client, [contactCenterId]);
      await serve(client, [otherId]);

      expect(await isActive(before.access_token)).toBe(false);
      expect(await isActive((await ofOther(client)).access_token)).toBe(true);
    });
  },
);

// attack: code of a client that left the contact centre | CVE-2024-47060 | guard: services/auth-api/src/oauth/token/grants/authorization-code.ts
it('a code that waits is worth nothing when the client has left the contact centre of its user', async () => {
  const client = await createClient(stack, { contactCenterIds: [contactCenterId, otherId] });
  const code = await getCode(stack, createBrowser(stack.app), client);

  await serve(client, [otherId]);
  await serve(client, [contactCenterId, otherId]);

  expect((await redeem(stack, client, code)).json().error).toBe('invalid_grant');
});

it('an ID token is worth nothing to those who exchange it when its client has left the contact centre of its user', async () => {
  const client = await createClient(stack, { contactCenterIds: [contactCenterId, otherId] });
  const gateway = await createClient(stack, {
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [client.clientId], idTokens: true },
  });
  const code = await getCode(stack, createBrowser(stack.app), client, { scope: 'openid' });
  const { id_token } = (await redeem(stack, client, code)).json();
  const exchange = () =>
    exchangeToken(stack, gateway, id_token, {
      subject_token_type: urn('id_token'),
      requested_token_type: urn('id_token'),
    });
  expect((await exchange()).status).toBe(200);

  await serve(client, [otherId]);

  expect((await exchange()).json().error).toBe('invalid_request');
});
