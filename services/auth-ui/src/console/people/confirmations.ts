/** Builds the confirmations before something is done to a person or their sessions, and the link that one of them makes. */
import type { PersonName, PersonProfile } from '@gatehouse/contracts/auth-administration';
import type { IssuedPasswordLink } from '@gatehouse/contracts/environment-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage, ShownOncePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, nameOf, peoplePath, type Steps } from './names.ts';
import { breadcrumbsBelowPerson, personBreadcrumbs } from './person-page.ts';

const confirmations = {
  unlock: { key: 'unlock', isDangerous: false },
  delete: { key: 'delete', isDangerous: true },
  disable: { key: 'disable', isDangerous: true },
  enable: { key: 'enable', isDangerous: false },
  'password-link': { key: 'passwordLink', isDangerous: false },
  unlink: { key: 'unlink', isDangerous: true },
  'forget-browsers': { key: 'forgetBrowsers', isDangerous: true },
  'end-session': { key: 'endSession', isDangerous: true },
  'end-sessions': { key: 'endSessions', isDangerous: true },
} as const satisfies Partial<Record<Steps, { key: string; isDangerous: boolean }>>;

/** The pages that lead to a confirmation, other than that of the person. */
const cancelled: Partial<Record<keyof typeof confirmations, Steps>> = {
  unlink: 'links',
  'forget-browsers': 'factors',
};

export function personConfirmation(
  visit: ConsoleVisit,
  change: keyof typeof confirmations,
  profile: PersonProfile,
  hidden: Record<string, string> = {},
): ConfirmPage {
  const { key, isDangerous } = confirmations[change];
  const named = nameOf(profile);
  const erase = { label: visit.text('console.people.erase.instead'), href: addressOf('erase', named) };
  return {
    ...confirmationOf(visit, {
      key: `console.people.${key}`,
      named: { user: profile.person.userName },
      breadcrumbs: breadcrumbsBelowPerson(visit, profile),
      action: `${peoplePath}/${change}`,
      hidden: { ...definedOnly(named), ...hidden },
      cancel: addressOf(cancelled[change] ?? 'person', named),
      isDangerous,
    }),
    ...(change === 'delete' && { actions: [{ ...erase, isEnding: true }] }),
  };
}

export function passwordLinkPage(
  visit: ConsoleVisit,
  named: PersonName & { contactCenter: string },
  { url, expiresAt }: IssuedPasswordLink,
): ShownOncePage {
  const { text } = visit;
  return {
    title: text('console.people.passwordLink.made', { user: named.user }),
    breadcrumbs: [
      ...personBreadcrumbs(visit, { contactCenterId: named.contactCenter }),
      { label: named.user, href: addressOf('person', named) },
    ],
    values: [{ label: text('console.people.passwordLink.address'), value: url }],
    warning: text('console.people.passwordLink.warning', { at: new Date(expiresAt) }),
    next: { label: text('console.people.back'), href: addressOf('person', named) },
  };
}
