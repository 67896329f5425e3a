/** Builds the account page: device, last use and applications of each session. */
import type { SessionList, SessionView } from '@gatehouse/contracts/auth-api/sessions';
import type { AccountPage, AccountSession } from '../pages/views.ts';
import type { Visit } from '../pages/visit.ts';
import { formatsIn } from '../texts/formats.ts';
import { deviceOf } from './device.ts';

export function accountPage(
  visit: Visit,
  { data, user }: SessionList,
  now: number,
  hasEnded: boolean,
): AccountPage {
  const { text } = visit;
  // The current session first, the others by their last use.
  const sessions = [...data].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt),
  );
  return {
    title: text('account.title'),
    userName: user.name ?? user.username,
    accountName: user.name === undefined ? undefined : user.username,
    sessions: sessions.map((session) => shown(visit, session, now)),
    message: hasEnded ? { kind: 'success', title: text('account.ended') } : undefined,
  };
}

function shown({ text, language }: Visit, session: SessionView, now: number): AccountSession {
  const { ago, list } = formatsIn(language);
  const { browser, system } = deviceOf(session.userAgent);
  const device =
    browser && system
      ? text('account.device', { browser, system })
      : (browser ?? system ?? text('account.device.unknown'));
  return {
    id: session.id,
    device,
    isCurrent: session.current,
    facts: [
      session.current
        ? text('account.signedInAgo', { when: ago(session.createdAt, now) })
        : text('account.usedAgo', { when: ago(session.lastSeenAt, now) }),
      session.clientAddress,
      session.remembered ? text('account.remembered') : undefined,
    ].filter((fact) => fact !== undefined),
    applications: list(session.applications),
  };
}
