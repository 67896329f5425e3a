/** Builds the questions before something is done to a person or their sessions, and the link that one of them makes. */
import type { PersonProfile } from '@gatehouse/contracts/auth-api/administration/people';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { IssuedPasswordLink } from '@gatehouse/contracts/environment-administration/people';
import type { ConfirmPage, ShownOncePage } from '../shell/pages.ts';
import { questionOf } from '../shell/question.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, nameOf, peoplePath, type Steps } from './names.ts';
import { breadcrumbsBelowPerson } from './person-page.ts';

const questions = {
  unlock: { key: 'unlock', isDangerous: false },
  disable: { key: 'disable', isDangerous: true },
  enable: { key: 'enable', isDangerous: false },
  'password-link': { key: 'passwordLink', isDangerous: false },
  'end-session': { key: 'endSession', isDangerous: true },
  'end-sessions': { key: 'endSessions', isDangerous: true },
} as const satisfies Partial<Record<Steps, { key: string; isDangerous: boolean }>>;

export function questionPage(
  visit: ConsoleVisit,
  question: keyof typeof questions,
  profile: PersonProfile,
  hidden: Record<string, string> = {},
): ConfirmPage {
  const { key, isDangerous } = questions[question];
  const named = nameOf(profile);
  return questionOf(visit, {
    key: `console.people.${key}`,
    named: { user: profile.person.userName },
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    action: `${peoplePath}/${question}`,
    hidden: { ...definedOnly(named), ...hidden },
    cancel: addressOf('person', named),
    isDangerous,
  });
}

export function passwordLinkPage(
  visit: ConsoleVisit,
  profile: PersonProfile,
  { url, expiresAt }: IssuedPasswordLink,
): ShownOncePage {
  const { text } = visit;
  return {
    title: text('console.people.passwordLink.made', { user: profile.person.userName }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    values: [{ label: text('console.people.passwordLink.address'), value: url }],
    warning: text('console.people.passwordLink.warning', { at: new Date(expiresAt) }),
    next: { label: text('console.people.back'), href: addressOf('person', nameOf(profile)) },
  };
}
