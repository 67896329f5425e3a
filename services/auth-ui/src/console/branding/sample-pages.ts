/** Renders every kind of page with sample data, by the templates and builders that people's pages have. */
import type { InteractionView } from '@gatehouse/contracts/auth-api';
import { applicationsPage, takeBackPage } from '../../account/applications.ts';
import { profilePage } from '../../account/profile.ts';
import { sessionsPage } from '../../account/sessions.ts';
import { surroundingsOf } from '../../account/tabs.ts';
import { approvalsPage } from '../../approvals/page.ts';
import { consentPage } from '../../consent/page.ts';
import { deviceDonePage, devicePage } from '../../device/pages.ts';
import { endPage, firstPasswordPage } from '../../first-password/page.ts';
import { renderView } from '../../pages/render.ts';
import type { Surroundings, Views } from '../../pages/views.ts';
import type { Visit } from '../../pages/visit.ts';
import { changePasswordPage } from '../../password-change/page.ts';
import { elsewherePage, ssoProblemPage } from '../../sign-in/elsewhere.ts';
import { namePage, passwordPage } from '../../sign-in/pages.ts';

export const pageKinds = [
  'name',
  'password',
  'elsewhere',
  'problem',
  'changePassword',
  'firstPassword',
  'firstPasswordDone',
  'consent',
  'device',
  'deviceDone',
  'signedIn',
  'front',
  'profile',
  'sessions',
  'applications',
  'takeBack',
  'language',
  'approvals',
  'signOut',
  'signedOut',
  'error',
] as const;

export type PageKind = (typeof pageKinds)[number];

const typed = { userName: 'maria.berg', tenant: 'nordic' };
const person = { username: `${typed.tenant}\\${typed.userName}`, name: 'Maria Berg' };
const hour = 3_600_000;

/** As Auth API would give it. Nothing of it leads anywhere: the policy of a preview permits no form. */
const sampleLogin: InteractionView = {
  id: 'preview',
  client: { id: 'preview', name: 'Agent Workspace' },
  userName: typed.userName,
  hideTenant: false,
  remember: 'offered',
  csrf: '',
  redirectOrigin: 'https://workspace.example.com',
  consent: { userName: `${typed.tenant}\\${typed.userName}`, scope: ['openid', 'profile', 'offline_access'] },
  expiresAt: new Date(0).toISOString(),
};

type Sample = { [V in keyof Views]: readonly [view: V, page: Views[V]] }[keyof Views];

export function samplePage(kind: Exclude<PageKind, 'error'>, visit: Visit, nowMs: number): Sample {
  const interaction = sampleLogin;
  const waiting = { ...visit, interaction };
  const { text } = visit;
  switch (kind) {
    case 'name':
      return ['sign-in-name', namePage(waiting, typed)];
    case 'password':
      return ['sign-in-password', passwordPage(waiting, typed)];
    case 'elsewhere':
      // It stays where it is: a preview leads nowhere.
      return ['sign-in-elsewhere', { ...elsewherePage(waiting, typed), href: '#', forwardTo: '' }];
    case 'problem':
      return ['sso-problem', ssoProblemPage(waiting, typed, 'sso_unavailable', 'preview')];
    case 'changePassword':
      return ['change-password', changePasswordPage(waiting, 'password_expired', false)];
    case 'firstPassword':
      return ['first-password', firstPasswordPage(visit, { ...typed, code: '' }, undefined)];
    case 'firstPasswordDone':
      return ['first-password-end', endPage(visit, 'done')];
    case 'consent':
      return ['consent', consentPage(waiting, interaction.consent ?? { userName: '', scope: [] })];
    case 'device':
      return ['device', devicePage(visit, '', undefined)];
    case 'deviceDone':
      return ['device-done', deviceDonePage(visit, 'approved')];
    case 'signedIn':
      return ['signed-in', { title: text('signedIn.title') }];
    case 'front':
      return [
        'front',
        {
          title: text('front.title'),
          issuer: 'https://sign-in.example.com/auth/v3',
          environmentApi: 'https://sign-in.example.com/environment/v3',
          canSignIn: true,
          playgroundUrl: undefined,
          documentationUrl: undefined,
        },
      ];
    case 'profile':
      return [
        'account',
        profilePage(visit, { ...person, contactCenter: 'Nordic' }, 'maria.berg@example.com'),
      ];
    case 'sessions':
      return ['account-sessions', sessionsPage(visit, sessionsAt(nowMs), nowMs, undefined)];
    case 'applications':
      return ['account-applications', applicationsPage(visit, [consentAt(nowMs)], nowMs)];
    case 'takeBack':
      return ['account-take-back', takeBackPage(visit, consentAt(nowMs), nowMs)];
    case 'language':
      return ['account-language', { ...surroundingsOf(visit, 'language'), title: text('account.language') }];
    case 'approvals':
      return [
        'approvals',
        { ...approvalsPage(visit, approvalsAt(nowMs), nowMs, undefined), refreshFrom: '#' },
      ];
    case 'signOut':
      return [
        'sign-out',
        {
          title: text('signOut.title'),
          lead: text('signOut.lead'),
          logout: { id: 'preview', step: 'ask', csrf: '', frames: [] },
          userName: `${typed.tenant}\\${typed.userName}`,
        },
      ];
    case 'signedOut':
      return ['signed-out', { title: text('signedOut.title'), frames: [] }];
  }
}

export function renderSample(sample: Sample, surroundings: Surroundings): string {
  const [view, page] = sample;
  // The policy permits no script, and the page around must keep the focus.
  const quiet = { ...surroundings, scriptNonce: '' };
  return renderView(view, { ...page, script: undefined, focus: '' } as never, quiet);
}

function sessionsAt(nowMs: number) {
  const at = (hours: number) => new Date(nowMs - hours * hour).toISOString();
  const session = { remembered: false, clientAddress: '198.51.100.7' };
  return {
    status: { code: 0 as const },
    user: person,
    data: [
      {
        ...session,
        id: 'preview-1',
        createdAt: at(2),
        lastSeenAt: at(0),
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
        applications: ['Agent Workspace'],
        current: true,
      },
      {
        ...session,
        id: 'preview-2',
        createdAt: at(50),
        lastSeenAt: at(30),
        userAgent:
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1',
        applications: [],
        current: false,
      },
    ],
  };
}

function consentAt(nowMs: number) {
  return {
    clientId: 'preview',
    name: 'Agent Workspace',
    scope: ['openid', 'profile', 'offline_access'],
    givenAt: new Date(nowMs - 50 * hour).toISOString(),
    lastUsedAt: new Date(nowMs - hour).toISOString(),
  };
}

function approvalsAt(nowMs: number) {
  return {
    status: { code: 0 as const },
    user: { username: `${typed.tenant}\\${typed.userName}` },
    csrf: '',
    hasUserCode: false,
    data: [
      {
        id: 'preview',
        client: { id: 'preview', name: 'Call Desk' },
        scope: ['openid'],
        bindingMessage: 'W4SCT',
        requestedAt: new Date(nowMs - 60_000).toISOString(),
        expiresAt: new Date(nowMs + 240_000).toISOString(),
      },
    ],
  };
}
