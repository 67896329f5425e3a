import axe from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstPasswordCode, sessionCookie } from '../auth-api-stand-in.ts';
import { type Stage, setStage } from './browser.ts';

interface Violation {
  id: string;
  nodes: { html: string }[];
}

const typed = { userName: 'maria', contactCenterHint: 'nordic' };
let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  stage.hold({ id: 'first' });
  stage.hold({ id: 'failed', error: 'bad_credentials', ...typed });
  stage.hold({
    id: 'locked',
    error: 'account_locked',
    correlationId: '0b5c7f0e-1111-4222-8333-444455556666',
    ...typed,
  });
  stage.hold({
    id: 'elsewhere',
    error: 'sso_no_account',
    correlationId: '0b5c7f0e-1111-4222-8333-444455556666',
    ...typed,
  });
  stage.hold({ id: 'remembered', error: 'bad_credentials', remember: 'chosen', ...typed });
  stage.hold({ id: 'no-tenant', error: 'tenant_required', userName: 'maria' });
  stage.hold({
    id: 'consent',
    consent: {
      userName: 'nordic\\maria',
      scope: ['openid', 'calls:read'],
      details: [
        {
          text: 'listen to recordings of your calls',
          members: [
            { name: 'actions', value: 'listen, delete' },
            { name: 'identifier', value: 'recording 4711' },
            { name: 'campaign', value: 'Spring' },
          ],
        },
      ],
    },
  });
  stage.hold({
    id: 'device',
    consent: { userName: 'nordic\\maria', scope: ['openid'] },
    device: { userCode: 'WDJB-MJHT', requestedFrom: '203.0.113.9', requestedAt: new Date(0).toISOString() },
  });
  stage.holdLogout({ id: 'sign-out', clientName: 'Agent Workspace', userName: 'nordic\\maria' });
  stage.holdLogout({ id: 'told', step: 'ended', frames: [`${stage.application}/frontchannel-logout`] });
  stage.approvals(
    { id: 'one', bindingMessage: 'Ticket W4SCT', scope: ['openid', 'calls:read'] },
    { id: 'two', client: { id: 'kiosk', name: 'K'.repeat(60) }, bindingMessage: 'x'.repeat(100) },
  );
  stage.hold({ id: 'change', error: 'password_policy', brokenRules: ['min-length', 'number'], ...typed });
});

afterAll(() => stage.close());

const pages = [
  '/',
  '/auth/sign-in.html?interaction=first',
  '/auth/sign-in.html?error&interaction=failed',
  '/auth/sign-in.html?error&interaction=locked',
  '/auth/sign-in.html?error&interaction=elsewhere',
  '/auth/sign-in.html?error&interaction=no-tenant',
  '/auth/change-password.html?error&interaction=change',
  '/auth/change-password.html',
  `/auth/first-password?code=${firstPasswordCode}`,
  `/auth/first-password?error=password_policy&rules=min-length&code=${firstPasswordCode}`,
  '/auth/first-password?result=done',
  '/auth/first-password?code=gone',
  '/auth/consent.html?interaction=consent',
  '/auth/account?ended=1',
  '/auth/approvals',
  '/auth/approvals?result=approved',
  '/auth/approvals?result=code_refused',
  '/auth/sign-in.html?error&interaction=remembered',
  '/auth/consent.html?interaction=device',
  '/auth/device?user_code=WDJB-MJHT',
  '/auth/device?error=unknown',
  '/auth/device?result=approved',
  '/auth/device?result=denied',
  '/auth/signed-in.html',
  '/auth/sign-out.html?logout=sign-out',
  '/auth/signed-out.html?logout=told',
  '/auth/signed-out.html',
  '/auth/nothing-here',
];

async function violationsOn(page: Page): Promise<string[]> {
  // The policy of our pages refuses foreign scripts, so the checker comes in by the debugger.
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await axe.run()).violations;
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe.each([
  ['a phone, light', { viewport: { width: 360, height: 740 }, colorScheme: 'light' }],
  ['a desk, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
] as const)('on %s', (_device, options) => {
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    context = await stage.open(options);
    await context.addCookies([{ name: 'gatehouse-session', value: sessionCookie, url: stage.origin }]);
    page = await context.newPage();
  });

  afterAll(() => context.close());

  it.each(pages)('%s has no violation of axe and does not scroll sideways', async (path) => {
    await page.goto(`${stage.origin}${path}`);
    expect(await violationsOn(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(options.viewport.width);
  });
});

it('fits the smallest phone, in German, with long names', async () => {
  stage.hold({
    id: 'long',
    uiLocales: 'de',
    error: 'account_locked',
    userName: 'x'.repeat(80),
    contactCenterHint: 'y'.repeat(80),
    client: { id: 'z', name: 'Z'.repeat(80) },
  });
  const context = await stage.open({ viewport: { width: 320, height: 568 } });
  const page = await context.newPage();
  await page.goto(`${stage.origin}/auth/sign-in.html?error&interaction=long`);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await context.close();
});

it('shows where the keyboard is', async () => {
  const context = await stage.open();
  const page = await context.newPage();
  await page.goto(`${stage.origin}/auth/sign-in.html?interaction=first`);
  for (let step = 0; step < 3; step += 1) {
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outline);
    expect(outline).toContain('3px');
    await page.keyboard.press('Tab');
  }
  await context.close();
});

it('moves nothing for people who asked for less motion', async () => {
  const context = await stage.open({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${stage.origin}/auth/sign-in.html?interaction=first`);
  expect(
    await page.evaluate(
      () => getComputedStyle(document.querySelector('.button') as Element).transitionDuration,
    ),
  ).toBe('0s');
  await context.close();
});
