/** The one-time codes of an app and the recovery codes in Chromium, from the password to the application. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byApp, type Estate, startEstate, wantsFactor } from './real-visitors.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

describe.each([
  { browser: 'with scripts', options: {} },
  { browser: 'without scripts', options: { javaScriptEnabled: false } },
])('a browser $browser', ({ options }) => {
  it('sets an app up in the time of grace, and the application learns of both factors', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }), options);
    await visitor.signIn(wantsFactor);
    await visitor.sees('Set up a second factor');
    await visitor.says(
      `${visitor.place.name} asks for a second factor. You have 14 days left to set one up.`,
    );
    await visitor.press('Set up an app');
    await visitor.sees('Set up the app');
    const code = await visitor.scanned();
    await visitor.type('000000');
    await visitor.says('The code is not right');
    await visitor.type(code());
    await visitor.sees('Keep your recovery codes');
    expect(new Set(await visitor.shownCodes()).size).toBe(10);
    await visitor.press('I have kept the codes');
    expect(await visitor.claims()).toMatchObject(byApp);
    await visitor.page.goBack();
    expect(await visitor.shownCodes()).toEqual([]);
  });

  it('signs in by the next code of the app, and never by the same one', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }), options);
    const { code, used } = await visitor.enrolApp();
    await visitor.forget();
    await visitor.signIn(wantsFactor);
    await visitor.sees('Confirm that it is you');
    await visitor.type(used);
    await visitor.says('Compare the digits, or wait for the next code. A code works once.');
    await visitor.type(code(1));
    expect(await visitor.claims()).toMatchObject(byApp);
  });

  it('signs in by a recovery code, which works once, and the account area advises a new factor', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }), options);
    const { codes } = await visitor.enrolApp();
    const [first = '', second = ''] = codes;
    await visitor.forget();
    await visitor.signIn();
    await visitor.press('Use a recovery code');
    await visitor.type(first);
    await visitor.claims();
    await visitor.openAccount('/security');
    await visitor.says('You signed in with a recovery code');
    await visitor.says('You have 9 codes left.');
    await visitor.forget();
    await visitor.signIn();
    await visitor.press('Use a recovery code');
    await visitor.type(first);
    await visitor.says('Compare the characters, or use another recovery code. Each works once.');
    await visitor.type(second.toLowerCase());
    await visitor.claims();
  });
});
