import { type SamlProvider, startSamlProvider } from '@gatehouse/testing/identity-providers';
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { idpMetadata } from './stack/saml-provider.ts';
import { localTrial, setSignOn } from './stack/sign-on.ts';
import { createVisitor } from './stack/visitor.ts';

let stack: AuthApi;
let provider: SamlProvider;
/** How far our clock is ahead: within the tolerance of the settings. */
let aheadMs = 0;

beforeAll(async () => {
  [stack, provider] = await Promise.all([
    startAuthApi({ env: localTrial, now: () => Date.now() + aheadMs }),
    startSamlProvider(),
  ]);
});
afterAll(() => stack?.close());

async function signIn() {
  const [browser, visitor] = [createBrowser(stack.app), createVisitor()];
  const leaving = await browser.get('/auth/v3/sso/start?tenant=demo');
  const { url, form } = await visitor.visit(leaving.location ?? '');
  const posted = await browser.postForm(url, form ?? {}, { origin: new URL(provider.metadataUrl).origin });
  return browser.get(posted.location ?? '');
}

describe('a real SAML identity provider (samlp), known by the address of its metadata', () => {
  it('signs people in; when its key changes it is asked for its metadata again', async () => {
    await setSignOn(stack, {
      saml: {
        idpMetadataUrl: provider.metadataUrl,
        userNameSource: 'attribute',
        userNameAttribute: 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
        userLookup: 'email',
      },
    });
    expect((await signIn()).location).toBe(`${publicUrl}/auth/signed-in.html`);

    provider.rollOver();
    // So soon after the last question it is not asked again, whatever callers present.
    expect((await signIn()).location).not.toBe(`${publicUrl}/auth/signed-in.html`);
    aheadMs = 40_000;
    expect((await signIn()).location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  it('stays known while the address of its metadata is away, on every replica', async () => {
    const { metadataUrl } = provider;
    const beside = await startAuthApi({ env: localTrial, beside: stack });
    try {
      await setSignOn(beside, { saml: { idpMetadataUrl: metadataUrl } });
      await provider.close();
      const answer = await createBrowser(beside.app).get('/auth/v3/sso/start?tenant=demo');
      expect(answer.location).toMatch(`${new URL(metadataUrl).origin}/login?SAMLRequest=`);
    } finally {
      await beside.close();
    }
  });
});

describe('uploaded metadata', () => {
  it('is warned of when its certificate comes near its end, without being read anew', async () => {
    const day = 86_400_000;
    const key = makeProviderKey(new Date(Date.now() + 40 * day));
    await setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([key]) } });
    const start = () => createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    expect((await start()).location).toMatch('SAMLRequest=');
    expect(stack.logged()).not.toContain('certificate_ends');
    aheadMs = 15 * day;
    expect((await start()).location).toMatch('SAMLRequest=');
    expect(stack.logged()).toContain('certificate_ends');
  });
});
