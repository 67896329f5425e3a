/** Every page of the table, for every kind of reader, with the real APIs behind it. */
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allProblems, heavyProblems, scriptlessProblems } from '../browser/every-page.ts';
import { type Look, takePictures } from '../browser/pictures.ts';
import { consoleLimits, listedPages, openAsPerson, visit } from './pages.ts';
import { startTableStage, type TableStage } from './table-stage.ts';
import { untranslated } from './untranslated.ts';

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

/** Signed in just now: dangerous rights ask for a sign-in of the last 15 minutes, and all languages together take longer on a busy machine. */
const openFreshly = async (options?: Parameters<typeof openAsPerson>[2]) =>
  openAsPerson(browser, { ...stage, person: await stage.installationAdministrator() }, options);

const pictures: Record<string, Look[]> = { en: ['light', 'dark', 'phone'], ar: ['right-to-left'] };

/** German has the longest words, Arabic runs from right to left. */
describe.each(['en', 'de', 'ar'])('in %s', (locale) => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await openFreshly({ locale, colorScheme: 'light' });
    page = await context.newPage();
  });
  afterAll(() => context?.close());

  it.each(listedPages)('$name is readable at every size, by every means', async (listed) => {
    let status: number | undefined;
    const open = async () => {
      const response = await visit(page, listed, stage);
      status = response?.status();
      return response;
    };
    const looks = pictures[locale] ?? [];
    const problems = await allProblems(page, open, locale, () => takePictures(page, listed.name, looks));
    expect(problems).toEqual([]);
    expect(status).toBe(listed.status ?? 200);
  });
});

describe('without a script', () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await openFreshly({ javaScriptEnabled: false, locale: 'de' });
    page = await context.newPage();
  });
  afterAll(() => context?.close());

  it.each(listedPages)('$name shows the same, and every button belongs to a form', async (listed) => {
    expect(await scriptlessProblems(page, () => visit(page, listed, stage))).toEqual([]);
    // While the page is there: no reader of German finds English.
    expect(await untranslated(page, 'de')).toEqual([]);
  });
});

describe('with an empty cache', () => {
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    context = await openFreshly();
    page = await context.newPage();
  });
  afterAll(() => context?.close());

  it.each(listedPages.filter(({ fill }) => fill === undefined))(
    '$name keeps to its weight',
    async (listed) => {
      expect(await heavyProblems(page, () => visit(page, listed, stage), consoleLimits)).toEqual([]);
    },
  );
});
