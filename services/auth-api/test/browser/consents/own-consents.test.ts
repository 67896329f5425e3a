/** The applications that a person has given access, in the account area, and the end of it. */
import type { ConsentView } from '@gatehouse/contracts/auth-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { consoleToken } from '../../stack/console.ts';
import { exchangeGrant, exchangeToken } from '../../stack/exchange.ts';
import { agent, readView } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  getCode,
  interactionOf,
  introspect,
  opsCall,
  redeem,
  responseOf,
  type TestClient,
  token,
} from '../../stack/oauth.ts';

const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };
const path = '/auth/v3/consents';
const second = { timeout: 1000, interval: 20 };

/** The clock of the installation is ahead of ours. */
let aheadMs = 0;
let stack: AuthApi;
let replica: AuthApi;
let plain: TestClient;
let observer: TestClient;
beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + aheadMs });
  replica = await startAuthApi({ beside: stack, now: () => Date.now() + aheadMs });
  plain = await createClient(stack);
  observer = await createClient(stack, { internalClient: true });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

async function signedIn(user = agent): Promise<Browser> {
  const browser = createBrowser(stack.app);
  await getCode(stack, browser, plain, {}, user);
  return browser;
}

/** Agrees to what the client asks for; gives its tokens. */
async function agree(browser: Browser, client: TestClient) {
  const begun = await browser.get(authorizeUrl(client, { scope: 'openid calls' }));
  const interaction = interactionOf(begun);
  const { csrf } = await readView(stack.app, browser, interaction);
  const onward = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
  const code = responseOf(await browser.get(String(onward.location))).get('code') ?? '';
  return (await redeem(stack, client, code)).json();
}

const careful = (fields: object = {}) => createClient(stack, { requireConsent: true, ...fields });
const listBy = async (headers: Record<string, string>) => {
  const answer = await stack.app.inject({ url: path, headers });
  return { status: answer.statusCode, data: answer.json().data as ConsentView[] };
};
const list = async (browser: Browser) => ((await browser.get(path)).json() as { data: ConsentView[] }).data;
const revoke = (
  browser: Browser,
  { clientId }: TestClient,
  headers: Record<string, string> = { origin: publicUrl },
) => browser.request('DELETE', `${path}/${clientId}`, headers);
const isActive = async (text: string) => (await introspect(replica, observer, text))['active'];
const subOf = async (text: string) => String((await introspect(stack, observer, text))['sub']);

describe('the consents of a person', () => {
  it("name the applications and what they may do, the newest first, and nobody else's", async () => {
    const browser = await signedIn();
    const [first, last] = [await careful({ name: 'First' }), await careful({ name: 'Last' })];
    await agree(browser, first);
    await agree(browser, last);
    await stack.deps.consents.uses.settled();
    expect((await list(browser)).slice(0, 2)).toEqual([
      {
        clientId: last.clientId,
        name: 'Last',
        scope: expect.arrayContaining(['openid', 'calls']),
        givenAt: expect.any(String),
        lastUsedAt: expect.any(String),
      },
      expect.objectContaining({ clientId: first.clientId }),
    ]);
    expect(JSON.stringify(await list(await signedIn(supervisor)))).not.toContain(first.clientId);
  });

  it('tell when the application last got tokens, also by a refresh, and not before it got any', async () => {
    const browser = await signedIn();
    const client = await careful({ authorizedGrantTypes: ['authorization_code', 'refresh_token'] });
    const { access_token, refresh_token } = await agree(browser, client);
    const unused = await careful();
    const sub = await subOf(access_token);
    await stack.deps.consents.service.give(
      { contactCenterId, sub },
      { clientId: unused.clientId, scope: ['openid'] },
    );
    const shown = async () => {
      await stack.deps.consents.uses.settled();
      return new Map((await list(browser)).map(({ clientId, lastUsedAt }) => [clientId, lastUsedAt]));
    };
    const first = (await shown()).get(client.clientId) ?? '';
    expect(Math.abs(Date.now() - Date.parse(first))).toBeLessThan(60_000);
    expect((await shown()).get(unused.clientId)).toBeUndefined();
    aheadMs += 61_000;
    const renewed = await token(stack, client, { grant_type: 'refresh_token', refresh_token });
    expect(renewed.status).toBe(200);
    expect(Date.parse((await shown()).get(client.clientId) ?? '')).toBeGreaterThan(Date.parse(first));
  });

  it('are shown to the account area by its token', async () => {
    const client = await careful();
    const { access_token } = await agree(await signedIn(), client);
    const authorization = await consoleToken(
      stack,
      { sub: await subOf(access_token) },
      { scope: ['sessions'] },
    );
    const found = await listBy({ authorization });
    expect([found.status, found.data.map(({ clientId }) => clientId)]).toEqual([
      200,
      expect.arrayContaining([client.clientId]),
    ]);
    const answer = await stack.app.inject({
      method: 'DELETE',
      url: `${path}/${client.clientId}`,
      headers: { authorization },
    });
    expect(answer.statusCode).toBe(200);
  });

  // attack: application that learns which others its user lets in, or ends them | CWE-863, ASVS 8.2.1 | guard: services/auth-api/src/browser/sessions/account-holder.ts
  it('are no business of another client, of a token by exchange, nor of one without the scope', async () => {
    const browser = await signedIn();
    const client = await careful();
    const { access_token } = await agree(browser, client);
    const sub = await subOf(access_token);
    const tokens = [
      await consoleToken(stack, { sub }, { scope: ['sessions'], clientId: plain.clientId }),
      await consoleToken(stack, { sub }, { scope: ['sessions'], grantType: exchangeGrant, generation: 1 }),
      await consoleToken(stack, { sub }, { scope: ['openid'] }),
      `Bearer ${access_token}`,
    ];
    for (const authorization of tokens) {
      expect((await listBy({ authorization })).status).toBe(403);
      const url = `${path}/${client.clientId}`;
      const answer = await stack.app.inject({ method: 'DELETE', url, headers: { authorization } });
      expect(answer.statusCode).toBe(403);
    }
    expect((await stack.app.inject({ url: path })).statusCode).toBe(401);
    expect((await list(browser)).some(({ clientId }) => clientId === client.clientId)).toBe(true);
  });
});

describe('taking a consent back', () => {
  it('ends the tokens of the application and what was made from them, everywhere; others go on', async () => {
    const browser = await signedIn();
    const [client, kept] = [await careful(), await careful()];
    const exchanger = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [client.clientId] },
    });
    const [tokens, others] = [await agree(browser, client), await agree(browser, kept)];
    const theirs = await agree(await signedIn(supervisor), client);
    const exchanged = (await exchangeToken(stack, exchanger, tokens.access_token)).json().access_token;
    expect(await isActive(exchanged)).toBe(true);

    expect((await revoke(browser, client)).status).toBe(200);

    for (const text of [tokens.access_token, tokens.refresh_token, exchanged])
      await expect.poll(() => isActive(text), second).toBe(false);
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    expect((await token(replica, client, refresh)).json().error).toBe('invalid_grant');
    for (const text of [others.access_token, theirs.access_token]) expect(await isActive(text)).toBe(true);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
    await stack.deps.audit.drained();
    const events = await opsCall(
      stack,
      'GET',
      `/auth/v3/ops/audit?name=consent_revoked&clientId=${client.clientId}`,
    );
    expect(events.json<{ data: object[] }>().data).toMatchObject([
      { name: 'consent_revoked', outcome: 'success', clientId: client.clientId },
    ]);
  });

  it('has the application ask again, and its next tokens are good', async () => {
    const [browser, client] = [await signedIn(), await careful()];
    await agree(browser, client);
    await revoke(browser, client);
    expect((await list(browser)).some(({ clientId }) => clientId === client.clientId)).toBe(false);
    expect((await revoke(browser, client)).status).toBe(404);
    const { access_token } = await agree(browser, client);
    expect(await isActive(access_token)).toBe(true);
  });

  // attack: page of another site that takes consents back with the cookie of its visitor | CWE-352, ASVS 3.5.1 | guard: services/auth-api/src/browser/consents/own-routes.ts
  it('is refused from another site, and for an application without a consent', async () => {
    const [browser, client] = [await signedIn(), await careful()];
    await agree(browser, client);
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await revoke(browser, client, headers)).status).toBe(403);
    expect((await revoke(browser, plain)).status).toBe(404);
    expect((await revoke(await signedIn(supervisor), client)).status).toBe(404);
    expect((await list(browser)).some(({ clientId }) => clientId === client.clientId)).toBe(true);
  });
});
