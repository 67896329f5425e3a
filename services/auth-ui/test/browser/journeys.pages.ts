/** What people do that no form foresees: back, twice, in two tabs, too late, on a slow line. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCookie } from '../auth-api-stand-in.ts';
import { type Stage, setStage } from './browser.ts';
import { listenForComplaints } from './page-quality.ts';

let stage: Stage;
let context: BrowserContext;

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.close());

/** In a browser of its own. */
function journey(name: string, walk: (page: Page) => Promise<void>, options = {}): void {
  it(name, async () => {
    context = await stage.open(options);
    await context.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: stage.origin }]);
    try {
      await walk(await context.newPage());
    } finally {
      await context.close();
    }
  });
}

const signInPage = (id: string) => `${stage.origin}/auth/sign-in.html?interaction=${id}`;

async function enterName(page: Page, name = 'maria'): Promise<void> {
  await page.fill('#username', name);
  await page.fill('#tenant', 'nordic');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#password');
}

async function enterPassword(page: Page, password = 'right'): Promise<void> {
  await page.fill('#password', password);
  await page.keyboard.press('Enter');
}

const postsOf = (interaction: string) =>
  stage.calls.filter(
    ({ path, body }) =>
      path === '/auth/v3/sign-in' && (body as { interaction?: string }).interaction === interaction,
  );

describe('the back button', () => {
  journey('at the password leads to the name, and forward again to the password', async (page) => {
    stage.hold({ id: 'back' });
    await page.goto(signInPage('back'));
    await enterName(page);
    await page.goBack();
    await page.waitForSelector('#username');
    expect(page.url()).toBe(signInPage('back'));
    await enterName(page);
    await enterPassword(page);
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
  });

  journey('after a wrong password leads to a form that still signs in', async (page) => {
    stage.hold({ id: 'back-after-error' });
    await page.goto(signInPage('back-after-error'));
    await enterName(page);
    await enterPassword(page, 'wrong');
    await page.waitForSelector('[role=alert]');
    // No question whether to send the form again.
    await page.goBack();
    await enterPassword(page);
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
  });

  journey('after the sign-in leads to a page that leads back to the application', async (page) => {
    stage.hold({ id: 'completed' });
    await page.goto(signInPage('completed'));
    await enterName(page);
    await enterPassword(page);
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
    stage.end('completed');
    await page.goto(signInPage('completed'));
    await page.getByRole('link', { name: 'Back to ' }).click();
    await page.waitForURL(`${stage.application}/`);
  });

  journey('at the account shows the sessions as they are now', async (page) => {
    await page.goto(`${stage.origin}/auth/account/sessions`);
    const before = await page.locator('.session').count();
    await page.locator('form[action="/auth/account/sessions/end"] button').first().click();
    await page.waitForURL(/ended=one/);
    await page.goBack();
    expect(await page.locator('.session').count()).toBe(before - 1);
  });
});

describe('a form that is sent twice', () => {
  journey('signs in once more without harm', async (page) => {
    stage.hold({ id: 'twice' });
    await page.goto(signInPage('twice'));
    await enterName(page);
    await page.fill('#password', 'right');
    await page.getByRole('button', { name: 'Sign in', exact: true }).dblclick({ noWaitAfter: true });
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
    expect(postsOf('twice').length).toBeGreaterThan(0);
  });

  journey('approves once: the second answer says that the request is gone', async (page) => {
    stage.approvals({ id: 'one', bindingMessage: 'Ticket W4SCT' });
    await page.goto(`${stage.origin}/auth/approvals`);
    await page.getByRole('button', { name: 'Approve: Call Desk' }).dblclick({ noWaitAfter: true });
    await page.getByText('Nothing waits for you.').waitFor();
  });
});

describe('two tabs with two sign-ins', () => {
  journey('end at two applications, each with its own token', async (first) => {
    stage.hold({ id: 'left', client: { id: 'a', name: 'First application' } });
    stage.hold({ id: 'right', client: { id: 'b', name: 'Second application' } });
    const second = await context.newPage();
    await first.goto(signInPage('left'));
    await second.goto(signInPage('right'));
    await enterName(first, 'maria');
    await enterName(second, 'paul');
    await enterPassword(first);
    await first.waitForURL(`${stage.application}/callback?code=the-code`);
    await enterPassword(second);
    await second.waitForURL(`${stage.application}/callback?code=the-code`);
    expect(postsOf('left').at(-1)?.body).toMatchObject({ username: 'maria', csrf: 'csrf-of-left' });
    expect(postsOf('right').at(-1)?.body).toMatchObject({ username: 'paul', csrf: 'csrf-of-right' });
  });
});

describe('a sign-in that has expired', () => {
  journey('leads back to the start of its own application, not to that of another tab', async (page) => {
    stage.hold({ id: 'idle', client: { id: 'a', name: 'A', clientUri: 'https://agents.example.com/start' } });
    stage.hold({ id: 'other' });
    await page.goto(signInPage('idle'));
    await enterName(page);
    const other = await context.newPage();
    await other.goto(signInPage('other'));
    stage.end('idle');
    stage.end('other');
    await enterPassword(page);
    const link = page.getByRole('link', { name: 'Back to agents.example.com' });
    expect(await link.getAttribute('href')).toBe('https://agents.example.com/start');
    await other.reload();
    await other.getByRole('link', { name: `Back to ${new URL(stage.application).host}` }).click();
    await other.waitForURL(`${stage.application}/`);
  });

  journey('in a browser that does not know it leads to a sign-in here', async (page) => {
    await page.goto(signInPage('never-seen'));
    expect(await page.getByRole('link', { name: 'Sign in here' }).getAttribute('href')).toBe(
      '/auth/sign-in.html',
    );
  });
});

describe('on a slow line', () => {
  journey('a page works before its script has come', async (page) => {
    stage.hold({ id: 'slow' });
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/\.js/, async (route) => {
      await arrived;
      await route.continue().catch(() => {});
    });
    await page.goto(signInPage('slow'), { waitUntil: 'commit' });
    await enterName(page);
    expect(await page.locator('.button-inside').count()).toBe(0);
    await enterPassword(page);
    await page.waitForURL(`${stage.application}/callback?code=the-code`);
    release();
  });

  journey('the first page is there after two round trips of half a second', async (page) => {
    stage.hold({ id: 'line' });
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    // A slow 3G line.
    const kilobits = (50 * 1024) / 8;
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 400,
      downloadThroughput: kilobits * 8,
      uploadThroughput: kilobits * 8,
    });
    const complaints = listenForComplaints(page);
    await page.goto(signInPage('line'), { waitUntil: 'commit' });
    await page.locator('#username').waitFor();
    await enterName(page);
    expect(complaints).toEqual([]);
  });
});
