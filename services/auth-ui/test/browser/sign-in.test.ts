import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.close());

async function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || '');
}

/** What the page complains about in the console: a blocked resource, a failed load, a broken script. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return complaints;
}

describe('signing in with the keyboard alone', () => {
  it('goes through a wrong and the right password to the application on its own origin', async () => {
    stage.hold({ id: 'keyboard' });
    const context = await stage.open();
    const page = await context.newPage();
    const complaints = listenForComplaints(page);
    await page.goto(`${stage.origin}/auth/sign-in.html?interaction=keyboard`);
    // The browser moves the focus with the first picture of a page, which may come after its load.
    await expect.poll(() => focused(page)).toBe('username');
    await page.keyboard.type('maria');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('tenant');
    await page.keyboard.type('nordic');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Next');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#password');
    await expect.poll(() => focused(page)).toBe('password');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=alert]');
    expect(await page.title()).toContain('Error:');
    await expect.poll(() => focused(page)).toBe('password');
    await page.keyboard.type('right');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Show');
    await page.keyboard.press('Space');
    expect(await page.getAttribute('#password', 'type')).toBe('text');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Sign in');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
    const post = stage.calls.findLast(({ path }) => path === '/auth/v3/sign-in');
    expect(post?.body).toEqual({
      username: 'maria',
      tenant: 'nordic',
      password: 'right',
      interaction: 'keyboard',
      csrf: 'csrf-of-keyboard',
    });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('leads back to change the name, keeping what was typed', async () => {
    stage.hold({ id: 'back' });
    const context = await stage.open();
    const page = await context.newPage();
    await page.goto(`${stage.origin}/auth/sign-in.html?interaction=back`);
    await page.fill('#username', 'mraia');
    await page.fill('#tenant', 'nordic');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#password');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#username');
    expect(await page.inputValue('#username')).toBe('mraia');
    expect(await page.inputValue('#tenant')).toBe('nordic');
    await context.close();
  });
});

describe('without JavaScript', () => {
  it('signs in all the same', async () => {
    stage.hold({ id: 'scriptless' });
    const context = await stage.open({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${stage.origin}/auth/sign-in.html?interaction=scriptless`);
    await page.fill('#username', 'maria');
    await page.fill('#tenant', 'nordic');
    await page.click('text=Next');
    await page.fill('#password', 'right');
    expect(await page.locator('.button-inside').count()).toBe(0);
    await page.click('button:has-text("Sign in")');
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
    await context.close();
  });

  it.each(['name', 'password'])('goes back to the application by Cancel at the %s', async (step) => {
    const id = `cancelled-at-${step}`;
    stage.hold({ id });
    const context = await stage.open({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${stage.origin}/auth/sign-in.html?interaction=${id}`);
    await page.fill('#username', 'maria');
    if (step === 'password') {
      await page.click('text=Next');
      await page.fill('#password', 'half typed');
    }
    await page.click('text=Cancel');
    await page.waitForURL(`${stage.application}/callback?error=access_denied`);
    const post = stage.calls.findLast(({ path }) => path === '/auth/v3/oauth/authorize/cancel');
    expect(post?.body).toEqual({ interaction: id, csrf: `csrf-of-${id}` });
    await context.close();
  });
});

describe('threat 11: where a form may lead', () => {
  it('Chromium stops a login that ends at an origin the page did not name', async () => {
    stage.hold({ id: 'blocked', redirectOrigin: 'https://another.example.com' });
    const context = await stage.open();
    const page = await context.newPage();
    const complaints = listenForComplaints(page);
    await page.goto(`${stage.origin}/auth/sign-in.html?interaction=blocked`);
    await page.fill('#username', 'maria');
    await page.click('text=Next');
    await page.fill('#password', 'right');
    const blocked = page.waitForEvent('console', (message) => message.text().includes('form-action'));
    await page.click('button:has-text("Sign in")');
    await blocked;
    expect(page.url()).not.toContain(stage.application);
    expect(complaints.join()).toContain('form-action');
    await context.close();
  });
});

describe('an Origin for forms without a token', () => {
  it('Chromium sends the real one from a page without an interaction', async () => {
    const context = await stage.open();
    const page = await context.newPage();
    await page.goto(`${stage.origin}/auth/sign-in.html`);
    await page.fill('#username', 'maria');
    await page.click('text=Next');
    await page.fill('#password', 'wrong');
    const posted = page.waitForRequest((request) => request.url().endsWith('/auth/v3/sign-in'));
    await page.click('button:has-text("Sign in")');
    expect((await (await posted).allHeaders())['origin']).toBe(stage.origin);
    await context.close();
  });
});
