import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { sessionCookie } from '../auth-api-stand-in.ts';
import { type Stage, setStage } from './browser.ts';

let stage: Stage;
let context: BrowserContext;
let page: Page;

const open = async (options: Parameters<Stage['open']>[0] = {}) => {
  const opened = await stage.open(options);
  await opened.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: stage.origin }]);
  return opened;
};

beforeAll(async () => {
  stage = await setStage();
});
beforeEach(async () => {
  await context?.close();
  context = await open();
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await stage.close();
});

it('a person approves one request and denies another', async () => {
  stage.approvals(
    { id: 'one', bindingMessage: 'Ticket W4SCT' },
    { id: 'two', client: { id: 'kiosk', name: 'Kiosk' } },
  );
  await page.goto(`${stage.origin}/auth/approvals`);
  await page.getByRole('button', { name: 'Approve: Call Desk' }).click();
  await page.getByText('You have approved the request').waitFor();
  await page.getByRole('button', { name: 'Deny: Kiosk' }).click();
  await page.getByText('You have denied the request').waitFor();
  await page.getByText('Nothing waits for you.').waitFor();

  const answers = stage.calls.filter(({ path }) => path === '/auth/v3/approvals/answer');
  expect(answers.map(({ body }) => body)).toEqual([
    { approval: 'one', csrf: 'csrf-of-maria', answer: 'approved' },
    { approval: 'two', csrf: 'csrf-of-maria', answer: 'denied' },
  ]);
  expect(answers[0]?.headers['origin']).toBe(stage.origin);
});

it('a new request appears at the end and is announced; nothing moves, and the focus stays', async () => {
  stage.approvals({ id: 'one' });
  await page.clock.install();
  await page.goto(`${stage.origin}/auth/approvals`);
  const approve = page.getByRole('button', { name: 'Approve: Call Desk' });
  await approve.focus();
  const before = await approve.boundingBox();
  expect(await page.getByRole('status').textContent()).toBe('');

  stage.approvals({ id: 'two', client: { id: 'kiosk', name: 'Kiosk' } });
  await page.clock.runFor(5_100);
  await page.getByRole('button', { name: 'Approve: Kiosk' }).waitFor();

  expect(await page.getByRole('status').textContent()).toBe('A new request waits at the end of the list.');
  await page.getByText('This request no longer waits for you.').waitFor();
  expect(await approve.evaluate((button) => button === document.activeElement)).toBe(true);
  expect(await approve.boundingBox()).toEqual(before);
  await page.getByRole('button', { name: 'Deny: Kiosk' }).click();
  await page.getByText('You have denied the request').waitFor();
});

it('a page that is open when the session ends leads to the sign-in, and comes back', async () => {
  stage.approvals({ id: 'one' });
  await page.clock.install();
  await page.goto(`${stage.origin}/auth/approvals`);
  await context.clearCookies({ name: 'gatehouse-session' });
  await page.clock.runFor(5_100);
  await page.waitForURL(/sign-in\.html/);
  await context.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: stage.origin }]);
  await page.goto(`${stage.origin}/auth/signed-in.html`);

  expect(page.url()).toBe(`${stage.origin}/auth/approvals`);
});

it('a person chooses a code', async () => {
  stage.approvals();
  await page.goto(`${stage.origin}/auth/approvals`);
  await page.getByLabel('Code').fill('Löwe 1234');
  await page.getByRole('button', { name: 'Keep this code' }).click();
  await page.getByText('Your code is kept').waitFor();

  expect(stage.calls.findLast(({ body }) => body !== undefined)?.body).toEqual({
    userCode: 'Löwe 1234',
    csrf: 'csrf-of-maria',
  });
  await page.getByRole('button', { name: 'Remove the code' }).waitFor();
});
