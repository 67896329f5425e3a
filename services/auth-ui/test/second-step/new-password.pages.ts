/** A password that must be changed, in Chromium: the factor comes first, and the way back is open. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byApp, type Estate, startEstate, type Visitor, wantsFactor } from './real-visitors.ts';

const [renewed, typo] = ['a-renewed-password-2', 'a-renewed-pasword-2'];
let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

describe.each([
  { browser: 'with scripts', options: {} },
  { browser: 'without scripts', options: { javaScriptEnabled: false } },
])('a browser $browser', ({ options }) => {
  /** Has an app, and must change the password. */
  async function holder() {
    const person = await estate.newPerson();
    const visitor = await estate.visit(
      await estate.place({ mode: 'required', rememberDays: 7 }),
      options,
      person,
    );
    const { code } = await visitor.enrolApp();
    await person.mustChange();
    await visitor.forget();
    return { visitor, person, code };
  }

  const change = async ({ page }: Visitor, old: string, next: string, again = next) => {
    await page.fill('#oldPassword', old);
    await page.fill('#newPassword', next);
    await page.fill('#newPasswordAgain', again);
    await page.keyboard.press('Enter');
  };

  it('asks for the code, then for the new password, and goes on to the application', async () => {
    const { visitor, person, code } = await holder();
    await visitor.signIn(wantsFactor);
    await visitor.sees('Confirm that it is you');
    // A new password ends every remembered browser.
    expect(await visitor.page.getByRole('checkbox').count()).toBe(0);
    await visitor.type(code(1));
    await visitor.sees('Choose a new password');
    await visitor.says('Your contact centre asks for a new password before you go on.');
    await visitor.says(person.username);
    await change(visitor, person.password, renewed, typo);
    await visitor.says('The passwords differ');
    await change(visitor, person.password, renewed);
    expect(await visitor.claims()).toMatchObject(byApp);
  });

  it('leads back to the start from the code, and from a change without one', async () => {
    const { visitor, person, code } = await holder();
    await visitor.signIn();
    await visitor.press('Cancel');
    await visitor.page.waitForSelector('#username');
    await visitor.enterPassword();
    await visitor.sees('Confirm that it is you');

    // The page for a new password, before the code.
    await visitor.page.goto(visitor.page.url().replace('second-step.html', 'change-password.html'));
    await change(visitor, person.password, renewed);
    await visitor.says('Sign in first, with your present password and your second factor.');
    await visitor.press('Sign in');
    await visitor.page.waitForSelector('#username');
    await visitor.enterPassword();
    await visitor.type(code(1));
    await visitor.sees('Choose a new password');
  });
});
