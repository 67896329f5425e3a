/** The link of the operator in a real browser: from the printed line to the console. */

import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../../../packages/cli/src/run-command.ts';
import { ops } from '../../../auth-api/test/stack/auth-api.ts';
import { makeLink } from '../../../auth-api/test/stack/console-link.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let browser: Browser;
beforeAll(async () => {
  stage = await startStage();
  browser = await sharedChromium();
});
afterAll(async () => {
  await closeContexts(browser);
  await stage?.close();
});

async function newPage(options: Parameters<Browser['newContext']>[0] = {}) {
  const page = await (await browser.newContext({ locale: 'en', ...options })).newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', async (request) => {
    requested.push(`${request.url()} ${JSON.stringify(await request.allHeaders().catch(() => ({})))}`);
  });
  return { page, complaints, requested };
}

const goOn = (page: Page) => page.getByRole('button', { name: 'Sign in as the operator' }).click();
const heading = (page: Page) => page.locator('h1').textContent();

describe('a link in a browser', () => {
  // attack: read the code of a link in the address bar, the history, a request line or a Referer | CWE-598 | guard: services/auth-ui/design/open-console.js
  it('leads from the printed line to the console, and its code stays nowhere', async () => {
    const env = {
      GATEHOUSE_URL: stage.publicUrl,
      GATEHOUSE_USERNAME: ops.username,
      GATEHOUSE_PASSWORD: ops.password,
    };
    const { out } = await runCommand(['console', 'open'], { env });
    const code = new URL(out.trim()).hash.slice(1);
    const { page, complaints, requested } = await newPage();
    await page.goto(out.trim());
    expect(page.url()).toBe(`${stage.publicUrl}/auth/console/open`);
    expect(await page.locator('#code').isVisible()).toBe(false);
    // One Enter goes on.
    await page.keyboard.press('Enter');
    await page.waitForURL(`${stage.publicUrl}/auth/console`);
    expect(await page.locator('.message').textContent()).toContain(`the operator ${ops.username}`);
    expect(await page.locator('.who-right').textContent()).toMatch(/^Operator, ends at/);
    expect(complaints).toEqual([]);
    expect(requested.length).toBeGreaterThan(3);
    expect(requested.join('\n')).not.toContain(code);

    // Back and forth: neither the address nor the field has the code again.
    await page.goBack();
    expect(page.url()).not.toContain(code);
    expect(await page.locator('#code').inputValue()).not.toBe(code);
    await page.goForward();
    expect(await heading(page)).toBe('Home');
  });

  it('that is opened a second time says how to get a new one, and the next one works in the same tab', async () => {
    const { url } = await makeLink(stage.authApi);
    const first = await newPage();
    await first.page.goto(url);
    await goOn(first.page);
    await first.page.waitForURL(`${stage.publicUrl}/auth/console`);

    const { page, complaints } = await newPage();
    await page.goto(url);
    await goOn(page);
    await page.waitForSelector('[role=alert]');
    expect(await page.locator('[role=alert]').textContent()).toContain('gatehouse console open');
    expect(await page.title()).toContain('Error:');
    // Only the fragment of the address changes.
    const next = await makeLink(stage.authApi);
    await page.evaluate((address) => location.assign(address), next.url);
    await page.waitForFunction(() => location.hash === '');
    await goOn(page);
    await page.waitForURL(`${stage.publicUrl}/auth/console`);
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
  });

  it('works without JavaScript: the code is pasted', async () => {
    const { url } = await makeLink(stage.authApi);
    const { page } = await newPage({ javaScriptEnabled: false });
    await page.goto(url);
    await page.getByLabel('Code of the link').fill(url);
    await goOn(page);
    await page.waitForURL(`${stage.publicUrl}/auth/console`);
    expect(await heading(page)).toBe('Home');
  });

  it('fits on a narrow phone', async () => {
    const { url } = await makeLink(stage.authApi);
    const { page } = await newPage({ viewport: { width: 320, height: 640 } });
    await page.goto(url);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
