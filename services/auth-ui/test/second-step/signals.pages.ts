/** What Chromium is told of the passkeys that count and that do not (WebAuthn level 3, section 5.1.10), and what it does then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAuthenticator, withoutAutofill } from './authenticators.ts';
import { type Estate, startEstate, type Visitor } from './real-visitors.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

interface Signal {
  name: string;
  details: Record<string, unknown>;
}

const rpId = 'localhost';

/** Somebody with a passkey, in a browser that notes each signal and obeys none. */
async function noted() {
  const visitor = await estate.visit(await estate.place({ mode: 'offered' }));
  const { page } = visitor;
  await withoutAutofill(page);
  const signals: Signal[] = [];
  await page.exposeFunction('noteSignal', (name: string, details: Signal['details']) => {
    signals.push({ name, details });
  });
  await page.addInitScript(() => {
    const { noteSignal } = globalThis as unknown as {
      noteSignal(name: string, details: unknown): Promise<void>;
    };
    for (const name of [
      'signalUnknownCredential',
      'signalAllAcceptedCredentials',
      'signalCurrentUserDetails',
    ])
      Object.assign(PublicKeyCredential, { [name]: (details: unknown) => noteSignal(name, details) });
  });
  const authenticator = await addAuthenticator(page);
  await addPasskey(visitor);
  const [{ credentialId = '', userHandle = '' } = {}] = await authenticator.passkeys();
  return { visitor, signals, id: inUrl(credentialId), userId: inUrl(userHandle) };
}

const inUrl = (base64: string) => Buffer.from(base64, 'base64').toString('base64url');

/** In the account area, up to the sign-in that may remove it. */
async function addPasskey(visitor: Visitor): Promise<void> {
  await visitor.signIn();
  await visitor.claims();
  await visitor.openAccount('/security');
  await visitor.press('Create a passkey');
  await visitor.sees('Keep your recovery codes');
  await visitor.shownCodes();
  await visitor.press('I have kept the codes');
  // Somebody who has a factor opens the account area by it.
  await visitor.press('Use a passkey');
  await visitor.sees('Sign-in security');
}

async function removePasskey(visitor: Visitor): Promise<void> {
  await visitor.press(/^Remove/);
  await visitor.says('The second factor is removed');
}

describe('the browser of a person', () => {
  it('is told in the account area which passkeys count and how the person is called, also when none is left', async () => {
    const { visitor, signals, id, userId } = await noted();
    const name = `${visitor.place.domain}\\agent`;
    const accepted = (ids: string[]) => [
      { name: 'signalAllAcceptedCredentials', details: { rpId, userId, allAcceptedCredentialIds: ids } },
      { name: 'signalCurrentUserDetails', details: { rpId, userId, name, displayName: name } },
    ];
    await expect.poll(() => signals.slice(-2)).toEqual(accepted([id]));
    signals.length = 0;
    await removePasskey(visitor);
    await expect.poll(() => signals).toEqual(accepted([]));
  });

  it('is told at the sign-in which passkey is not known, and nothing of any other', async () => {
    const { visitor, signals, id } = await noted();
    await removePasskey(visitor);
    // Somebody else has one, so the page offers the button.
    await noted();
    estate.pass(61_000);
    await visitor.forget();
    await visitor.openSignIn();
    signals.length = 0;
    await visitor.press('Sign in with a passkey');
    await visitor.says('This passkey is not known here');
    await expect
      .poll(() => signals)
      .toEqual([{ name: 'signalUnknownCredential', details: { rpId, credentialId: id } }]);
    expect(await visitor.page.content()).not.toContain(id);
    await visitor.page.reload();
    await visitor.says('This passkey is not known here');
    expect(signals).toHaveLength(1);

    // The page still says it when the person comes back from the next passkey, which counts.
    const credentialId = 'cGFzc2tleS10aGF0LWNvdW50cw';
    const next = JSON.stringify({ passkeyAction: 'autofill', rpId, credentialId });
    await visitor.page.evaluate((kept) => sessionStorage.setItem('gatehouse-passkey', kept), next);
    await visitor.page.goto('about:blank');
    await visitor.page.goBack();
    await visitor.says('This passkey is not known here');
    expect(signals).toHaveLength(1);
  });

  it('forgets a passkey that its person removes', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'offered' }));
    await withoutAutofill(visitor.page);
    const authenticator = await addAuthenticator(visitor.page);
    await addPasskey(visitor);
    expect(await authenticator.passkeys()).toHaveLength(1);
    await removePasskey(visitor);
    await expect.poll(authenticator.passkeys).toEqual([]);
  });

  it('forgets a new passkey that the policy refuses', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required', syncedPasskeys: 'refused' }));
    await withoutAutofill(visitor.page);
    const authenticator = await addAuthenticator(visitor.page, { isSynced: true });
    await visitor.signIn();
    await visitor.press('Create a passkey');
    await visitor.says('This passkey can be copied to other devices');
    await expect.poll(authenticator.passkeys).toEqual([]);
  });
});
