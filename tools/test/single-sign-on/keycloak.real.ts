/** Single sign-on with Keycloak in a real Chromium, by SAML and by OpenID Connect; its SAML client is imported from our metadata. */
import { findChromium } from '@gatehouse/testing/chromium';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTimeoutMs } from '../e2e/running-stack.ts';
import { expectSecondApplicationWithoutPage, isSignedIn, signIn, signOut, userInfoOf } from './journeys.ts';
import {
  answerKeycloak as answer,
  isKeycloakInstalled,
  type Keycloak,
  readyLimitMs,
  startKeycloak,
} from './servers/keycloak.ts';
import { type Stage, setStage } from './stage.ts';

const chromium = findChromium();
const client = { id: 'gatehouse', secret: 'secret-at-the-provider' };
const protocols = ['saml', 'oidc'] as const;
const groups = {
  saml: (name: string) => ({ groupsAttribute: 'groups', requiredGroups: [name] }),
  oidc: (name: string) => ({ groupsClaim: 'groups', requiredGroups: [name] }),
};
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';

describe.skipIf(!chromium || !isKeycloakInstalled)('single sign-on with Keycloak', () => {
  let stage: Stage;
  let provider: Keycloak;

  beforeAll(async () => {
    [stage, provider] = await Promise.all([setStage(), startKeycloak()]);
    const { publicUrl, contactCenterId } = stage.stack.description;
    await provider.importSaml(await ourMetadata());
    await provider.createOidc({
      ...client,
      redirectUri: `${publicUrl}/auth/v3/sso/oidc/callback/${contactCenterId}/-`,
      postLogoutRedirectUri: `${publicUrl}/auth/v3/sso/signed-out`,
      backchannelLogoutUri: `${publicUrl}/auth/v3/sso/oidc/backchannel-logout`,
    });
  }, startTimeoutMs + readyLimitMs);

  afterAll(async () => {
    await Promise.all([stage?.close(), provider?.close()]);
  }, 60_000);

  recordForeignSoftware(
    'Keycloak',
    'signs people in by its SAML and OpenID Connect, and follows its logout and new keys',
    () => provider.version(),
  );

  const ourMetadata = async () => (await fetch(`${stage.entityId}/metadata`)).text();

  const use = (protocol: 'saml' | 'oidc', settings: Record<string, unknown> = {}) =>
    stage.use(protocol, {
      logout: true,
      ...(protocol === 'saml'
        ? { idpMetadataUrl: provider.metadataUrl() }
        : { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret }),
      ...settings,
    });

  test.each([
    ['SAML, the request by redirect', 'saml', { binding: 'redirect' }],
    [
      'SAML, the request by POST, the response signed too',
      'saml',
      { binding: 'post', requireSignedResponse: true },
    ],
    ['OpenID Connect', 'oidc', {}],
    ['OpenID Connect, by e-mail', 'oidc', { userNameClaim: 'email', userLookup: 'email' }],
  ] as const)(
    '%s: signed in, and a second application opens without a page',
    async (_way, protocol, settings) => {
      await use(protocol, settings);
      const person = await stage.newPerson();
      await signIn(stage, person, answer);
      expect(await userInfoOf(stage)).toMatchObject({ email: 'agent@example.com' });
      await expectSecondApplicationWithoutPage(stage, person);
      expect(person.complaints).toEqual([]);
    },
  );

  test('SAML: imported where encryption is asked for, its assertions are encrypted and opened', async () => {
    await use('saml', { encryptAssertions: true });
    const metadata = await ourMetadata();
    try {
      for (const attributes of [
        {},
        {
          'saml.encryption.algorithm': `${xmlenc}aes256-cbc`,
          'saml.encryption.keyAlgorithm': `${xmlenc}rsa-oaep-mgf1p`,
          'saml.encryption.digestMethod': `${xmlenc}sha256`,
        },
      ]) {
        await provider.importSaml(metadata, { attributes });
        await signIn(stage, await stage.newPerson(), answer);
      }
    } finally {
      await use('saml');
      await provider.importSaml(await ourMetadata());
    }
    await signIn(stage, await stage.newPerson(), answer);
  });

  test.each(protocols)('%s: only members of a group are let in', async (protocol) => {
    await use(protocol, groups[protocol]('agents'));
    await signIn(stage, await stage.newPerson(), answer);
    await use(protocol, groups[protocol]('supervisors'));
    const outsider = await stage.newPerson();
    await outsider.page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
    await answer(outsider);
    await outsider.page.waitForURL(/sign-in\.html/);
    expect(await outsider.page.getByRole('alert').textContent()).toContain('You have no access here');
  });

  test.each(protocols)('%s: asks again where the application wants a new sign-in', async (protocol) => {
    await use(protocol);
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    const answerAgain = async () => {
      await person.page.locator('#password').fill('agent-password');
      await person.page.locator('#password').press('Enter');
    };
    await signIn(stage, person, answerAgain, { prompt: 'login' });
  });

  test.each(protocols)(
    '%s: signing out here signs out there, and goes on to the application',
    async (protocol) => {
      await use(protocol);
      const person = await stage.newPerson();
      await signIn(stage, person, answer);
      await signOut(stage, person);
      // Asked anew, not let in by the session there.
      await signIn(stage, person, answer);
    },
  );

  test.each(protocols)('%s: signing out there signs out here', async (protocol) => {
    await use(protocol);
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    expect(await isSignedIn(stage, person)).toBe(true);
    await person.page.goto(`${provider.issuer}/protocol/openid-connect/logout`);
    await person.page.locator('#kc-logout').click();
    await person.page.getByRole('heading', { name: 'You are logged out' }).waitFor();
    await expect.poll(() => isSignedIn(stage, person)).toBe(false);
  });

  test.each(protocols)('%s: an administrator there ends the session here', async (protocol) => {
    // Sessions that an administrator ends are told by the back channel alone.
    await provider.importSaml(await ourMetadata(), { frontchannelLogout: false });
    await use(protocol);
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    expect(await isSignedIn(stage, person)).toBe(true);
    await provider.signOutByAdministrator();
    await expect.poll(() => isSignedIn(stage, person)).toBe(false);
  });

  test('SAML: begun there it is refused, and where it is allowed makes the browser ask', async () => {
    await use('saml');
    const person = await stage.newPerson();
    await person.page.goto(provider.idpInitiatedUrl);
    await answer(person);
    await person.page.waitForURL(/sign-in\.html\?error=sso_failed/);
    await use('saml', { allowIdpInitiated: true });
    await person.page.goto(provider.idpInitiatedUrl);
    await person.page.waitForURL(/signed-in\.html/);
    expect(await isSignedIn(stage, person)).toBe(true);
  });

  test('SAML: a new key is believed with its new metadata, and not before', async () => {
    await use('saml');
    await signIn(stage, await stage.newPerson(), answer);
    await provider.rollOver();
    const person = await stage.newPerson();
    await person.page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
    await answer(person);
    await person.page.waitForURL(/sign-in\.html/);
    await use('saml');
    await signIn(stage, await stage.newPerson(), answer);
  });

  test('OpenID Connect: a new key is believed from its first token on', async () => {
    await use('oidc', { ...provider.endpoints(), logout: false });
    await signIn(stage, await stage.newPerson(), answer);
    await provider.rollOver();
    await signIn(stage, await stage.newPerson(), answer);
  });
});
