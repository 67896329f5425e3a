/** What people do at the console that no form foresees: Escape, twice, on a slow line, back, in two tabs. */
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listenForComplaints } from '../browser/page-quality.ts';
import { listedPages, openAsPerson } from './pages.ts';
import { startTableStage, type TableStage } from './table-stage.ts';

let stage: TableStage;
let browser: Browser;
let page: Page;
let keys: string;
beforeAll(async () => {
  stage = await startTableStage();
  browser = await sharedChromium();
  keys = `${stage.publicUrl}/auth/console/contact-centers/${stage.centerId}/api-keys`;
});
beforeEach(async () => {
  page = await (await openAsPerson(browser, stage, { locale: 'en' })).newPage();
});
afterEach(() => closeContexts(browser));
afterAll(() => stage?.close());

const menu = () => page.locator('.who > details');
const languages = () => page.locator('.who-languages');
const focused = () => page.evaluate(() => document.activeElement?.tagName);

/** Holds what the filter names back until it is let go. */
async function holdBack(filter: RegExp, method = 'GET') {
  let letGo = () => {};
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(filter, async (route) => {
    if (route.request().method() === method) await released;
    await route.continue().catch(() => {});
  });
  return letGo;
}

const storedKeys = async (name: string): Promise<number> => {
  const { body } = await stage.environmentApi.call('GET', `/contact-centers/${stage.centerId}/api-keys`);
  return body.data.filter((key: { name: string }) => key.name === name).length;
};

describe('Escape', () => {
  it('closes the languages, then the menu, and leaves the focus at the button of each', async () => {
    await page.goto(`${stage.publicUrl}/auth/console`);
    await menu().locator('> summary').press('Enter');
    await languages().locator('> summary').press('Enter');
    await languages().locator('a').first().focus();
    await page.keyboard.press('Escape');
    expect(await languages().getAttribute('open')).toBeNull();
    expect(await menu().getAttribute('open')).not.toBeNull();
    expect(await focused()).toBe('SUMMARY');
    await page.keyboard.press('Escape');
    expect(await menu().getAttribute('open')).toBeNull();
    expect(await focused()).toBe('SUMMARY');
  });

  it('elsewhere keeps what was typed', async () => {
    await page.goto(`${keys}/create`);
    await page.fill('[name=name]', 'half typed');
    await page.keyboard.press('Escape');
    expect(await page.inputValue('[name=name]')).toBe('half typed');
  });
});

it('a search of the browser opens the folded part of a form that has the words', async () => {
  const form = `${stage.publicUrl}/auth/console/clients/one/gateway/edit`;
  const folded = page.locator('details.entry-section:has([name=dpopBoundAccessTokens])');
  await page.goto(form);
  expect(await folded.getAttribute('open')).toBeNull();
  // A text fragment looks for words as the find bar does, which no script can open.
  await page.goto('about:blank');
  await page.goto(`${form}#:~:text=${encodeURIComponent('Tokens bound to a key')}`);
  await expect.poll(() => folded.getAttribute('open')).not.toBeNull();
});

it('a click beside the menu closes it', async () => {
  await page.goto(`${stage.publicUrl}/auth/console`);
  await menu().locator('> summary').click();
  await page.locator('h1').click();
  expect(await menu().getAttribute('open')).toBeNull();
});

it('on a phone the areas fold into a button, which leads to each of them', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${stage.publicUrl}/auth/console`);
  const clients = page.getByRole('link', { name: 'Clients', exact: true });
  expect(await clients.isVisible()).toBe(false);
  const opener = page.getByRole('button', { name: 'Menu', exact: true });
  await opener.click();
  await page.keyboard.press('Escape');
  expect(await clients.isVisible()).toBe(false);
  await opener.press('Enter');
  await clients.click();
  expect(await page.locator('h1').textContent()).toBe('Clients');
});

it('what ends something stands last in the menu of a person, which Escape closes', async () => {
  await page.goto(`${stage.publicUrl}/auth/console/people/person?user=mira&contactCenter=${stage.storedId}`);
  const opener = page.getByText('What you can do', { exact: true });
  await opener.click();
  const links = await page.locator('.menu').getByRole('link').allTextContents();
  expect(links.slice(-3)).toEqual(['Disable', 'Delete', 'Erase all data']);
  await page.keyboard.press('Escape');
  expect(await page.getByRole('link', { name: 'Disable' }).isVisible()).toBe(false);
  await opener.click();
  await page.getByRole('link', { name: 'Disable' }).click();
  expect(await page.getByRole('button', { name: 'Disable' }).isVisible()).toBe(true);
});

describe.each([
  { locale: 'en', width: 1280, search: 'Search: Contact centres' },
  { locale: 'de', width: 390, search: 'Suchen: Contact-Center' },
])('a picker ($locale, $width px)', ({ locale, width, search }) => {
  it('is used by the keyboard alone, without a script, and keeps what was typed', async () => {
    for (let number = 1; number <= 25; number += 1)
      await stage.write('POST', '/contact-centers', {
        ...{
          environmentId: stage.environmentId,
          name: `Pier ${number}`,
          domains: [`pier-${locale}-${number}`],
        },
        membership: { by: 'accessGroup', names: ['Pier'] },
      });
    const context = await openAsPerson(browser, stage, {
      ...{ javaScriptEnabled: false, locale, viewport: { width, height: 844 } },
    });
    const plain = await context.newPage();
    await plain.goto(`${stage.publicUrl}/auth/console/clients/new/resource`);
    await plain.locator('[name=name]').focus();
    await plain.keyboard.type('Wallboard API');
    await plain.getByRole('searchbox', { name: search }).focus();
    await plain.keyboard.type(`pier-${locale}-17`);
    await plain.keyboard.press('Enter');
    const found = plain.getByRole('checkbox', { name: `Pier 17 pier-${locale}-17` });
    await found.waitFor();
    await found.focus();
    await plain.keyboard.press('Space');
    await plain.getByRole('button', { name: search }).press('Enter');
    await plain.locator('#field-contactCenterIds .choice-option').nth(6).waitFor();
    expect(await found.isChecked()).toBe(true);
    expect(await plain.locator('[name=name]').inputValue()).toBe('Wallboard API');
    expect(await plain.evaluate(() => location.hash)).toBe('#field-contactCenterIds');
  });
});

describe('on a slow line', () => {
  it('a page works before its script has come', async () => {
    const letGo = await holdBack(/\.js/);
    await page.goto(`${keys}/create`, { waitUntil: 'commit' });
    await menu().locator('> summary').click();
    expect(await menu().getAttribute('open')).not.toBeNull();
    await page.fill('[name=name]', 'Before the script');
    await page.locator('main form button[type=submit]').click();
    await page.getByText('Copy it now').first().waitFor();
    letGo();
    expect(await storedKeys('Before the script')).toBe(1);
  });

  it('a form that is sent twice is sent once, and the answer to it is shown', async () => {
    await page.goto(`${keys}/create`);
    await page.fill('[name=name]', 'Pressed twice');
    const posts: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(request.url());
    });
    const letGo = await holdBack(/\/create$/, 'POST');
    const box = await page.locator('main form button[type=submit]').boundingBox();
    const { x = 0, y = 0 } = box ?? {};
    for (let press = 0; press < 3; press += 1) await page.mouse.click(x + 5, y + 5);
    letGo();
    await page.getByText('Copy it now').first().waitFor();
    expect(posts).toHaveLength(1);
    expect(await storedKeys('Pressed twice')).toBe(1);
  });

  it('a form whose sending was stopped by Escape can be sent again', async () => {
    await page.goto(`${keys}/create`);
    await page.fill('[name=name]', 'Stopped');
    const button = page.locator('main form button[type=submit]');
    await button.evaluate((element: HTMLButtonElement) => {
      // As Chromium leaves the page where the person stops it.
      element.form?.addEventListener('submit', (event) => event.preventDefault(), { once: true });
    });
    await button.click({ clickCount: 2 });
    expect(await storedKeys('Stopped')).toBe(0);
    await page.keyboard.press('Escape');
    await button.click();
    await page.getByText('Copy it now').first().waitFor();
    expect(await storedKeys('Stopped')).toBe(1);
  });

  it('every page of the table can be read before its style and script are there', async () => {
    const unreadable: string[] = [];
    await page.route(/\.(js|css)/, (route) => route.abort());
    for (const listed of listedPages.filter(({ fill }) => fill === undefined)) {
      const path = typeof listed.path === 'string' ? listed.path : listed.path(stage);
      await page.goto(`${stage.publicUrl}${path}`);
      const words = (await page.locator('main').textContent()) ?? '';
      if (words.trim().length < 40) unreadable.push(listed.name);
    }
    expect(unreadable).toEqual([]);
  });
});

describe('without a script', () => {
  it('a form that is sent twice makes one key, and says that its name is taken', async () => {
    const context = await openAsPerson(browser, stage, { javaScriptEnabled: false, locale: 'en' });
    const plain = await context.newPage();
    await plain.goto(`${keys}/create`);
    await plain.fill('[name=name]', 'Twice without script');
    await plain.locator('main form button[type=submit]').dblclick({ noWaitAfter: true });
    await plain.locator('.field-problem, code').first().waitFor();
    await expect.poll(() => storedKeys('Twice without script'), { timeout: 10_000 }).toBe(1);
  });
});

it('back after a form leads to the form, which can be sent again', async () => {
  await page.goto(`${keys}/create`);
  await page.fill('[name=name]', 'Back and again');
  await page.locator('main form button[type=submit]').click();
  await page.getByText('Copy it now').first().waitFor();
  await page.goBack();
  await page.fill('[name=name]', 'Back and again, another');
  await page.locator('main form button[type=submit]').click();
  await page.getByText('Copy it now').first().waitFor();
  expect(await storedKeys('Back and again, another')).toBe(1);
});

it('two tabs change the same thing: the second one sees both values', async () => {
  const complaints = listenForComplaints(page);
  const other = await page.context().newPage();
  const address = `${stage.publicUrl}/auth/console/contact-centers/${stage.centerId}/settings/change?name=x-queue.announcement&location=%2F`;
  await page.goto(address);
  await other.goto(address);
  await page.fill('[name=value]', 'of the first tab');
  await other.fill('[name=value]', 'of the second tab');
  await page.locator('main form button[type=submit]').click();
  await page.getByText('is saved').waitFor();
  await other.locator('main form button[type=submit]').click();
  await other.getByRole('heading', { name: 'Somebody else was faster' }).waitFor();
  expect(await other.locator('main').textContent()).toContain('of the first tab');
  expect(complaints).toEqual([]);
});

describe('moments', () => {
  const firstTime = (shown: Page) => shown.locator('tbody time').first();

  it('are shown in the zone of the reader, with UTC in a tooltip, and typed in that zone', async () => {
    const context = await openAsPerson(browser, stage, { locale: 'en-US', timezoneId: 'Asia/Kolkata' });
    const away = await context.newPage();
    await away.goto(`${stage.publicUrl}/auth/console/audit`);
    const shown = firstTime(away);
    expect(await shown.textContent()).toMatch(/ GMT\+5:30$/);
    expect(await shown.getAttribute('title')).toMatch(/ UTC$/);
    const at = Date.parse((await shown.getAttribute('datetime')) ?? '');
    expect(Date.parse((await shown.textContent()) ?? '')).toBe(at);
    const from = away.getByLabel('From', { exact: true });
    const beside = away.locator('#from-zone');
    expect(await beside.textContent()).toBe('GMT+5:30');
    await from.fill('2026-03-01T05:30');
    expect(await beside.textContent()).toMatch(/^GMT\+5:30 = Mar 1, 2026, 12:00:00\sAM UTC$/);
    await away.getByRole('button', { name: 'Search' }).click();
    await away.waitForURL(/from=/);
    expect(new URL(away.url()).searchParams.get('from')).toBe('2026-03-01T00:00:00');
    expect(await from.inputValue()).toBe('2026-03-01T05:30');
  });

  it('are in UTC, and say so, without a script', async () => {
    const context = await openAsPerson(browser, stage, {
      javaScriptEnabled: false,
      timezoneId: 'Asia/Kolkata',
    });
    const quiet = await context.newPage();
    await quiet.goto(`${stage.publicUrl}/auth/console/audit`);
    expect(await firstTime(quiet).textContent()).toMatch(/ UTC$/);
    expect(await quiet.locator('#from-zone').textContent()).toBe('UTC');
  });
});
