/** A contact centre that requires a second factor, and an identity provider that sees one. */
import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callbackUri, localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { createVisitor } from '../sign-in/sso/stack/visitor.ts';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { requireFactors } from '../stack/second-factor.ts';

let stack: AuthApi;
let provider: OpenIdProvider;
beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  provider = await startOpenIdProvider({
    clients: [{ client_id: 'gatehouse', client_secret: 'a secret there', redirect_uris: [callbackUri] }],
  });
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));

it('a real identity provider lets in whom it saw by several factors, unless its factors do not count', async () => {
  await setSignOn(stack, {
    oidc: { issuer: provider.issuer, clientId: 'gatehouse' },
    clientSecret: 'a secret there',
  });
  const arrive = async () => {
    const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
    const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
    const { url } = await visitor.visit(leaving.location ?? '');
    const back = await browser.get(url);
    return [(await browser.get('/auth/v3/ping')).status, back.location];
  };
  await requireFactors(stack, { mode: 'required' });
  expect(await arrive()).toEqual([200, expect.anything()]);
  await requireFactors(stack, { mode: 'required', federated: 'alsoHere' });
  expect(await arrive()).toEqual([403, expect.stringContaining('/auth/second-step.html')]);
});

it('an identity provider is asked for a second factor by its own name where one is required, and not elsewhere', async () => {
  const settings = { issuer: provider.issuer, clientId: 'gatehouse', strongContext: 'urn:two-factors' };
  await setSignOn(stack, { oidc: settings, clientSecret: 'a secret there' });
  const askedFor = async () => {
    const { location = '' } = await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    return new URL(location).searchParams.get('acr_values');
  };
  await requireFactors(stack, {});
  expect(await askedFor()).toBeNull();
  await requireFactors(stack, { mode: 'required' });
  expect(await askedFor()).toBe('urn:two-factors');
  await requireFactors(stack, { mode: 'required', federated: 'alsoHere' });
  expect(await askedFor()).toBeNull();
});
