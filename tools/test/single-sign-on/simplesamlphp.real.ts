/** Single sign-on with SimpleSAMLphp in a real Chromium: it reads our metadata, and we read its. */
import { findChromium } from '@gatehouse/testing/chromium';
import { debianVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTimeoutMs } from '../e2e/running-stack.ts';
import { expectSecondApplicationWithoutPage, isSignedIn, signIn, signOut, userInfoOf } from './journeys.ts';
import {
  answerSimpleSaml as answer,
  isSimpleSamlInstalled,
  type SimpleSaml,
  startSimpleSaml,
} from './servers/simplesamlphp.ts';
import { type Stage, setStage } from './stage.ts';

const chromium = findChromium();

describe.skipIf(!chromium || !isSimpleSamlInstalled)('single sign-on with SimpleSAMLphp', () => {
  let stage: Stage;
  let provider: SimpleSaml;

  beforeAll(async () => {
    stage = await setStage();
    provider = await startSimpleSaml(await ourMetadata(), 'agent');
  }, startTimeoutMs);

  afterAll(async () => {
    await Promise.all([stage?.close(), provider?.close()]);
  }, 60_000);

  recordForeignSoftware(
    'SimpleSAMLphp',
    'signs people in by its SAML, with encrypted assertions and logout',
    () => debianVersion('simplesamlphp'),
  );

  const ourMetadata = async () => (await fetch(`${stage.entityId}/metadata`)).text();

  const use = (settings: Record<string, unknown> = {}) =>
    stage.use('saml', { idpMetadataUrl: provider.metadataUrl(), logout: true, ...settings });

  test.each(['redirect', 'post'])(
    'the request by %s: signed in, and a second application opens without a page',
    async (binding) => {
      await use({ binding });
      const person = await stage.newPerson();
      await signIn(stage, person, answer);
      expect(await userInfoOf(stage)).toMatchObject({ email: 'agent@example.com' });
      await expectSecondApplicationWithoutPage(stage, person);
      expect(person.complaints).toEqual([]);
    },
  );

  test('encrypted assertions, signed responses, and only members of a group', async () => {
    const encrypted = { encryptAssertions: true, requireSignedResponse: true, groupsAttribute: 'groups' };
    await use({ ...encrypted, requiredGroups: ['agents'] });
    await provider.read(await ourMetadata());
    await provider.encrypt(true);
    await signIn(stage, await stage.newPerson(), answer);
    await use({ ...encrypted, requiredGroups: ['supervisors'] });
    const outsider = await stage.newPerson();
    await outsider.page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
    await answer(outsider);
    await outsider.page.waitForURL(/sign-in\.html/);
    expect(await outsider.page.getByRole('alert').textContent()).toContain('You have no access here');
    await provider.encrypt(false);
  });

  test('asks again where the application wants a new sign-in', async () => {
    await use();
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    await signIn(stage, person, answer, { prompt: 'login' });
  });

  test('signing out here signs out there, and goes on to the application', async () => {
    await use();
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    await signOut(stage, person);
    // Asked anew, not let in by the session there.
    await signIn(stage, person, answer);
  });

  test('signing out there signs out here', async () => {
    await use();
    const person = await stage.newPerson();
    await signIn(stage, person, answer);
    expect(await isSignedIn(stage, person)).toBe(true);
    const back = `${stage.first.origin}/bye`;
    await person.page.goto(
      `${provider.url}saml2/idp/initSLO.php?${new URLSearchParams({ RelayState: back })}`,
    );
    await person.page.waitForURL(back);
    expect(await isSignedIn(stage, person)).toBe(false);
  });

  test('an answer that nobody asked for is refused, and where it is allowed makes the browser ask', async () => {
    const query = new URLSearchParams({
      spentityid: stage.entityId,
      RelayState: `${stage.first.origin}/inbox`,
    });
    const unsolicited = `${provider.url}saml2/idp/SSOService.php?${query}`;
    await use();
    const person = await stage.newPerson();
    await person.page.goto(unsolicited);
    await answer(person);
    await person.page.waitForURL(/sign-in\.html\?error=sso_failed/);
    await use({ allowIdpInitiated: true });
    await person.page.goto(unsolicited);
    await person.page.waitForURL(`${stage.first.origin}/inbox`);
    expect(await isSignedIn(stage, person)).toBe(true);
  });

  test('a new key is believed with its new metadata, and the former one no more', async () => {
    const expectRefused = async () => {
      const person = await stage.newPerson();
      await person.page.goto(stage.first.authorizeUrl({ tenant: 'demo' }));
      await answer(person);
      await person.page.waitForURL(/sign-in\.html/);
    };
    await use();
    await signIn(stage, await stage.newPerson(), answer);
    await provider.sign(makeProviderKey());
    await expectRefused();
    await use();
    await signIn(stage, await stage.newPerson(), answer);
    await provider.sign(provider.firstKey);
    await expectRefused();
  });
});
