/** Which level a sign-in has by the authentication context that an identity provider names, in either protocol. */
import { assuranceNames } from '@gatehouse/contracts/values';
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HostileProvider, startHostileProvider } from '../sign-in/sso/stack/hostile-provider.ts';
import { comeBackHonestly, leave } from '../sign-in/sso/stack/saml-journey.ts';
import { idpMetadata } from '../sign-in/sso/stack/saml-provider.ts';
import { callbackUri, localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { authorizeUrl, createClient, redeem, responseOf, type TestClient } from '../stack/oauth.ts';
import { requireFactors } from '../stack/second-factor.ts';

let stack: AuthApi;
let client: TestClient;
let samlKey: ProviderKey;
let provider: HostileProvider;
beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  client = await createClient(stack, { scope: ['openid'] });
  [samlKey, provider] = [makeProviderKey(), await startHostileProvider()];
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));
beforeEach(async () => {
  await requireFactors(stack, {});
  provider.behave();
});

type Names = { strongContext?: string; phishingResistantContexts?: string[] };
const own: Names = {
  strongContext: 'urn:example:two',
  phishingResistantContexts: ['urn:example:key', samlClass('X509'), 'phrh'],
};

function samlClass(name: string): string {
  return `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`;
}

async function levelOf(browser: Browser): Promise<unknown> {
  const asking = authorizeUrl(client, {
    prompt: 'none',
    scope: 'openid',
    acr_values: assuranceNames.password,
  });
  const code = responseOf(await browser.get(asking)).get('code') ?? '';
  const { id_token } = (await redeem(stack, client, code)).json();
  const level = Object.entries(assuranceNames).find(([, name]) => name === decodeJwt(id_token)['acr']);
  return level?.[0];
}

const useSaml = (names: Names) =>
  setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([samlKey]), ...names } });
const useOidc = (names: Names) =>
  setSignOn(stack, {
    oidc: { issuer: provider.issuer, clientId: 'gatehouse', ...names },
    clientSecret: 'a secret there',
  });

async function comeBySaml(contextClass: string): Promise<Browser> {
  const leaving = await leave(stack);
  await comeBackHonestly(leaving, samlKey, { contextClass });
  return leaving.browser;
}

async function comeByOidc(claims: Record<string, unknown>): Promise<Browser> {
  provider.lies = { claims };
  const browser = createBrowser(stack.app);
  const leaving = new URL((await browser.get('/auth/v3/sso/start?tenant=demo')).location ?? '').searchParams;
  const query = { state: leaving.get('state') ?? '', code: leaving.get('nonce') ?? '' };
  await browser.get(`${callbackUri}?${new URLSearchParams(query)}`);
  return browser;
}

describe('AuthnContextClassRef of SAML', () => {
  it.each([
    ['secondFactor', 'https://refeds.org/profile/mfa', {}],
    ['secondFactor', 'http://schemas.microsoft.com/claims/multipleauthn', {}],
    ['secondFactor', samlClass('MobileTwoFactorContract'), {}],
    ['secondFactor', samlClass('SmartcardPKI'), {}],
    // A token alone.
    ['password', samlClass('TimeSyncToken'), {}],
    ['secondFactor', samlClass('TimeSyncToken'), { strongContext: samlClass('TimeSyncToken') }],
    ['password', samlClass('X509'), {}],
    ['phishingResistant', samlClass('X509'), own],
    ['phishingResistant', 'urn:example:key', own],
    ['secondFactor', 'urn:example:two', own],
    ['secondFactor', 'https://refeds.org/profile/mfa', own],
  ] as [string, string, Names][])('means %s by %s with %j', async (level, context, names) => {
    await useSaml(names);
    expect(await levelOf(await comeBySaml(context))).toBe(level);
  });

  // attack: pass a context that only resembles a strong one | CWE-1025, SAML core 2.7.2.2 | guard: services/auth-api/src/sign-in/sso/asserted-person.ts
  it.each(['urn:example:key:more', 'URN:EXAMPLE:KEY', 'urn:example:ke', ' https://refeds.org/profile/mfa/'])(
    'means nothing where it only resembles a strong one: %s',
    async (context) => {
      await useSaml(own);
      expect(await levelOf(await comeBySaml(context))).toBe('password');
    },
  );

  it('opens what is phishing-resistant only where the contact centre trusts the provider', async () => {
    await useSaml(own);
    const arrives = async () => {
      const browser = await comeBySaml('urn:example:key');
      return (await browser.get('/auth/v3/ping')).status === 200;
    };
    await requireFactors(stack, { mode: 'phishingResistant' });
    expect(await arrives()).toBe(true);
    await requireFactors(stack, { mode: 'phishingResistant', federated: 'alsoHere' });
    expect(await arrives()).toBe(false);
  });
});

describe('acr of OpenID Connect', () => {
  it.each([
    ['password', { acr: 'phrh' }, {}],
    ['phishingResistant', { acr: 'phrh' }, own],
    ['secondFactor', { acr: 'https://refeds.org/profile/mfa' }, {}],
    ['secondFactor', { acr: 'other', amr: ['mfa'] }, own],
    ['phishingResistant', { amr: ['mfa', 'hwk', 'user'] }, {}],
    ['password', { acr: ['phrh'] }, own],
  ] as [string, Record<string, unknown>, Names][])('means %s by %j with %j', async (level, claims, names) => {
    await useOidc(names);
    expect(await levelOf(await comeByOidc(claims))).toBe(level);
  });
});

describe('an identity provider is asked', () => {
  const askedFor = async (names: Names, mode: 'off' | 'required' | 'phishingResistant', acr_values = '') => {
    await useOidc(names);
    await requireFactors(stack, { mode });
    const browser = createBrowser(stack.app);
    const begun = await browser.get(authorizeUrl(client, { tenant: 'demo', acr_values }));
    const { location = '' } = await browser.get(begun.location ?? '');
    return new URL(location).searchParams.get('acr_values');
  };
  const resistant = 'urn:example:key urn:oasis:names:tc:SAML:2.0:ac:classes:X509 phrh';

  it.each([
    ['for nothing where nothing is required', own, 'off', '', null],
    ['for both where one of them will do', own, 'required', '', `urn:example:two ${resistant}`],
    ['for the resistant ones alone where no other will do', own, 'phishingResistant', '2', resistant],
    ['for them where the application wants them', own, 'off', assuranceNames.phishingResistant, resistant],
    [
      'for the strong one where it has no other',
      { strongContext: 'urn:example:two' },
      'phishingResistant',
      '',
      'urn:example:two',
    ],
  ] as const)('%s', async (_what, names, mode, asked, expected) => {
    expect(await askedFor({ ...names } as Names, mode, asked)).toBe(expected);
  });
});
