/** Every page of the table once, for the faults that are made most often. `npm run test:pages` looks at everything. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';
import { commonProblems, heavyProblems } from './every-page.ts';
import { fillStage, listedPages, pageLimits, visitListed } from './pages.ts';

let stage: Stage;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  stage = await setStage();
  fillStage(stage);
  // The smallest phone: what spills anywhere spills there.
  context = await stage.openAsMaria({
    locale: 'en',
    viewport: { width: 320, height: 640 },
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
});

afterAll(() => stage?.close());

it('the first page comes with three requests and 30 KB at most: page, style and icon', async () => {
  const first = `${stage.origin}/auth/sign-in.html?interaction=first`;
  const limits = { requests: 3, bytes: 30 * 1024 };
  expect(await heavyProblems(page, () => page.goto(first), limits)).toEqual([]);
});

it.each(listedPages.filter(({ isVariant }) => isVariant !== true))(
  '$name: no violation, no spilled word, 30 KB and one script at most',
  async (listed) => {
    expect(await commonProblems(page, () => visitListed(page, stage, listed), pageLimits)).toEqual([]);
  },
);

it('style and scripts are compressed as the browser takes it; pages, which hold a token, never are', async () => {
  const answer = await fetch(`${stage.origin}/auth/sign-in.html`, {
    headers: { 'accept-encoding': 'br, gzip' },
  });
  expect(answer.headers.get('content-encoding')).toBeNull();
  const [style = ''] = (await answer.text()).match(/\/auth\/assets\/gatehouse\.css[^"]*/) ?? [];
  const encodingFor = async (accepted: string) => {
    const sent = await fetch(stage.origin + style, { headers: { 'accept-encoding': accepted } });
    expect(sent.headers.get('vary')).toBe('accept-encoding');
    return [sent.headers.get('content-encoding'), await sent.text()];
  };
  const [, plain] = await encodingFor('identity');
  expect(plain).toContain('.frame');
  expect(await encodingFor('gzip, deflate, br')).toEqual(['br', plain]);
  expect(await encodingFor('gzip;q=0.5, br;q=0')).toEqual(['gzip', plain]);
  expect(await encodingFor('gzip;q=0')).toEqual([null, plain]);
});
