/** Builds the picture of why a person can or cannot sign in: each thing that was looked at, and the last refusals. */
import type { PersonProfile, SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { requestHref } from '../audit/tabs.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type StepsPage, shownStep } from '../shell/steps.ts';
import { breadcrumbsBelowPerson } from './person-page.ts';

export function explanationPage(
  visit: ConsoleVisit,
  profile: PersonProfile,
  { user, ok, findings, refusals }: SignInExplanation,
): StepsPage {
  const { text } = visit;
  return {
    title: text('console.people.explanation.title', { user: user.userName }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    isGood: ok,
    verdict: text(ok ? 'console.people.explanation.good' : 'console.people.explanation.bad'),
    groups: [
      {
        title: text('console.people.explanation.now'),
        note: '',
        steps: findings.map((finding) => shownStep(visit, 'console.people.step', finding)),
      },
    ],
    history: {
      title: text('console.people.refusals'),
      table: {
        caption: text('console.people.refusals'),
        columns: [
          { label: text('console.people.refusal.at') },
          { label: text('console.people.refusal.reason') },
          { label: text('console.people.refusal.from') },
          { label: text('console.people.refusal.reference') },
        ],
        empty: text('console.people.refusals.empty'),
        rows: refusals.map(({ at, name, reason, detail, clientAddress, clientId, correlationId }) => ({
          cells: [
            { text: text('console.at', { at: new Date(at) }) },
            { text: reason ?? name, note: detail, isCode: true },
            { text: clientId ?? '', note: clientAddress },
            { text: correlationId, isCode: true, href: requestHref(correlationId) },
          ],
        })),
      },
    },
  };
}
