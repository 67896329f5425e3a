/** Every page of Auth UI that the stand-in can show: the checks and the pictures are made of each. One line adds a page. */
import { firstPasswordCode } from '../auth-api-stand-in.ts';
import type { Stage } from './browser.ts';

export interface ListedPage {
  /** Of its pictures. */
  name: string;
  path: string;
}

export const listedPages: ListedPage[] = [
  { name: 'front', path: '/' },
  { name: 'sign-in-name', path: '/auth/sign-in.html?interaction=first' },
  { name: 'sign-in-failed', path: '/auth/sign-in.html?error&interaction=failed' },
  { name: 'sign-in-locked', path: '/auth/sign-in.html?error&interaction=locked' },
  { name: 'sign-in-elsewhere', path: '/auth/sign-in.html?error&interaction=elsewhere' },
  { name: 'sign-in-no-tenant', path: '/auth/sign-in.html?error&interaction=no-tenant' },
  { name: 'sign-in-remembered', path: '/auth/sign-in.html?error&interaction=remembered' },
  { name: 'sign-in-long-names', path: '/auth/sign-in.html?error&interaction=long' },
  { name: 'sign-in-expired', path: '/auth/sign-in.html?interaction=expired' },
  { name: 'change-password-refused', path: '/auth/change-password.html?error&interaction=change' },
  { name: 'change-password', path: '/auth/change-password.html' },
  { name: 'first-password', path: `/auth/first-password?code=${firstPasswordCode}` },
  {
    name: 'first-password-refused',
    path: `/auth/first-password?error=password_policy&rules=min-length&code=${firstPasswordCode}`,
  },
  { name: 'first-password-done', path: '/auth/first-password?result=done' },
  { name: 'first-password-over', path: '/auth/first-password?code=gone' },
  { name: 'consent', path: '/auth/consent.html?interaction=consent' },
  { name: 'consent-device', path: '/auth/consent.html?interaction=device' },
  { name: 'account', path: '/auth/account' },
  { name: 'account-sessions', path: '/auth/account/sessions?ended=one' },
  { name: 'account-applications', path: '/auth/account/applications' },
  { name: 'account-taken-back', path: '/auth/account/applications?taken=1' },
  { name: 'account-take-back', path: '/auth/account/applications/take-back?client=workspace' },
  { name: 'account-language', path: '/auth/account/language' },
  { name: 'approvals', path: '/auth/approvals' },
  { name: 'approvals-approved', path: '/auth/approvals?result=approved' },
  { name: 'approvals-code-refused', path: '/auth/approvals?result=code_refused' },
  { name: 'device', path: '/auth/device?user_code=WDJB-MJHT' },
  { name: 'device-unknown', path: '/auth/device?error=unknown' },
  { name: 'device-approved', path: '/auth/device?result=approved' },
  { name: 'device-denied', path: '/auth/device?result=denied' },
  { name: 'signed-in', path: '/auth/signed-in.html' },
  { name: 'sign-out', path: '/auth/sign-out.html?logout=sign-out' },
  { name: 'signed-out-told', path: '/auth/signed-out.html?logout=told' },
  { name: 'signed-out', path: '/auth/signed-out.html' },
  { name: 'not-found', path: '/auth/nothing-here' },
];

/** What the pages are about. */
export function fillStage(stage: Stage): void {
  const typed = { userName: 'maria', contactCenterHint: 'nordic' };
  const correlationId = '0b5c7f0e-1111-4222-8333-444455556666';
  stage.hold({ id: 'first' });
  stage.hold({ id: 'failed', error: 'bad_credentials', ...typed });
  stage.hold({ id: 'locked', error: 'account_locked', correlationId, ...typed });
  stage.hold({ id: 'elsewhere', error: 'sso_no_account', correlationId, ...typed });
  stage.hold({ id: 'remembered', error: 'bad_credentials', remember: 'chosen', ...typed });
  stage.hold({ id: 'no-tenant', error: 'tenant_required', userName: 'maria' });
  stage.hold({
    id: 'long',
    error: 'account_locked',
    userName: 'x'.repeat(80),
    contactCenterHint: 'y'.repeat(80),
    client: { id: 'z', name: 'Z'.repeat(80) },
  });
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
}
