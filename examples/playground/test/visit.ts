/** The local stack with its playground, and a person in front of it in a browser without scripts. */
import { rmSync } from 'node:fs';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { enterName, enterPassword, type Person, playgroundOf } from '../../../tools/stack/login-pages.ts';
import type { FactorUser } from '../../../tools/stack/provisioning/second-factor.ts';
import { accessibilityProblems } from '../../../tools/test/e2e/accessibility.ts';
import {
  newStateFolder,
  type RunningStack,
  startStack,
  startTimeoutMs,
} from '../../../tools/test/e2e/running-stack.ts';
import { createPrinted, type Form, type Printed, readCalls } from './printed.ts';

/** Registers the hooks of the file that calls it; what it returns is filled before the first test. */
export function visitPlayground() {
  let stateFolder: string;
  let stack: RunningStack;
  let browser: Browser;
  let printed: Printed;
  let playground: string;
  let agent: Person;
  let factorUsers: FactorUser[];
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    stateFolder = await newStateFolder();
    [stack, browser, printed] = await Promise.all([
      startStack(stateFolder, '--quiet', '--second-factor'),
      sharedChromium(),
      createPrinted(),
    ]);
    playground = playgroundOf(stack.description.clients);
    factorUsers = stack.description.secondFactorUsers ?? [];
    [agent] = stack.description.users as [Person];
  }, startTimeoutMs);

  afterAll(async () => {
    printed?.close();
    await closeContexts(browser);
    await stack?.end();
    rmSync(stateFolder, { recursive: true, force: true });
  }, 60_000);

  beforeEach(async () => {
    // Nothing asks by itself, and every form works without a script.
    context = await browser.newContext({ javaScriptEnabled: false });
    page = await context.newPage();
  });

  afterEach(() => context?.close());

  async function signIn(on: Page, person: Person = agent): Promise<void> {
    await enterName(on, person);
    await enterPassword(on, person.password);
  }

  async function press(name: string | RegExp): Promise<void> {
    await page.getByRole('button', { name }).click();
    await page.waitForLoadState();
  }

  return {
    get factorUsers() {
      return factorUsers;
    },
    get publicUrl() {
      return stack.description.publicUrl;
    },
    get operator() {
      return stack.description.ops;
    },
    get playground() {
      return playground;
    },
    get page() {
      return page;
    },
    get context() {
      return context;
    },
    get browser() {
      return browser;
    },
    get printed() {
      return printed;
    },
    signIn,
    press,

    /** In a browser with scripts, which axe needs, and with every call open: what is closed is not looked at. */
    async expectAccessible(): Promise<void> {
      const scripted = await browser.newContext({ storageState: await context.storageState() });
      try {
        const tab = await scripted.newPage();
        await tab.goto(page.url());
        await tab.evaluate(() => {
          for (const call of document.querySelectorAll('.calls details')) call.setAttribute('open', '');
        });
        expect(await accessibilityProblems(tab)).toEqual([]);
      } finally {
        await scripted.close();
      }
    },

    async signInToPlayground(): Promise<void> {
      await page.goto(`${playground}/sign-in`);
      if (page.url().includes('sign-in.html')) await signIn(page);
      await page.waitForURL(`${playground}/`);
    },

    /** A device waits, the person allows it, and the copied call gets the tokens. */
    async allowDevice(person: Page, form: Form): Promise<void> {
      await page.goto(`${playground}/device`);
      await press(/^(Switch the wallboard on|Start again)$/);
      await press('Ask now');
      expect(await page.locator('.polled h3').textContent()).toBe('Waiting for the person');
      const [poll, start] = await readCalls(page);
      expect(poll?.status).toBe('400');
      await printed.expectSame([start], [form]);
      const link = page.getByRole('link', { name: /new tab/ });
      await person.goto((await link.getAttribute('href')) ?? '');
      await person.getByRole('button').first().click();
      if (person.url().includes('sign-in.html')) await signIn(person);
      await person.getByRole('button', { name: 'Allow', exact: true }).click();
      await person.waitForLoadState();
      const { stdout } = await printed.run(poll, form);
      expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String) });
    },

    /** A call waits, the person approves it, and the copied call gets the tokens. */
    async approveCall(person: Page, form: Form): Promise<void> {
      await page.goto(`${playground}/ciba`);
      await press(/^Ask (for|again)/);
      const message = await page.locator('.screen .code').textContent();
      await press('Ask now');
      const [poll, start] = await readCalls(page);
      expect(poll?.status).toBe('400');
      const link = page.getByRole('link', { name: /new tab/ });
      await person.goto((await link.getAttribute('href')) ?? '');
      if (person.url().includes('sign-in.html')) await signIn(person);
      const asked = person.locator('li', { hasText: message ?? '' });
      await asked.getByRole('button', { name: /^Approve/ }).click();
      await person.waitForLoadState();
      const { stdout } = await printed.run(poll, form);
      expect(JSON.parse(stdout)).toMatchObject({ access_token: expect.any(String) });
      // Asks the person once more, with the same message.
      await printed.expectSame([start], [form]);
    },
  };
}
