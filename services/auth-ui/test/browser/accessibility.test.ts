/** Every page of the table, for every kind of reader. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCookie } from '../auth-api-stand-in.ts';
import { type Stage, setStage } from './browser.ts';
import {
  accessibilityProblems,
  contrastProblems,
  keyboardProblems,
  layoutProblems,
  listenForComplaints,
  motionProblems,
  policyProblems,
} from './page-quality.ts';
import { fillStage, listedPages } from './pages.ts';
import { takePictures } from './pictures.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  fillStage(stage);
});

afterAll(() => stage.close());

/** German has the longest words, Arabic runs from right to left. */
describe.each(['en', 'de', 'ar'])('in %s', (locale) => {
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    context = await stage.open({ locale, viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
    await context.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: stage.origin }]);
    page = await context.newPage();
  });

  afterAll(() => context.close());

  it.each(listedPages)('$name is readable at every size, by every means', async ({ name, path }) => {
    const complaints = listenForComplaints(page);
    const response = await page.goto(`${stage.origin}${path}`);
    const hasScript = (await page.locator('script').count()) > 0;
    const problems = [
      ...(await accessibilityProblems(page)),
      ...policyProblems(response?.headers()['content-security-policy'], hasScript),
      ...(await layoutProblems(page)),
      ...(locale === 'de' ? [] : await keyboardProblems(page)),
      ...(locale === 'en' ? [...(await contrastProblems(page)), ...(await motionProblems(page))] : []),
    ];
    if (locale === 'en') await takePictures(page, name, ['light', 'dark', 'phone']);
    if (locale === 'ar') await takePictures(page, name, ['right-to-left']);
    expect(problems).toEqual([]);
    const status = response?.status() ?? 0;
    expect(complaints.filter((text) => status < 400 || !text.includes(`status of ${status}`))).toEqual([]);
    page.removeAllListeners();
  });
});
