/** A sign-in by a passkey alone: who comes in, and who does not although the passkey is theirs. */
import type { SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type Authenticator, createAuthenticator } from '@gatehouse/testing/webauthn';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../../src/records/revocation/revocation.ts';
import { addPasskey } from '../../factors/people.ts';
import { type AuthApi, otherContactCenterId, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { signedIn } from '../../stack/backchannel.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { readView } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  redeem,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { personOf, readStep, sessionOf } from '../../stack/second-step.ts';

let stack: AuthApi;
let client: TestClient;
let person: PersonKey;
let dbid: number;
let authenticator: Authenticator;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' } });
  client = await createClient(stack, { scope: ['openid'] });
  const browser = await signedIn(stack);
  person = await personOf(stack, browser);
  dbid = (await sessionOf(stack, browser))?.identity.dbid ?? 0;
});
afterAll(() => stack?.close());
beforeEach(async () => {
  await stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' });
  authenticator = createAuthenticator({ verifies: true });
  await addPasskey(stack, person, { authenticator, dbid });
  await requireFactors(stack, { mode: 'required' });
});

const path = '/auth/v3/passkey-sign-in';

/** Does what the script of the page does. */
async function signInBy(
  key: Authenticator,
  {
    application = client,
    browser = createBrowser(stack.app),
  }: { application?: TestClient; browser?: Browser } = {},
) {
  const interaction = interactionOf(await browser.get(authorizeUrl(application, { scope: 'openid' })));
  const { csrf } = await readView(stack.app, browser, interaction);
  const options = await browser.postForm(`${path}/options`, { interaction, csrf });
  const answer = JSON.stringify(key.get(options.json() as never, { origin: publicUrl }));
  const given = await browser.postForm(path, { interaction, csrf, answer });
  return { browser, given, interaction, answer };
}
const errorOf = async (browser: Browser, interaction: string) =>
  (await readView(stack.app, browser, interaction)).error;

describe('a person with a passkey that verified them', () => {
  it('signs in without a name, and has proved two factors', async () => {
    const { browser, given } = await signInBy(authenticator);
    const answer = responseOf(await browser.get(given.location ?? ''));
    const tokens = (await redeem(stack, client, answer.get('code') ?? '')).json();
    expect(decodeJwt(tokens.id_token)).toMatchObject({
      sub: person.sub,
      acr: '2',
      amr: ['hwk', 'user', 'mfa'],
    });
  });

  it('leaves a record of the sign-in and of its way', async () => {
    await signInBy(authenticator);
    const events = async () =>
      (
        await stack.deps.stores.pool.query(
          "SELECT fields FROM auth.audit_events WHERE name = 'login_succeeded' AND fields->>'method' = 'passkey' LIMIT 1",
        )
      ).rows;
    await expect.poll(events, { timeout: 10_000 }).toMatchObject([{ fields: { factors: 'passkey' } }]);
  });

  it('is offered on the sign-in page as soon as somebody has one', async () => {
    const browser = createBrowser(stack.app);
    const interaction = interactionOf(await browser.get(authorizeUrl(client)));
    expect(await readView(stack.app, browser, interaction)).toMatchObject({ passkeys: true });
  });
});

describe('nobody comes in', () => {
  // attack: sign in by a key that somebody found | WebAuthn 6.2.3, ASVS 6.3.3 | guard: services/auth-api/src/factors/passkeys/authentications.ts
  it('by a passkey that did not verify its user', async () => {
    const { browser, interaction } = await signInBy(authenticator.copy({ verifies: false }));
    expect(await errorOf(browser, interaction)).toBe('passkey_refused');
    expect(await sessionOf(stack, browser)).toBeUndefined();
  });

  it('where the policy says off, or does not allow passkeys', async () => {
    const policies: Partial<SecondFactorView>[] = [
      { mode: 'off' },
      { mode: 'required', allowedFactors: ['totp'] },
    ];
    for (const policy of policies) {
      await requireFactors(stack, policy);
      const { browser, interaction } = await signInBy(authenticator);
      expect(await errorOf(browser, interaction)).toBe('passkey_refused');
    }
  });

  it('by the answer that another browser got, or a second time', async () => {
    const { answer } = await signInBy(authenticator);
    const browser = createBrowser(stack.app);
    const interaction = interactionOf(await browser.get(authorizeUrl(client)));
    const { csrf } = await readView(stack.app, browser, interaction);
    await browser.postForm(path, { interaction, csrf, answer });
    expect(await errorOf(browser, interaction)).toBe('passkey_refused');
  });

  it('to an application of another contact centre', async () => {
    const application = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
    const { browser, interaction } = await signInBy(authenticator, { application });
    expect(await errorOf(browser, interaction)).toBe('passkey_refused');
    expect(await sessionOf(stack, browser)).toBeUndefined();
  });

  it('after a reset of their factors', async () => {
    await stack.deps.factors.ends.reset(person, { reason: 'lost', by: 'test' });
    const { browser, interaction } = await signInBy(authenticator);
    // The browser may forget the passkey by that name.
    expect(await errorOf(browser, interaction)).toBe('passkey_unknown');
  });

  // attack: sign in by the passkey of a person under whose number the directory has somebody else | CWE-287 | guard: services/auth-api/src/sign-in/passkey-sign-in/service.ts
  it('as somebody else than the person who made it', async () => {
    await stack.deps.stores.pool.query('UPDATE auth.webauthn_users SET dbid = $1 WHERE sub = $2', [
      dbid + 1,
      person.sub,
    ]);
    const { browser } = await signInBy(authenticator);
    expect(await sessionOf(stack, browser)).toBeUndefined();
    expect(await readStep(stack, browser)).toBeUndefined();
  });
});
