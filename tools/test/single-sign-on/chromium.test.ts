/** Single sign-on in a real Chromium, each step as a person sees it. */

import { findChromium } from '@gatehouse/testing/chromium';
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import {
  type OpenIdProvider,
  type SamlProvider,
  signInFields,
  startOpenIdProvider,
  startSamlProvider,
} from '@gatehouse/testing/identity-providers';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enterName } from '../../stack/login-pages.ts';
import { startAsker } from '../e2e/asker.ts';
import { startTimeoutMs } from '../e2e/running-stack.ts';
import { expectSecondApplicationWithoutPage, isSignedIn, signIn, signOut, userInfoOf } from './journeys.ts';
import { type Stage, setStage, type Visit } from './stage.ts';

const chromium = findChromium();
const secret = 'a secret at the provider';

describe.skipIf(!chromium)('single sign-on in a real Chromium', () => {
  const providers = import.meta.resolve('@gatehouse/testing/identity-providers');
  recordForeignLibrary(
    'oidc-provider',
    'signs people in by its OpenID Connect, and follows its logout',
    providers,
  );
  recordForeignLibrary('samlp', 'signs people in by its SAML, and follows its logout', providers);

  let stage: Stage;
  let openId: OpenIdProvider;
  let saml: SamlProvider;

  beforeAll(async () => {
    stage = await setStage();
    const { publicUrl, contactCenterId } = stage.stack.description;
    [openId, saml] = await Promise.all([
      startOpenIdProvider({
        clients: [
          {
            client_id: 'gatehouse',
            client_secret: secret,
            redirect_uris: [`${publicUrl}/auth/v3/sso/oidc/callback/${contactCenterId}/-`],
            post_logout_redirect_uris: [`${publicUrl}/auth/v3/sso/signed-out`],
            backchannel_logout_uri: `${publicUrl}/auth/v3/sso/oidc/backchannel-logout`,
            backchannel_logout_session_required: true,
          },
        ],
        asksByPage: true,
      }),
      startSamlProvider({ asksByPage: true }),
    ]);
  }, startTimeoutMs);

  afterAll(async () => {
    await Promise.all([stage?.close(), openId?.close(), saml?.close()]);
  }, 60_000);

  const ways = [
    { way: 'SAML, the request by redirect', protocol: 'saml', settings: { binding: 'redirect' } },
    { way: 'SAML, the request by POST', protocol: 'saml', settings: { binding: 'post' } },
    { way: 'OpenID Connect, the answer in the query', protocol: 'oidc', settings: {} },
    { way: 'OpenID Connect, the answer by POST', protocol: 'oidc', settings: { responseMode: 'form_post' } },
  ] as const;

  const use = (protocol: 'saml' | 'oidc', settings: Record<string, unknown> = {}) =>
    stage.use(
      protocol,
      protocol === 'saml'
        ? {
            idpMetadataUrl: saml.metadataUrl,
            userNameSource: 'attribute',
            userNameAttribute: emailAttribute,
            userLookup: 'email',
            ...settings,
          }
        : { issuer: openId.issuer, clientId: 'gatehouse', clientSecret: secret, logout: true, ...settings },
    );

  const providerOf = (protocol: 'saml' | 'oidc') => (protocol === 'saml' ? saml : openId);

  const answerAs =
    (user: string) =>
    async ({ page }: Visit) => {
      await page.locator(signInFields.user).fill(user);
      await page.locator(signInFields.submit).click();
    };
  const answer = answerAs('agent');

  test.each(ways)(
    '$way: signed in, and a second application opens without a page',
    async ({ protocol, settings }) => {
      await use(protocol, settings);
      const person = await stage.newPerson();
      await signIn(stage, person, answer);
      expect(await userInfoOf(stage)).toMatchObject({ email: 'agent@example.com' });
      const asked = providerOf(protocol).signIns;
      await expectSecondApplicationWithoutPage(stage, person);
      expect(providerOf(protocol).signIns).toBe(asked);
      expect(person.complaints).toEqual([]);
    },
  );

  test.each(['saml', 'oidc'] as const)(
    '%s: by the name that is typed on the sign-in page',
    async (protocol) => {
      await use(protocol, protocol === 'saml' ? { binding: 'post' } : {});
      const person = await stage.newPerson();
      await person.page.goto(stage.first.authorizeUrl({}));
      await enterName(person.page, { username: 'agent', tenant: 'demo' });
      await answer(person);
      await person.page.waitForURL(`${stage.first.origin}/callback?code=**`);
      expect(person.complaints).toEqual([]);
    },
  );

  test('a person whom nobody knows here reads why, and comes in as somebody else', async () => {
    await use('oidc');
    const person = await stage.newPerson();
    const { page } = person;
    await page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
    await answerAs('nobody')(person);
    await page.waitForURL(/sign-in\.html/);
    expect(await page.locator('main').textContent()).toMatch(/[0-9a-f-]{36}/);
    await page.getByRole('link', { name: 'Try again' }).click();
    await answer(person);
    await page.waitForURL(`${stage.first.origin}/callback?code=**`);
    expect(person.complaints).toEqual([]);
  });

  test('a person whom an application elsewhere asks signs in at the provider, comes back and approves', async () => {
    await use('oidc');
    const asker = await startAsker(stage.stack.description);
    await asker.ask('demo\\agent', 'Ticket W4SCT');
    expect(await asker.poll()).toMatchObject({ error: 'authorization_pending' });
    const person = await stage.newPerson();
    const { page } = person;
    const approvals = `${stage.stack.description.publicUrl}/auth/approvals`;
    await page.goto(approvals);
    await enterName(page, { username: 'agent', tenant: 'demo' });
    await answer(person);
    await page.waitForURL(approvals);
    await page.getByText('Ticket W4SCT').waitFor();
    await page.getByRole('button', { name: 'Approve: Call Desk' }).click();
    await page.getByText('You have approved the request').waitFor();

    const { id_token = '' } = await asker.poll();
    const claims = decodeJwt(id_token);
    expect(claims).toMatchObject({ sid: expect.any(String) });
    // The provider does not say when it asked the person.
    expect(claims).not.toHaveProperty('auth_time');
    expect(person.complaints).toEqual([]);
  });

  test('signing out here signs out at the OpenID Connect provider, and goes on to the application', async () => {
    await use('oidc');
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    await signOut(stage, person);
    await person.page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
    expect(await person.page.locator(signInFields.user).isVisible()).toBe(true);
    expect(person.complaints).toEqual([]);
  });

  test('signing out at the OpenID Connect provider signs out here, by its back channel', async () => {
    await use('oidc');
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    expect(await isSignedIn(stage, person)).toBe(true);
    await person.page.goto(`${openId.issuer}/session/end`);
    await person.page.waitForURL(`${openId.issuer}/session/end/success`);
    await expect.poll(() => isSignedIn(stage, person)).toBe(false);
  });

  test('an OpenID Connect provider that signs with the next of its published keys goes on to be believed', async () => {
    await use('oidc');
    await signIn(stage, await stage.newPerson(), answer);
    await openId.rollOver();
    await signIn(stage, await stage.newPerson(), answer);
  });

  test('a SAML provider that changed its key is believed once its new metadata is there, and the former key no more', async () => {
    const former = await (await fetch(saml.metadataUrl)).text();
    await use('saml', { idpMetadataUrl: null, idpMetadataXml: former });
    await signIn(stage, await stage.newPerson(), answer);
    saml.rollOver();
    const person = await stage.newPerson();
    await person.page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
    await answer(person);
    await person.page.waitForURL(/sign-in\.html/);
    await use('saml', { idpMetadataUrl: `${saml.metadataUrl}?renewed` });
    await person.page.getByRole('link', { name: 'Try again' }).click();
    await person.page.waitForURL(`${stage.first.origin}/callback?code=**`);
  });
});

const emailAttribute = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress';
