/** What a page costs on the line, and that it needs no script. */
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCookie } from '../auth-api-stand-in.ts';
import { type Stage, setStage } from './browser.ts';
import { weigh } from './page-quality.ts';
import { fillStage, listedPages } from './pages.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  fillStage(stage);
});

afterAll(() => stage.close());

async function openAsMaria(options = {}): Promise<BrowserContext> {
  const context = await stage.open(options);
  await context.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: stage.origin }]);
  return context;
}

it('the first page comes with three requests and 30 KB at most: page, style and icon', async () => {
  const context = await openAsMaria();
  const page = await context.newPage();
  const weight = await weigh(page, `${stage.origin}/auth/sign-in.html?interaction=first`);
  expect(weight.requests).toBeLessThanOrEqual(3);
  expect(weight.bytes).toBeLessThanOrEqual(30 * 1024);
  await context.close();
});

describe('every other page', () => {
  let context: BrowserContext;
  beforeAll(async () => {
    context = await openAsMaria();
  });
  afterAll(() => context.close());

  it.each(listedPages)('$name keeps to the same 30 KB, with one script at most', async ({ path }) => {
    const page = await context.newPage();
    const { requests, bytes } = await weigh(page, `${stage.origin}${path}`);
    expect(requests).toBeLessThanOrEqual(4);
    expect(bytes).toBeLessThanOrEqual(30 * 1024);
    await page.close();
  });
});

it('style and scripts are compressed as the browser takes it; pages, which hold a token, never are', async () => {
  const page = await fetch(`${stage.origin}/auth/sign-in.html`, {
    headers: { 'accept-encoding': 'br, gzip' },
  });
  expect(page.headers.get('content-encoding')).toBeNull();
  const [style = ''] = (await page.text()).match(/\/auth\/assets\/gatehouse\.css[^"]*/) ?? [];
  const encodingFor = async (accepted: string) => {
    const answer = await fetch(stage.origin + style, { headers: { 'accept-encoding': accepted } });
    expect(answer.headers.get('vary')).toBe('accept-encoding');
    return [answer.headers.get('content-encoding'), await answer.text()];
  };
  const [, plain] = await encodingFor('identity');
  expect(plain).toContain('.frame');
  expect(await encodingFor('gzip, deflate, br')).toEqual(['br', plain]);
  expect(await encodingFor('gzip;q=0.5, br;q=0')).toEqual(['gzip', plain]);
  expect(await encodingFor('gzip;q=0')).toEqual([null, plain]);
});

describe('without JavaScript', () => {
  it('every page shows the same, and every button belongs to a form', async () => {
    const context = await openAsMaria({ javaScriptEnabled: false });
    const page = await context.newPage();
    const lost: string[] = [];
    for (const { name, path } of listedPages) {
      await page.goto(`${stage.origin}${path}`);
      if ((await page.locator('h1').count()) !== 1) lost.push(`${name}: no heading`);
      const outside = page.locator('button:not(form button)');
      if ((await outside.count()) > 0) lost.push(`${name}: ${await outside.first().textContent()}`);
    }
    expect(lost).toEqual([]);
    await context.close();
  });
});
