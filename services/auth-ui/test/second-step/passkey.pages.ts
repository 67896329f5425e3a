/** Passkeys in Chromium with its virtual authenticators, from the password or from nothing to the application. */
import { assuranceNames } from '@gatehouse/contracts/values';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAuthenticator, type Nature, withoutAutofill } from './authenticators.ts';
import { type Estate, type Place, startEstate, type Visitor } from './real-visitors.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

const wantsPasskey = { acr_values: assuranceNames.phishingResistant };
const strongest = { acr: assuranceNames.phishingResistant };

async function visitorWith(place: Place, nature: Nature = {}, { hasAutofill = false } = {}) {
  const visitor = await estate.visit(place);
  if (!hasAutofill) await withoutAutofill(visitor.page);
  return { visitor, authenticator: await addAuthenticator(visitor.page, nature) };
}

/** Makes the first passkey at the sign-in. */
async function enrol(visitor: Visitor) {
  await visitor.signIn(wantsPasskey);
  await visitor.press('Create a passkey');
  await visitor.sees('Keep your recovery codes');
  expect(await visitor.shownCodes()).toHaveLength(10);
  await visitor.press('I have kept the codes');
  return visitor.claims();
}

/** Signs in with the password, and gives the passkey after it. */
async function give(visitor: Visitor): Promise<void> {
  await visitor.forget();
  await visitor.signIn(wantsPasskey);
  await visitor.sees('Confirm that it is you');
  await visitor.press('Use a passkey');
}

/** A sign-in page that was open before the first passkey of all offers none for a minute. */
async function openSignIn(visitor: Visitor): Promise<void> {
  estate.pass(61_000);
  await visitor.forget();
  await visitor.openSignIn(wantsPasskey);
}

describe('a passkey that verifies the person', () => {
  it('is made in the time of grace, and is the second step of the next sign-in', async () => {
    const { visitor } = await visitorWith(await estate.place({ mode: 'required' }));
    expect(await enrol(visitor)).toMatchObject({ ...strongest, amr: expect.arrayContaining(['pwd', 'mfa']) });
    await give(visitor);
    expect(await visitor.claims()).toMatchObject(strongest);
  });

  it('signs in without a name by the button', async () => {
    const { visitor } = await visitorWith(await estate.place({ mode: 'required' }));
    await enrol(visitor);
    await openSignIn(visitor);
    await visitor.press('Sign in with a passkey');
    const claims = await visitor.claims();
    expect(claims).toMatchObject(strongest);
    expect(claims['amr']).not.toContain('pwd');
  });

  it('signs in without a name by the field of the user name', async () => {
    const { visitor } = await visitorWith(
      await estate.place({ mode: 'required' }),
      {},
      { hasAutofill: true },
    );
    await enrol(visitor);
    await openSignIn(visitor);
    expect(await visitor.claims()).toMatchObject(strongest);
  });

  it('signs nobody in where the check of the person fails, and says what to do', async () => {
    const { visitor, authenticator } = await visitorWith(await estate.place({ mode: 'required' }));
    await enrol(visitor);
    await authenticator.verify(false);
    await openSignIn(visitor);
    await visitor.press('Sign in with a passkey');
    await visitor.says('The passkey did not work. Try again, or use another factor.');
    await authenticator.verify(true);
    await visitor.press('Sign in with a passkey');
    await visitor.claims();
  });
});

describe('a security key without a PIN', () => {
  it('is one factor: it counts beside the password, and does not sign in alone', async () => {
    const nature: Nature = { transport: 'usb', hasUserVerification: false };
    const { visitor } = await visitorWith(await estate.place({ mode: 'phishingResistant' }), nature);
    expect(await enrol(visitor)).toMatchObject(strongest);
    await give(visitor);
    expect(await visitor.claims()).toMatchObject(strongest);
    await openSignIn(visitor);
    await visitor.press('Sign in with a passkey');
    await visitor.says('The passkey did not work. Try again, or use another factor.');
    expect(new URL(visitor.page.url()).pathname).toBe('/auth/sign-in.html');
  });
});

describe('a policy that takes no synced passkeys', () => {
  const policy = { mode: 'phishingResistant', syncedPasskeys: 'refused' } as const;

  it('refuses one with words, and takes a security key instead', async () => {
    const { visitor, authenticator } = await visitorWith(await estate.place(policy), { isSynced: true });
    await visitor.signIn(wantsPasskey);
    await visitor.sees('Set up a second factor');
    expect(await visitor.page.getByRole('button', { name: 'Set up an app' }).count()).toBe(0);
    await visitor.press('Create a passkey');
    await visitor.says('This passkey can be copied to other devices');
    await visitor.says(
      `${visitor.place.name} does not take such passkeys. Use a security key, or another factor.`,
    );

    await authenticator.unplug();
    await addAuthenticator(visitor.page, { transport: 'usb' });
    await visitor.press('Create a passkey');
    await visitor.sees('Keep your recovery codes');
    await visitor.press('I have kept the codes');
    expect(await visitor.claims()).toMatchObject(strongest);
  });
});

describe('a copy whose counter goes back', () => {
  const event = 'passkey_clone_suspected';

  it('of a passkey on one device is refused with an event, and the device itself goes on', async () => {
    const place = await estate.place({ mode: 'required' });
    const { visitor, authenticator } = await visitorWith(place);
    await enrol(visitor);
    await give(visitor);
    await visitor.claims();
    const [{ signCount = 0 } = {}] = await authenticator.passkeys();

    await authenticator.count(1);
    await give(visitor);
    await visitor.says('A copy of this passkey seems to exist');
    await expect.poll(() => estate.events(event, place)).toMatchObject([{ outcome: 'failure' }]);

    await authenticator.count(signCount + 10);
    await visitor.press('Use a passkey');
    await visitor.claims();
    await visitor.openAccount('/security');
    await visitor.says('Somebody else may have a copy: remove it');
  });

  it('of a synced passkey locks nobody: it signs in, and leaves one event', async () => {
    const place = await estate.place({ mode: 'required' });
    const { visitor, authenticator } = await visitorWith(place, { isSynced: true });
    await enrol(visitor);
    await give(visitor);
    await visitor.claims();
    for (const signCount of [1, 1]) {
      await authenticator.count(signCount);
      await give(visitor);
      expect(await visitor.claims()).toMatchObject(strongest);
    }
    await expect.poll(() => estate.events(event, place)).toMatchObject([{ outcome: 'success' }]);
  });
});
