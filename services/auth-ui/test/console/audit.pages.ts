/** What scripts add to the pages of the audit: the time of the reader beside UTC in print, and a button that copies each identifier. */
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAsPerson } from './pages.ts';
import { startTableStage, type TableStage } from './table-stage.ts';

let stage: TableStage;
let browser: Browser;
beforeAll(async () => {
  stage = await startTableStage();
  browser = await sharedChromium();
});
afterAll(async () => {
  await closeContexts(browser);
  await stage?.close();
});

const viewport = { width: 1280, height: 800 };
const path = '/auth/console/audit?kind=configuration';

async function open(options: Parameters<typeof openAsPerson>[2]) {
  const context = await openAsPerson(browser, stage, { locale: 'en', viewport, ...options });
  const page = await context.newPage();
  await page.goto(`${stage.publicUrl}${path}`);
  return { context, page };
}

it('a list has a button for each identifier, which copies it', async () => {
  const { context, page } = await open({});
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const row = page
    .locator('tbody tr')
    .filter({ has: page.locator('.cell-note > code') })
    .first();
  const id = await row.locator('.cell-note > code').first().textContent();
  const button = row.locator('.cell-note > .copy').first();
  await row.hover();
  await button.click();
  // The clipboard answers later than the click.
  await expect.poll(() => button.textContent()).toBe('Copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
  if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/list.png` });
});

it('the page of one request shows the time of the reader and UTC beside it, and without a script UTC alone', async () => {
  const { page } = await open({ timezoneId: 'America/New_York' });
  await page.locator('tbody tr td:nth-child(3) a').first().click();
  const time = page.locator('[data-utc]').first();
  expect(await time.textContent()).toMatch(/ E[SD]T · .* UTC$/);
  if (process.env['LOOK'])
    await page.screenshot({ path: `${process.env['LOOK']}/request.png`, fullPage: true });

  const { page: plain } = await open({ javaScriptEnabled: false, timezoneId: 'America/New_York' });
  await plain.locator('tbody tr td:nth-child(3) a').first().click();
  expect((await plain.locator('[data-utc]').first().textContent())?.match(/UTC/g)).toHaveLength(1);
  expect(await plain.locator('.copy').count()).toBe(0);
});
