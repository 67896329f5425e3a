import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionCookie } from '../auth-api-stand-in.ts';
import { type Stage, setStage } from './browser.ts';

const typed = { userName: 'maria', contactCenterHint: 'nordic' };
let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  stage.hold({ id: 'first' });
  stage.hold({ id: 'failed', error: 'account_locked', correlationId: 'reference', ...typed });
  stage.hold({ id: 'change', error: 'password_policy', brokenRules: ['min-length', 'number'], ...typed });
  stage.hold({ id: 'consent', consent: { userName: 'nordic\\maria', scope: ['openid', 'calls:read'] } });
  stage.approvals({ id: 'one', bindingMessage: 'Ticket W4SCT (2)', scope: ['openid'] });
});

afterAll(() => stage?.close());

const pages = [
  '/',
  '/auth/sign-in.html?interaction=first',
  '/auth/sign-in.html?error&interaction=failed',
  '/auth/change-password.html?error&interaction=change',
  '/auth/consent.html?interaction=consent',
  '/auth/account',
  '/auth/account/sessions?ended=one',
  '/auth/account/applications',
  '/auth/account/applications/take-back?client=workspace',
  '/auth/account/language',
  '/auth/approvals',
  '/auth/device?error=unknown',
  '/auth/signed-out.html',
  '/auth/nothing-here',
];

/** A browser of a person who has chosen a language before. */
async function openIn(language: string, options: Parameters<Stage['open']>[0]) {
  const context = await stage.open(options);
  await context.addCookies([
    { name: 'gatehouse-session', value: sessionCookie, url: stage.origin },
    { name: 'gatehouse-language', value: language, url: stage.origin },
  ]);
  return { context, page: await context.newPage() };
}

describe.each([
  ['ar', 'rtl'],
  ['ja', 'ltr'],
  ['fr', 'ltr'],
])('in %s on the smallest phone', (language, direction) => {
  it('every page fits, reads in its direction, and has no violation of axe', async () => {
    const { context, page } = await openIn(language, { viewport: { width: 320, height: 640 } });
    for (const path of pages) {
      await page.goto(`${stage.origin}${path}`);
      await page.evaluate(() => document.querySelector('details.languages')?.setAttribute('open', ''));
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string }[] }> };
        };
        return {
          language: document.documentElement.lang,
          direction: getComputedStyle(document.body).direction,
          width: document.documentElement.scrollWidth,
          violations: (await axe.run()).violations.map(({ id }) => id),
        };
      });
      expect(found, path).toEqual({ language, direction, width: 320, violations: [] });
    }
    await context.close();
  });
});

it('Arabic has the picture on the right, and each word at its right', async () => {
  const { context, page } = await openIn('ar', { viewport: { width: 1280, height: 800 } });
  await page.goto(`${stage.origin}/auth/sign-in.html?interaction=first`);
  const places = await page.evaluate(() => {
    const right = (selector: string) => document.querySelector(selector)?.getBoundingClientRect().right;
    return {
      scene: right('.scene'),
      heading: right('h1'),
      field: right('.field input'),
      menu: right('summary'),
    };
  });
  expect(places.scene).toBe(1280);
  expect(new Set([places.heading, places.field, places.menu]).size).toBe(1);
  await context.close();
});

it('a language is chosen by the keyboard, without script, and the sign-in goes on in it', async () => {
  stage.hold({ id: 'choice', uiLocales: 'en' });
  const context = await stage.open({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${stage.origin}/auth/sign-in.html?interaction=choice`);
  await page.focus('details.languages summary');
  await page.keyboard.press('Enter');
  await page.focus('details.languages a[lang=de]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('html[lang=de]');
  expect(page.url()).toBe(`${stage.origin}/auth/sign-in.html?interaction=choice`);
  await page.fill('#username', 'maria');
  await page.fill('#tenant', 'nordic');
  await page.click('main .form button');
  await page.waitForSelector('#password');
  await page.click('details.languages summary');
  await page.click('details.languages button[lang=es]');
  await page.waitForSelector('html[lang=es]');
  await page.fill('#password', 'right');
  await page.click('main .form button[type=submit]');
  await page.waitForURL(`${stage.application}/callback?code=the-code`);
  const post = stage.calls.findLast(({ path }) => path === '/auth/v3/sign-in');
  expect(post?.body).toMatchObject({ username: 'maria', tenant: 'nordic', interaction: 'choice' });
  await context.close();
});
