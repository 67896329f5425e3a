import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  stage.hold({ id: 'first' });
});

afterAll(() => stage?.close());

it('Arabic has the picture on the right, and each word at its right', async () => {
  const context = await stage.open({ viewport: { width: 1280, height: 800 } });
  // As a choice before has left it.
  await context.addCookies([{ name: 'gatehouse-language', value: 'ar', url: stage.origin }]);
  const page = await context.newPage();
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
