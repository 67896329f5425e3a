/** Every page of the table, for every kind of reader, with the real APIs behind it. */
import { findChromium, launchChromium } from '@gatehouse/testing/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../../services/auth-api/test/stack/oauth.ts';
import {
  accessibilityProblems,
  contrastProblems,
  keyboardProblems,
  layoutProblems,
  listenForComplaints,
  motionProblems,
  policyProblems,
  weigh,
} from '../../../services/auth-ui/test/browser/page-quality.ts';
import { takePictures } from '../../../services/auth-ui/test/browser/pictures.ts';
import { listedPages } from './pages.ts';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let browser: Browser;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  browser = await launchChromium(findChromium() ?? 'chromium');
  person = await stage.installationAdministrator();
  for (const location of ['/EUC1', '/USW1', '/USW1/DC2'])
    await stage.environmentApi.call('POST', '/locations', { payload: { data: { location } } });
  const desktop = { client_id: 'agent-desktop', name: 'Agent desktop', description: 'Ask the desktop team' };
  await createClient(stage.authApi, desktop);
  await createClient(stage.authApi, {
    client_id: 'gateway',
    name: 'Gateway',
    authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'],
    tokenExchange: { subjectClients: [desktop.client_id], audiences: ['calls-api'], delegation: true },
  });
});
afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

async function openAsPerson(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const cookies = [...person.cookies].map(([name, value]) => ({ name, value, url: stage.publicUrl }));
  await context.addCookies(cookies);
  return context;
}

const addressOf = ({ path }: (typeof listedPages)[number]) =>
  stage.publicUrl + (typeof path === 'string' ? path : path(stage));

describe.each(['en', 'ar'])('in %s', (locale) => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await openAsPerson({ locale, colorScheme: 'light' });
    page = await context.newPage();
  });
  afterAll(() => context?.close());

  it.each(listedPages)('$name is readable at every size, by every means', async (listed) => {
    const complaints = listenForComplaints(page);
    const response = await page.goto(addressOf(listed));
    const status = response?.status() ?? 0;
    expect(status).toBe(listed.name.endsWith('not-found') ? 404 : 200);
    const hasScript = (await page.locator('script').count()) > 0;
    const problems = [
      ...(await accessibilityProblems(page)),
      ...policyProblems(response?.headers()['content-security-policy'], hasScript),
      ...(await layoutProblems(page)),
      ...(await keyboardProblems(page)),
      ...(locale === 'en' ? [...(await contrastProblems(page)), ...(await motionProblems(page))] : []),
    ];
    await takePictures(page, listed.name, locale === 'en' ? ['light', 'dark', 'phone'] : ['right-to-left']);
    expect(problems).toEqual([]);
    expect(complaints.filter((text) => status < 400 || !text.includes(`status of ${status}`))).toEqual([]);
    page.removeAllListeners();
  });
});

describe('on the line and without a script', () => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await openAsPerson({ javaScriptEnabled: false });
  });
  afterAll(() => context?.close());

  it.each(listedPages)('$name keeps to 80 KB and five requests, and needs no script', async (listed) => {
    const page = await context.newPage();
    const { requests, bytes } = await weigh(page, addressOf(listed));
    expect(requests).toBeLessThanOrEqual(5);
    expect(bytes).toBeLessThanOrEqual(80 * 1024);
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.locator('button:not(form button)').count()).toBe(0);
    await page.close();
  });
});
