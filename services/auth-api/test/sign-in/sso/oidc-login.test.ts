import type { SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { readView } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  introspect,
  opsCall,
  redeem,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';
import { callbackUri, localTrial, setSignOn } from './stack/sign-on.ts';
import { createVisitor, type Visitor } from './stack/visitor.ts';

const registration = {
  client_id: 'gatehouse',
  client_secret: 'a secret at the provider',
  redirect_uris: [callbackUri],
};

let stack: AuthApi;
let provider: OpenIdProvider;
let client: TestClient;

beforeAll(async () => {
  [stack, provider] = await Promise.all([
    startAuthApi({ env: localTrial }),
    startOpenIdProvider({
      clients: [
        registration,
        { ...registration, client_id: 'posted', token_endpoint_auth_method: 'client_secret_post' },
      ],
    }),
  ]);
  client = await createClient(stack, { scope: ['openid'] });
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));
beforeEach(() => useProvider());

const useProvider = (changes: Parameters<typeof setSignOn>[1]['oidc'] = {}) =>
  setSignOn(stack, {
    oidc: { issuer: provider.issuer, clientId: 'gatehouse', ...changes },
    clientSecret: registration.client_secret,
  });

/** Whoever came in by that single sign-on. */
const by = (signOn: string) => ({
  sub: 'somebody',
  contactCenterIds: [contactCenterId],
  entry: { domain: 'demo', signOn },
  issuedAtMs: 0,
});

/** From our redirect to the provider to the answer of our callback. */
async function comeBack(browser: Browser, visitor: Visitor, leaving: string | undefined) {
  const { url, form } = await visitor.visit(leaving ?? '');
  if (form === undefined) return browser.get(url);
  const crossSite = { origin: provider.issuer };
  const posted = await browser.postForm(url, form, crossSite);
  return browser.get(posted.location ?? '');
}

describe('sign-in through an OpenID Connect provider', () => {
  it('goes from the application straight to the provider and comes back signed in', async () => {
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];

    const begun = await browser.get(
      authorizeUrl(client, { tenant: 'demo', login_hint: 'agent', scope: 'openid' }),
    );
    expect(begun.location).toMatch(`${publicUrl}/auth/v3/sso/start?interaction=`);
    const leaving = await browser.get(begun.location ?? '');
    expect(leaving.location).toMatch(`${provider.issuer}/auth?`);
    const back = await comeBack(browser, visitor, leaving.location);
    const answer = await browser.get(back.location ?? '');

    const tokens = (await redeem(stack, client, responseOf(answer).get('code') ?? '')).json();
    const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ amr: ['mfa'] });
    expect(JSON.stringify(tokens)).not.toContain('subject-of-agent');
  });

  it.each([undefined, 'form_post'] as const)(
    'lets a whole shift in from one address (%s), but nobody begin without end',
    {
      timeout: 60_000,
    },
    async (responseMode) => {
      await useProvider(responseMode && { responseMode });
      const few = await startAuthApi({
        beside: stack,
        env: { ...localTrial, GATEHOUSE_SIGN_IN_UNFINISHED_PER_ADDRESS: '10' },
      });
      for (let turn = 0; turn < 12; turn += 1) {
        const [browser, visitor] = [createBrowser(few.app), createVisitor()];
        const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
        await comeBack(browser, visitor, leaving.location);
        expect((await browser.get('/auth/v3/ping')).status).toBe(200);
      }
      const statuses = [];
      for (let turn = 0; turn < 11; turn += 1)
        statuses.push((await createBrowser(few.app).get('/auth/v3/sso/start?tenant=demo')).status);
      await few.close();
      expect(statuses.slice(9)).toEqual([303, 429]);
    },
  );

  // attack: keep a session of a single sign-on that is switched off | ASVS 7.4.2 | guard: services/auth-api/src/sign-in/sso/login/login.ts
  it('ends, with its tokens, when that single sign-on is switched off; a login by another one stays', async () => {
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
    await comeBack(browser, visitor, leaving.location);
    const isIn = async () => (await browser.get('/auth/v3/ping')).status === 200;
    const code = responseOf(await browser.get(authorizeUrl(client, { tenant: 'demo' }))).get('code');
    const { access_token } = (await redeem(stack, client, code ?? '')).json();
    const end = (id: string) => announceChange(stack, { entity: 'single-sign-on-end', id, contactCenterId });

    await end('saml /');
    await expect.poll(() => stack.deps.revocation.revocations.isRevoked(by('saml /'))).toBe(true);
    expect(await isIn()).toBe(true);

    await end('oidc /');
    await expect.poll(isIn, { timeout: 1000 }).toBe(false);
    expect((await introspect(stack, client, access_token))['active']).toBe(false);
  });

  it('lets a second application in without a page', async () => {
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
    await comeBack(browser, visitor, leaving.location);
    const asked = provider.signIns;

    const answer = await browser.get(authorizeUrl(client, { tenant: 'demo' }));

    expect(responseOf(answer).get('code')).toBeTruthy();
    expect(provider.signIns).toBe(asked);
  });

  it('works by POST, by client_secret_post and with the claims of UserInfo', async () => {
    await useProvider({
      clientId: 'posted',
      tokenEndpointAuthMethod: 'client_secret_post',
      responseMode: 'form_post',
      userInfo: true,
      userLookup: 'email',
      userNameClaim: 'email',
    });
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');

    const back = await comeBack(browser, visitor, leaving.location);

    expect(back.location).toBe(`${publicUrl}/auth/signed-in.html`);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  });

  it('asks the person again where the application wants a new sign-in, and believes only a new one', async () => {
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    await comeBack(browser, visitor, (await browser.get('/auth/v3/sso/start?tenant=demo')).location);
    const asked = provider.signIns;

    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo', prompt: 'login' }));
    const back = await comeBack(browser, visitor, (await browser.get(begun.location ?? '')).location);
    const answer = await browser.get(back.location ?? '');

    expect(provider.signIns).toBe(asked + 1);
    expect(responseOf(answer).get('code')).toBeTruthy();
  });

  it('passes login_hint, max_age and acr_values on, and its own strong context by the name it has there', async () => {
    await useProvider({ strongContext: 'urn:two-factors' });
    const browser = createBrowser(stack.app);
    const begun = await browser.get(
      authorizeUrl(client, {
        tenant: 'demo',
        login_hint: 'demo\\agent',
        max_age: '600',
        acr_values: '2 phr 1',
      }),
    );
    const leaving = new URL((await browser.get(begun.location ?? '')).location ?? '');
    expect(Object.fromEntries(leaving.searchParams)).toMatchObject({
      login_hint: 'agent',
      max_age: '600',
      acr_values: 'urn:two-factors phr',
      code_challenge_method: 'S256',
    });
  });

  it.each([
    ['unknown', 'nobody', 'person_unknown'],
    ['disabled', 'locked', 'person_disabled'],
  ])('refuses a person who is %s here, and says why to the operator alone', async (_case, user, reason) => {
    provider.user = user;
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo' }));
    const back = await comeBack(browser, visitor, (await browser.get(begun.location ?? '')).location);
    provider.user = 'agent';

    expect(back.location).toMatch(`${publicUrl}/auth/sign-in.html?error&interaction=`);
    const view = await readView(stack.app, browser, interactionOf(back));
    expect(view).toMatchObject({ error: 'sso_no_account', correlationId: back.headers['x-request-id'] });
    expect(await auditOf(String(back.headers['x-request-id']))).toMatchObject({
      name: 'login_failed',
      contactCenterId,
      fields: { method: 'oidc', reason, userName: user },
    });
    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
    await stack.deps.audit.drained();
    const explained = await opsCall(
      stack,
      'GET',
      `/auth/v3/ops/people/explanation?user=${user}&contactCenter=demo`,
    );
    expect(explained.json<{ data: SignInExplanation }>().data.findings).toContainEqual(
      expect.objectContaining({
        name: 'last attempt',
        reason: 'provider_refused',
        message: expect.stringContaining(reason),
      }),
    );
  });

  it('names the step that failed when the provider is away', async () => {
    await useProvider({ issuer: 'http://127.0.0.1:9' });
    const browser = createBrowser(stack.app);
    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo' }));

    const answer = await browser.get(begun.location ?? '');

    expect(await readView(stack.app, browser, interactionOf(answer))).toMatchObject({
      error: 'sso_unavailable',
    });
    expect((await auditOf(String(answer.headers['x-request-id'])))?.fields).toMatchObject({
      reason: 'provider_unreachable',
      detail: expect.stringContaining('127.0.0.1:9'),
    });
  });

  it('tells a wrong client secret from other failures', async () => {
    await setSignOn(stack, {
      oidc: { issuer: provider.issuer, clientId: 'gatehouse' },
      clientSecret: 'another secret',
    });
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    const back = await comeBack(
      browser,
      visitor,
      (await browser.get('/auth/v3/sso/start?tenant=demo')).location,
    );

    expect(back.location).toMatch(/sign-in\.html\?error=sso_unavailable&reference=/);
    expect((await auditOf(String(back.headers['x-request-id'])))?.fields).toMatchObject({
      reason: 'client_rejected',
    });
    expect(stack.logged()).not.toContain('another secret');
  });
});

async function auditOf(correlationId: string) {
  const entries = await stack.deps.stores.redis.xrange('gatehouse:audit', '-', '+');
  const events = entries.map(([, fields]) => JSON.parse(fields[1] ?? '{}') as Record<string, unknown>);
  return events.find((event) => event['correlationId'] === correlationId && event['name'] === 'login_failed');
}
