/** Every page of Auth UI that the stand-in can show: the checks and the pictures are made of each. One line adds a page. */
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import type { Page, Response } from 'playwright-core';
import { firstPasswordCode } from '../auth-api-stand-in.ts';
import { steps } from '../second-step/steps.ts';
import { clientLogo } from './branding.ts';
import type { Stage } from './browser.ts';

export interface ListedPage {
  /** Of its pictures. */
  name: string;
  path: string;
  /** The sign-in that waits for its second factor: a name in `steps`. */
  step?: keyof typeof steps;
  /** Has the parts of another page of the table: only `npm run test:pages` looks at it. */
  isVariant?: boolean;
}

/** Page, style, icon and a script; the first page comes without one. */
export const pageLimits = { requests: 4, bytes: 30 * 1024 };

export const listedPages: ListedPage[] = [
  { name: 'front', path: '/' },
  { name: 'sign-in-name', path: '/auth/sign-in.html?interaction=first' },
  { name: 'sign-in-passkey', path: '/auth/sign-in.html?interaction=passkeys' },
  { name: 'sign-in-passkey-unknown', path: '/auth/sign-in.html?error&interaction=gone', isVariant: true },
  { name: 'sign-in-failed', path: '/auth/sign-in.html?error&interaction=failed' },
  { name: 'sign-in-locked', path: '/auth/sign-in.html?error&interaction=locked', isVariant: true },
  { name: 'sign-in-throttled', path: '/auth/sign-in.html?error&interaction=throttled', isVariant: true },
  { name: 'sign-in-elsewhere', path: '/auth/sign-in.html?error&interaction=elsewhere', isVariant: true },
  { name: 'sign-in-no-tenant', path: '/auth/sign-in.html?error&interaction=no-tenant', isVariant: true },
  { name: 'sign-in-remembered', path: '/auth/sign-in.html?error&interaction=remembered', isVariant: true },
  { name: 'sign-in-long-names', path: '/auth/sign-in.html?error&interaction=long' },
  { name: 'sign-in-expired', path: '/auth/sign-in.html?interaction=expired' },
  { name: 'change-password-refused', path: '/auth/change-password.html?error&interaction=change' },
  { name: 'change-password', path: '/auth/change-password.html', isVariant: true },
  {
    name: 'change-password-unnamed',
    path: '/auth/change-password.html?error&interaction=unnamed-rule',
    isVariant: true,
  },
  {
    name: 'change-password-too-soon',
    path: '/auth/change-password.html?error&interaction=too-soon',
    isVariant: true,
  },
  {
    name: 'change-password-factor',
    path: '/auth/change-password.html?error&interaction=factor-first',
    isVariant: true,
  },
  stepPage('verify'),
  stepPage('verifyByApp', { isVariant: true }),
  stepPage('wrongCode'),
  stepPage('passkeyRefused', { isVariant: true }),
  stepPage('recovery', { way: 'recoveryCode' }),
  stepPage('grace'),
  stepPage('invited', { isVariant: true }),
  stepPage('setUp'),
  stepPage('codes'),
  stepPage('passkeySynced', { isVariant: true }),
  stepPage('blocked'),
  stepPage('blockedWithoutPasskeys', { isVariant: true }),
  stepPage('blockedWrong', { isVariant: true }),
  { name: 'second-step-over', path: '/auth/second-step.html?interaction=first', isVariant: true },
  { name: 'first-password', path: `/auth/first-password?code=${firstPasswordCode}` },
  {
    name: 'first-password-refused',
    path: `/auth/first-password?error=password_policy&rules=min-length&code=${firstPasswordCode}`,
  },
  { name: 'first-password-done', path: '/auth/first-password?result=done' },
  { name: 'first-password-over', path: '/auth/first-password?code=gone', isVariant: true },
  { name: 'consent', path: '/auth/consent.html?interaction=consent' },
  { name: 'consent-document', path: '/auth/consent.html?interaction=document' },
  { name: 'consent-device', path: '/auth/consent.html?interaction=device' },
  { name: 'account', path: '/auth/account' },
  { name: 'account-security', path: '/auth/account/security?result=added' },
  { name: 'account-signed-in-again', path: '/auth/account/sign-in-again/done' },
  { name: 'account-rename', path: '/auth/account/security/rename?kind=passkeys&id=a2V5' },
  { name: 'account-sessions', path: '/auth/account/sessions?ended=one' },
  { name: 'account-applications', path: '/auth/account/applications' },
  { name: 'account-taken-back', path: '/auth/account/applications?taken=1', isVariant: true },
  { name: 'account-take-back', path: '/auth/account/applications/take-back?client=workspace' },
  { name: 'account-language', path: '/auth/account/language' },
  { name: 'approvals', path: '/auth/approvals' },
  { name: 'approvals-approved', path: '/auth/approvals?result=approved', isVariant: true },
  { name: 'approvals-confirm', path: '/auth/approvals?result=confirm', isVariant: true },
  { name: 'approvals-code-refused', path: '/auth/approvals?result=code_refused', isVariant: true },
  { name: 'device', path: '/auth/device?user_code=WDJB-MJHT' },
  { name: 'device-unknown', path: '/auth/device?error=unknown', isVariant: true },
  { name: 'device-approved', path: '/auth/device?result=approved' },
  { name: 'device-denied', path: '/auth/device?result=denied', isVariant: true },
  { name: 'signed-in', path: '/auth/signed-in.html' },
  { name: 'sign-out', path: '/auth/sign-out.html?logout=sign-out' },
  { name: 'signed-out-told', path: '/auth/signed-out.html?logout=told' },
  { name: 'signed-out', path: '/auth/signed-out.html', isVariant: true },
  { name: 'not-found', path: '/auth/nothing-here' },
];

function stepPage(
  step: keyof typeof steps,
  { way, ...more }: { way?: string; isVariant?: boolean } = {},
): ListedPage {
  const query = new URLSearchParams({ interaction: 'first', ...(way !== undefined && { way }) });
  const name = `second-step-${step.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return { name, path: `/auth/second-step.html?${query}`, step, ...more };
}

/** Opens a page of the table as its browser would have come there. */
export async function visitListed(
  page: Page,
  { origin }: Stage,
  { path, step }: Pick<ListedPage, 'path' | 'step'>,
): Promise<Response | null> {
  await page.context().addCookies([{ name: 'gatehouse-second-step', value: step ?? 'none', url: origin }]);
  return page.goto(`${origin}${path}`);
}

/** What the pages are about. With a branding, clients have a logo as well. */
export function fillStage(stage: Stage, branding?: BrandingView): void {
  const look = branding && {
    branding,
    client: { id: 'workspace', name: 'Agent Workspace', logo: clientLogo },
  };
  const hold: Stage['hold'] = (view) => stage.hold({ ...look, ...view });
  stage.brand(branding);
  const typed = { userName: 'maria', contactCenterHint: 'nordic' };
  const correlationId = '0b5c7f0e-1111-4222-8333-444455556666';
  hold({ id: 'first' });
  for (const [cookie, step] of Object.entries(steps)) stage.holdStep(cookie, step);
  hold({ id: 'passkeys', passkeys: true });
  hold({ id: 'gone', passkeys: true, error: 'passkey_unknown', correlationId });
  hold({ id: 'failed', error: 'bad_credentials', ...typed });
  hold({ id: 'locked', error: 'account_locked', correlationId, ...typed });
  hold({ id: 'throttled', error: 'throttled', retryAfterSeconds: 280, correlationId, ...typed });
  hold({ id: 'elsewhere', error: 'sso_no_account', correlationId, ...typed });
  hold({ id: 'remembered', error: 'bad_credentials', remember: 'chosen', ...typed });
  hold({ id: 'no-tenant', error: 'tenant_required', userName: 'maria' });
  hold({
    id: 'long',
    error: 'account_locked',
    userName: 'x'.repeat(80),
    contactCenterHint: 'y'.repeat(80),
    client: { id: 'z', name: 'Z'.repeat(80) },
  });
  hold({
    id: 'consent',
    consent: {
      userName: 'nordic\\maria',
      scope: ['openid', 'calls:read'],
      resources: ['https://calls.example.com/api'],
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
  hold({
    id: 'document',
    consent: { userName: 'nordic\\maria', scope: ['openid', 'notes:read'] },
    client: { id: 'https://notes.example.com/client.json', name: 'Notes', documentHost: 'notes.example.com' },
    redirectOrigin: 'http://127.0.0.1:3000',
  });
  hold({
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
  hold({ id: 'change', error: 'password_policy', brokenRules: ['min-length', 'number'], ...typed });
  hold({ id: 'factor-first', error: 'second_factor_required', ...typed });
  hold({ id: 'unnamed-rule', error: 'password_policy', ...typed });
  hold({ id: 'too-soon', error: 'password_policy', brokenRules: ['too-young', 'quality'], ...typed });
}
