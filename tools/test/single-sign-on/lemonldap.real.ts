/** Single sign-on with LemonLDAP::NG in a real Chromium, by SAML and by OpenID Connect. */
import { findChromium } from '@gatehouse/testing/chromium';
import { debianVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTimeoutMs } from '../e2e/running-stack.ts';
import { expectSecondApplicationWithoutPage, isSignedIn, signIn, signOut, userInfoOf } from './journeys.ts';
import {
  answerLemonldap as answer,
  isLemonldapInstalled,
  type Lemonldap,
  startLemonldap,
} from './servers/lemonldap.ts';
import { type Stage, setStage } from './stage.ts';

const chromium = findChromium();
const client = { id: 'gatehouse', secret: 'secret-at-the-provider' };
const protocols = ['saml', 'oidc'] as const;

describe.skipIf(!chromium || !isLemonldapInstalled)('single sign-on with LemonLDAP::NG', () => {
  let stage: Stage;
  let provider: Lemonldap;

  beforeAll(async () => {
    stage = await setStage();
    const { publicUrl, contactCenterId } = stage.stack.description;
    const metadata = await fetch(`${stage.entityId}/metadata`);
    provider = await startLemonldap({
      ourMetadata: await metadata.text(),
      client: {
        ...client,
        redirectUri: `${publicUrl}/auth/v3/sso/oidc/callback/${contactCenterId}/-`,
        postLogoutRedirectUri: `${publicUrl}/auth/v3/sso/signed-out`,
      },
      person: { userName: 'agent', email: 'agent@example.com' },
    });
  }, startTimeoutMs);

  afterAll(async () => {
    await Promise.all([stage?.close(), provider?.close()]);
  }, 60_000);

  recordForeignSoftware(
    'LemonLDAP::NG',
    'signs people in by its SAML and OpenID Connect, and follows its logout',
    () => debianVersion('liblemonldap-ng-portal-perl'),
  );

  const use = (protocol: 'saml' | 'oidc', settings: Record<string, unknown> = {}) =>
    stage.use(protocol, {
      logout: true,
      ...(protocol === 'saml'
        ? { idpMetadataUrl: provider.metadataUrl(), userNameSource: 'attribute', userNameAttribute: 'uid' }
        : { issuer: provider.url, clientId: client.id, clientSecret: client.secret }),
      ...settings,
    });

  test.each([
    ['SAML, the request by redirect', 'saml', { binding: 'redirect' }],
    ['SAML, the request by POST', 'saml', { binding: 'post' }],
    ['OpenID Connect', 'oidc', {}],
    [
      'OpenID Connect, with UserInfo, by e-mail',
      'oidc',
      { userInfo: true, userNameClaim: 'email', userLookup: 'email', assumeVerifiedEmail: true },
    ],
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

  test('SAML: signing out there signs out here', async () => {
    await use('saml');
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    await person.page.goto(`${provider.url}/?logout=1`);
    await expect.poll(() => isSignedIn(stage, person)).toBe(false);
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
