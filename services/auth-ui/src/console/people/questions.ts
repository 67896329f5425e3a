/** Builds the questions before something is done to a person or their sessions. */
import type { PersonProfile } from '@gatehouse/contracts/auth-api/administration/people';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { ConfirmPage } from '../shell/pages.ts';
import { withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, nameOf, peoplePath, type Steps } from './names.ts';
import { wayBelow } from './person-page.ts';

const questions = {
  unlock: { key: 'unlock', isDangerous: false },
  disable: { key: 'disable', isDangerous: true },
  enable: { key: 'enable', isDangerous: false },
  'password-link': { key: 'passwordLink', isDangerous: false },
  'end-session': { key: 'endSession', isDangerous: true },
  'end-sessions': { key: 'endSessions', isDangerous: true },
} as const satisfies Partial<Record<Steps, { key: string; isDangerous: boolean }>>;

export type Question = keyof typeof questions;

export function questionPage(
  visit: ConsoleVisit,
  question: Question,
  profile: PersonProfile,
  hidden: Record<string, string> = {},
  problem?: Problem,
): ConfirmPage {
  const { text } = visit;
  const { key, isDangerous } = questions[question];
  const named = nameOf(profile);
  return {
    title: text(`console.people.${key}.title`, { user: profile.person.userName }),
    lead: text(`console.people.${key}.lead`),
    path: wayBelow(visit, profile),
    form: withProblem(
      {
        action: `${peoplePath}/${question}`,
        hidden: { ...definedOnly(named), ...hidden },
        sections: [],
        submit: text(`console.people.${key}`),
        cancel: addressOf('person', named),
        isDangerous,
      },
      problem,
    ),
  };
}
