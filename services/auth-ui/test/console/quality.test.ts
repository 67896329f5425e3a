/** Every page of the table once, for the faults that are made most often. `npm run test:pages` looks at everything. */
import { sharedChromium } from '@gatehouse/testing/chromium';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commonProblems, heavyProblems } from '../browser/every-page.ts';
import { consoleLimits, listedPages, openAsPerson, visit } from './pages.ts';
import { startTableStage, type TableStage } from './table-stage.ts';

let stage: TableStage;
let context: BrowserContext;
let page: Page;
beforeAll(async () => {
  stage = await startTableStage();
  // The smallest phone: what spills anywhere spills there.
  const phone = { viewport: { width: 320, height: 640 }, locale: 'en', reducedMotion: 'reduce' } as const;
  context = await openAsPerson(await sharedChromium(), stage, phone);
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await stage?.close();
});

it('the first page comes with six requests and 80 KB at most', async () => {
  const open = () => page.goto(`${stage.publicUrl}/auth/console`);
  expect(await heavyProblems(page, open, consoleLimits)).toEqual([]);
});

it.each(listedPages.filter(({ fill, isVariant }) => fill === undefined && isVariant !== true))(
  '$name: no violation, no spilled word, 80 KB and six requests at most',
  async (listed) => {
    expect(await commonProblems(page, () => visit(page, listed, stage), consoleLimits)).toEqual([]);
  },
);
