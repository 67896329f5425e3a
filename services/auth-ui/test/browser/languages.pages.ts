/** Every page of the table on the smallest phone, in each language that no other table shows. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';
import { accessibilityProblems, spillProblems } from './page-quality.ts';
import { fillStage, listedPages, visitListed } from './pages.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  fillStage(stage);
});

afterAll(() => stage?.close());

describe.each(['ja', 'fr', 'es', 'it', 'pt-BR', 'ko', 'zh-CN'])('in %s', (language) => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await stage.openAsMaria({ viewport: { width: 320, height: 640 } });
    // As a choice before has left it.
    await context.addCookies([{ name: 'gatehouse-language', value: language, url: stage.origin }]);
    page = await context.newPage();
  });
  afterAll(() => context?.close());

  it.each(listedPages)('$name fits the smallest phone with its menu open', async (listed) => {
    await visitListed(page, stage, listed);
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
    await page.evaluate(() => document.querySelector('details.languages')?.setAttribute('open', ''));
    expect([...(await spillProblems(page)), ...(await accessibilityProblems(page))]).toEqual([]);
  });
});
