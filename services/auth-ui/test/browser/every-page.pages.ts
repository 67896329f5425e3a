/** Every page of the table, for every kind of reader, as it is and with the branding of a contact centre. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branding } from './branding.ts';
import { type Stage, setStage } from './browser.ts';
import { allProblems, heavyProblems, scriptlessProblems } from './every-page.ts';
import { fillStage, listedPages, pageLimits } from './pages.ts';
import { type Look, takePictures } from './pictures.ts';

/** German has the longest words, Arabic runs from right to left. */
describe.each([
  { name: 'in English', language: 'en', looks: ['light', 'dark', 'phone'] },
  { name: 'in German', language: 'de', looks: [] },
  { name: 'in Arabic', language: 'ar', looks: ['right-to-left'] },
  { name: 'branded', language: 'en', looks: ['light', 'dark', 'phone'], branding },
  { name: 'branded, in Arabic', language: 'ar', looks: ['right-to-left'], branding },
] as { name: string; language: string; looks: Look[]; branding?: typeof branding }[])('$name', (reader) => {
  const { language, looks } = reader;
  let stage: Stage;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    stage = await setStage();
    fillStage(stage, reader.branding);
    context = await stage.openAsMaria({
      locale: language,
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
    });
    page = await context.newPage();
  });

  afterAll(() => stage?.close());

  it.each(listedPages)('$name is readable at every size, by every means', async ({ name, path }) => {
    const picture = reader.branding === undefined ? name : `branded-${name}`;
    const problems = await allProblems(
      page,
      () => page.goto(`${stage.origin}${path}`),
      language,
      () => takePictures(page, picture, looks),
    );
    expect(problems).toEqual([]);
  });
});

describe('on the line', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
    fillStage(stage);
  });
  afterAll(() => stage?.close());

  it('every page shows the same, and every button belongs to a form', async () => {
    const context = await stage.openAsMaria({ javaScriptEnabled: false });
    const page = await context.newPage();
    const lost: [string, string[]][] = [];
    for (const { name, path } of listedPages)
      lost.push([name, await scriptlessProblems(page, () => page.goto(`${stage.origin}${path}`))]);
    expect(lost.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });

  it('every page keeps to 30 KB, with one script at most', async () => {
    const context = await stage.openAsMaria();
    const page = await context.newPage();
    const heavy: [string, string[]][] = [];
    for (const { name, path } of listedPages)
      heavy.push([name, await heavyProblems(page, () => page.goto(`${stage.origin}${path}`), pageLimits)]);
    expect(heavy.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });
});
