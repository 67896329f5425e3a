/** The account area *Sign-in security* in Chromium: factors are added, renamed and removed, codes made anew, browsers forgotten. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAuthenticator, withoutAutofill } from './authenticators.ts';
import { byApp, type Estate, startEstate, type Visitor, wantsFactor } from './real-visitors.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

const factors = ({ page }: Visitor) => page.locator('.session-device').allTextContents();

describe('sign-in security', () => {
  it('adds a passkey beside the app, renames and removes it, and keeps the last factor', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }));
    const { page } = visitor;
    await withoutAutofill(page);
    await addAuthenticator(page, { isSynced: true });
    await visitor.enrolApp();
    await visitor.openAccount();
    await visitor.press('Sign-in security');
    await visitor.sees('Sign-in security');
    await page.fill('#name', 'Laptop');
    await visitor.press('Create a passkey');
    await visitor.says('The second factor is set up');
    expect(await factors(visitor)).toEqual(['Laptop', 'Authenticator app']);
    await visitor.says('Copied to your other devices');

    // From now on the passkey is the strongest that the person has.
    await visitor.press('Confirm that it is you');
    await visitor.press('Use a passkey');
    await visitor.press('Rename Laptop');
    await page.fill('#name', 'Desk');
    await page.keyboard.press('Enter');
    await visitor.says('The second factor has its new name');
    await visitor.press('Remove Authenticator app');
    await visitor.says('The second factor is removed');
    await visitor.says('Authenticator app was removed');
    await visitor.says('Laptop was set up');
    await visitor.press('Remove Desk');
    await visitor.says('Your contact centre requires a second factor');
    expect(await factors(visitor)).toEqual(['Desk']);
  });

  it('makes new recovery codes, after which the old ones are nothing', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }));
    const { codes: old } = await visitor.enrolApp();
    await visitor.openAccount('/security');
    await visitor.press('Make new recovery codes');
    await visitor.sees('Keep your recovery codes');
    const made = await visitor.shownCodes();
    expect(new Set([...made, ...old]).size).toBe(20);
    await visitor.press('I have kept the codes');
    await visitor.says('You have 10 codes left.');

    await visitor.forget();
    await visitor.signIn(wantsFactor);
    await visitor.press('Use a recovery code');
    await visitor.type(old[0] ?? '');
    await visitor.says('The code is not right');
    await visitor.type(made[0] ?? '');
    await visitor.claims();
  });

  it('adds a second app by its code, with and without scripts', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'offered' }), { javaScriptEnabled: false });
    await visitor.signIn();
    await visitor.claims();
    await visitor.openAccount('/security');
    await visitor.says('You have no second factor yet.');
    await visitor.press('Set up an app');
    const code = await visitor.scanned();
    await visitor.type('000000');
    await visitor.says('The code is not right');
    await visitor.type(code());
    await visitor.sees('Keep your recovery codes');
    expect(await visitor.shownCodes()).toHaveLength(10);
  });

  it('asks to confirm who it is once the sign-in is older than five minutes', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }));
    const { code } = await visitor.enrolApp();
    estate.pass(6 * 60_000);
    await visitor.openAccount('/security');
    expect(await visitor.page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
    await visitor.press('Confirm that it is you');
    await visitor.enterPassword();
    await visitor.sees('Confirm that it is you');
    await visitor.type(code());
    await visitor.sees('Sign-in security');
    await visitor.page.getByRole('button', { name: 'Remove Authenticator app' }).waitFor();
  });
});

describe('a browser that is trusted', () => {
  it('is asked for no factor, is listed, and is asked again once it was ended', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required', rememberDays: 30 }));
    const { context, page } = visitor;
    const { code } = await visitor.enrolApp();
    const signOut = () => context.clearCookies({ name: /session|console/ });
    await visitor.forget();
    await visitor.signIn(wantsFactor);
    await page.getByLabel('Trust this browser for 30 days').check();
    await visitor.type(code(1));
    expect(await visitor.claims()).toMatchObject(byApp);

    await signOut();
    await visitor.signIn();
    // The device lets the person in, and is no factor of the token.
    expect((await visitor.claims())['amr']).toEqual(['pwd']);

    // Another browser of the person, which also is to be trusted.
    await visitor.forget();
    estate.pass(60_000);
    await visitor.signIn(wantsFactor);
    await page.getByLabel('Trust this browser for 30 days').check();
    await visitor.type(code());
    await visitor.claims();
    await visitor.openAccount('/security');
    const listed = page.getByRole('button', { name: /^Ask again for the second factor/ });
    await visitor.says('Browsers that you trust');
    expect(await listed.count()).toBe(2);
    await listed.last().click();
    await visitor.says('The second factor is asked for there again');
    expect(await listed.count()).toBe(1);
    await listed.click();
    await expect.poll(() => page.getByText('Browsers that you trust').count()).toBe(0);
    await signOut();
    await visitor.signIn();
    await visitor.sees('Confirm that it is you');
  });
});
