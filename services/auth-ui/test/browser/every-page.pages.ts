/** Every page of the table, for every kind of reader, as it is and with the branding of a contact centre. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { branding } from './branding.ts';
import { type Stage, setStage } from './browser.ts';
import { allProblems, heavyProblems, scriptlessProblems } from './every-page.ts';
import { fillStage, listedPages, pageLimits, visitListed } from './pages.ts';
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

  it.each(listedPages)('$name is readable at every size, by every means', async (listed) => {
    const picture = reader.branding === undefined ? listed.name : `branded-${listed.name}`;
    const problems = await allProblems(
      page,
      () => visitListed(page, stage, listed),
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
    for (const listed of listedPages)
      lost.push([listed.name, await scriptlessProblems(page, () => visitListed(page, stage, listed))]);
    expect(lost.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });

  it('every page keeps to 30 KB, with one script at most', async () => {
    const context = await stage.openAsMaria();
    const page = await context.newPage();
    const heavy: [string, string[]][] = [];
    for (const listed of listedPages) {
      const problems = await heavyProblems(page, () => visitListed(page, stage, listed), pageLimits);
      heavy.push([listed.name, problems]);
    }
    expect(heavy.filter(([, problems]) => problems.length > 0)).toEqual([]);
  });
});
