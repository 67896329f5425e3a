/** Looks at the packed site in a real browser, as an installation without internet would serve it. */
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import fastify, { type FastifyInstance } from 'fastify';
import { unzipSync } from 'fflate';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems } from '../../../services/auth-ui/test/browser/page-quality.ts';
import { brokenLinks } from '../links.ts';
import { archive, base, root, version } from '../pages.ts';
import { serveSite } from '../serve.ts';

const desk = { width: 1280, height: 800 };
const phone = { width: 375, height: 720 };
const looked = [
  '',
  'start/first-login.html',
  'guides/deployment.html',
  'guides/grants/authorization-code.html',
  'reference/configuration.html',
  'explain/architecture.html',
  'contributing/decisions/',
  'api/environment-api.html',
];

let folder: string;
let site: Awaited<ReturnType<typeof serveSite>>;
let browser: Browser;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-docs-'));
  for (const [path, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  site = await serveSite({ folder: join(folder, version), port: 0 });
  browser = await sharedChromium();
});
afterEach(() => closeContexts(browser));
afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page of which nothing may complain, and which may ask nobody else. */
async function open(path: string, options: BrowserContextOptions = {}, url = site.url) {
  const context = await browser.newContext({ viewport: desk, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(url).origin)) problems.push(`asks ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  await page.goto(url + path, { waitUntil: 'networkidle' });
  if (path.startsWith('api/')) await page.locator('.opblock-tag').first().waitFor();
  return { page, problems };
}

describe.each(looked)('the page /%s', (path) => {
  it.each([
    ['on a desk', { viewport: desk, colorScheme: 'light' }],
    ['in the dark', { viewport: desk, colorScheme: 'dark' }],
    ['on a phone', { viewport: phone, colorScheme: 'light' }],
  ] as const)('has no fault %s, and asks no other host', async (_where, options) => {
    const { page, problems } = await open(path, options);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(problems).toEqual([]);
  });
});

it('the version is in the header and in the path', async () => {
  const { page } = await open('guides/deployment.html');
  expect(new URL(page.url()).pathname).toBe(`/${version}/guides/deployment.html`);
  expect(await page.getByRole('banner').getByText(`Gatehouse ${version}`).isVisible()).toBe(true);
});

it('the search finds a page by keyboard alone', async () => {
  const { page, problems } = await open('');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('reset second factors');
  await page.getByRole('option').first().waitFor();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForURL(/reset-second-factors\.html/);
  await page.getByRole('heading', { level: 1, name: 'Reset the second factors of a person' }).waitFor();
  expect(problems).toEqual([]);
});

it('the keyboard reaches the text, the menu and the dark colours, which stay', async () => {
  const { page } = await open('guides/deployment.html');
  await page.keyboard.press('Tab');
  expect(await focusedText(page)).toBe('Skip to content');
  const toggle = page.getByRole('switch').first();
  await toggle.focus();
  await page.keyboard.press('Space');
  expect(await page.locator('html').getAttribute('class')).toBe('dark');
  await page.reload();
  expect(await page.locator('html').getAttribute('class')).toBe('dark');
});

const focusedText = (page: Page) => page.evaluate('document.activeElement.textContent.trim()');

it('every code block can be copied', async () => {
  const without = globSync('**/*.html', { cwd: folder }).filter((path) => {
    const html = readFileSync(join(folder, path), 'utf8');
    return html.split('<pre class="shiki').length !== html.split('class="copy"').length;
  });
  expect(without).toEqual([]);
  const { page } = await open('guides/grants/authorization-code.html', {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const block = page.locator('div.language-sh').first();
  await block.getByRole('button', { name: 'Copy' }).click();
  await block.locator('button.copied').waitFor();
  const copied = await page.evaluate('navigator.clipboard.readText()');
  expect(copied).toBe((await block.locator('code').textContent())?.trimEnd());
});

describe('the pages of the APIs', () => {
  let stack: FastifyInstance;
  let beside: Awaited<ReturnType<typeof serveSite>>;
  const calls: string[] = [];

  beforeAll(async () => {
    stack = fastify();
    stack.all('/*', ({ method, url }) => {
      calls.push(`${method} ${url}`);
      return { answered: true };
    });
    const origin = await stack.listen({ host: '127.0.0.1', port: 0 });
    beside = await serveSite({ folder: join(folder, version), port: 0, stack: origin });
  });
  afterAll(async () => {
    await beside?.close();
    await stack?.close();
  });

  it.each(['auth-api', 'environment-api'])(
    'show the calls of %s, and make none without a stack',
    async (api) => {
      const { paths } = JSON.parse(readFileSync(join(root, `services/${api}/openapi.json`), 'utf8')) as {
        paths: Record<string, Record<string, { tags?: string[] }>>;
      };
      const tags = Object.values(paths).flatMap((path) =>
        Object.values(path).flatMap((operation) => operation.tags?.slice(0, 1) ?? []),
      );
      const { page } = await open(`api/${api}.html`);
      const shown = page.locator('.opblock-tag');
      expect(await shown.evaluateAll((all) => all.map((one) => one.getAttribute('data-tag')))).toEqual([
        ...new Set(tags),
      ]);
      await page.locator('.opblock-tag[data-tag=discovery]').click();
      await expect
        .poll(() => page.locator('.opblock').count())
        .toBe(tags.filter((tag) => tag === 'discovery').length);
      await page.locator('.opblock-summary-control').first().click();
      await page.locator('.opblock.is-open .responses-table').waitFor();
      expect(await page.getByRole('button', { name: /Try it out|Execute/ }).count()).toBe(0);
    },
  );

  it('make calls to a stack that they are served beside', async () => {
    const { page, problems } = await open('api/auth-api.html', {}, beside.url);
    await page.locator('.opblock-tag[data-tag=discovery]').click();
    const call = page.locator('.opblock', { hasText: '/auth/v3/oauth/jwks' });
    await call.locator('.opblock-summary-control').click();
    await call.getByRole('button', { name: 'Execute' }).click();
    await call.getByText('"answered": true').first().waitFor();
    expect(calls).toEqual(['GET /auth/v3/oauth/jwks']);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(problems).toEqual([]);
  });
});

it('the licences of what others wrote are in it', () => {
  const text = readFileSync(join(folder, version, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
  for (const name of ['vitepress', 'vue', 'minisearch', 'focus-trap', 'swagger-ui-dist'])
    expect(text).toMatch(new RegExp(`^${name} \\d.*\nLicence: (?:MIT|Apache-2.0)\n\n.*[a-z]`, 'm'));
});

it('llms.txt leads programs to pages in Markdown that there are', () => {
  const text = readFileSync(join(folder, version, 'llms.txt'), 'utf8');
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  expect(text).toMatch(/^# Gatehouse .*\n\n> /);
  expect(links.length).toBeGreaterThan(60);
  expect(links.filter((link) => !existsSync(join(folder, version, link)))).toEqual([]);
});

it('a link to a missing page, file, anchor or place outside of the version is found', () => {
  const planted = join(folder, 'planted');
  mkdirSync(planted);
  writeFileSync(
    join(planted, 'index.html'),
    `<h1 id="here">x</h1><img src="missing.webp"><a href="#here">x</a><a href="${base}missing.html">x</a>
<a href="#there">x</a><a href="/elsewhere">x</a><a href="https://example.com/">x</a><a href="./">x</a>`,
  );
  expect(brokenLinks(planted, base)).toEqual(
    ['missing.webp', `${base}missing.html`, '#there', '/elsewhere'].map((link) => `index.html: ${link}`),
  );
});
