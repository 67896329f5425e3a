/** The doors of the second step in Chromium: who is shut out, who is let in by an administrator, and what nobody gets round. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byApp, type Estate, startEstate, type Visitor, wantsFactor } from './real-visitors.ts';

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate?.close());

const afterGrace = { mode: 'required', enrolmentGraceDays: 0 } as const;

const isIn = ({ page }: Visitor) => page.url().includes('/callback?');

describe('somebody without a factor after the time of grace', () => {
  it('is told to ask an administrator, and comes in by the invitation', async () => {
    const visitor = await estate.visit(await estate.place(afterGrace));
    await visitor.signIn(wantsFactor);
    await visitor.sees('Ask your administrator');
    await visitor.says(
      /Ask your administrator for an invitation code and enter it here within ten minutes\./,
    );
    await visitor.says('Reference:');
    await visitor.type('AAAAA-AAAAA');
    await visitor.says('Compare the characters, or ask your administrator for a new code.');

    await visitor.type(await estate.invite(visitor.place));
    await visitor.sees('Set up a second factor');
    await visitor.says(`Your administrator has let you set up a second factor for ${visitor.place.name}.`);
    expect(await visitor.page.getByRole('button', { name: 'Not now' }).count()).toBe(0);
    await visitor.press('Set up an app');
    const code = await visitor.scanned();
    await visitor.type(code());
    await visitor.press('I have kept the codes');
    expect(await visitor.claims()).toMatchObject(byApp);
  });

  it('gets nothing by a reload, by the back button, by a second tab, or by a new start', async () => {
    const visitor = await estate.visit(await estate.place(afterGrace));
    const { context, page } = visitor;
    await visitor.signIn();
    await visitor.sees('Ask your administrator');
    await page.reload();
    await visitor.sees('Ask your administrator');
    await visitor.type('AAAAA-AAAAA');
    await visitor.says('The code is not right');
    await page.goBack();
    await visitor.sees('Ask your administrator');

    const tab = await context.newPage();
    await tab.goto(`${estate.stage.publicUrl}/auth/account/security`);
    await tab.waitForSelector('#username');
    await visitor.openSignIn();
    await page.waitForSelector('#username');
    await visitor.signIn();
    await visitor.sees('Ask your administrator');
    expect(isIn(visitor)).toBe(false);
  });
});

describe('the set-up', () => {
  it('stays as it is through a reload, the back button and another choice', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }));
    const { page } = visitor;
    await visitor.signIn(wantsFactor);
    await visitor.press('Set up an app');
    await visitor.sees('Set up the app');
    const code = await visitor.scanned();
    await page.reload();
    expect((await visitor.scanned())(5)).toBe(code(5));
    await visitor.press('Choose another way');
    await visitor.sees('Set up a second factor');
    await page.goBack();
    await visitor.sees('Set up the app');
    await visitor.type(code());
    await visitor.sees('Keep your recovery codes');
    const codes = await visitor.shownCodes();
    await page.reload();
    expect(await visitor.shownCodes()).toEqual(codes);
    await visitor.press('I have kept the codes');
    expect(await visitor.claims()).toMatchObject(byApp);
  });

  it('is finished in one of two tabs: the other one says that it has ended, and changes nothing', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required' }));
    await visitor.signIn(wantsFactor);
    await visitor.press('Set up an app');
    await visitor.sees('Set up the app');
    const code = await visitor.scanned();
    const tab = await visitor.context.newPage();
    await tab.goto(visitor.page.url());
    await tab.getByRole('heading', { level: 1, name: 'Set up the app' }).waitFor();
    await visitor.type(code());
    await visitor.press('I have kept the codes');
    await visitor.claims();
    await tab.fill('#code', code(1));
    await tab.keyboard.press('Enter');
    await tab.getByRole('heading', { level: 1, name: 'This step has ended' }).waitFor();
  });

  it('can wait in the time of grace, and is asked for at the next sign-in again', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required', enrolmentGraceDays: 1 }));
    await visitor.signIn();
    await visitor.says(`${visitor.place.name} asks for a second factor. You have 1 day left to set one up.`);
    await visitor.press('Not now');
    expect((await visitor.claims())['amr']).toEqual(['pwd']);
    await visitor.forget();
    await visitor.signIn();
    await visitor.sees('Set up a second factor');
    await visitor.press('Cancel');
    await visitor.page.waitForSelector('#username');
  });
});

describe('the keyboard alone', () => {
  const focused = ({ page }: Visitor) =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || '');

  /** Tab, until this has the focus. */
  async function tabTo(visitor: Visitor, name: string): Promise<void> {
    for (let steps = 0; steps < 20; steps += 1) {
      if ((await focused(visitor)) === name) return;
      await visitor.page.keyboard.press('Tab');
    }
    throw new Error(`Tab never came to ${name}`);
  }

  it('leads through the set-up and the next sign-in', async () => {
    const visitor = await estate.visit(await estate.place({ mode: 'required', rememberDays: 30 }));
    const { keyboard } = visitor.page;
    await visitor.signIn(wantsFactor);
    await tabTo(visitor, 'Set up an app');
    await keyboard.press('Enter');
    await visitor.sees('Set up the app');
    const code = await visitor.scanned();
    await expect.poll(() => focused(visitor)).toBe('code');
    await keyboard.type(code());
    await tabTo(visitor, 'Confirm');
    await keyboard.press('Enter');
    await visitor.sees('Keep your recovery codes');
    await tabTo(visitor, 'I have kept the codes');
    await keyboard.press('Enter');
    await visitor.claims();

    await visitor.forget();
    await visitor.signIn(wantsFactor);
    await expect.poll(() => focused(visitor)).toBe('code');
    await keyboard.type(code(1));
    await keyboard.press('Tab');
    // The box that trusts the browser.
    await keyboard.press('Space');
    await tabTo(visitor, 'Confirm');
    await keyboard.press('Enter');
    expect(await visitor.claims()).toMatchObject(byApp);
    expect((await visitor.context.cookies()).map(({ name }) => name)).toContain(
      'gatehouse-remembered-device',
    );
  });
});
