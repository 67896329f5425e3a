/** Builds the pages of a sign-in as a test: where it begins, and what the identity provider sent. */
import type { SsoTrial } from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import type { FactsPage } from '../shell/pages.ts';
import type { Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type StepsPage, shownStep } from '../shell/steps.ts';
import { nameOf, singleSignOnBreadcrumbs } from './pages.ts';
import { addressOf, type Place } from './places.ts';

/** A link and no form: a form may lead to no other site. */
export function trialStartPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  place: Place,
  /** Undefined: other settings count here. */
  address: string | undefined,
): FactsPage {
  const { text } = visit;
  return {
    title: text('console.singleSignOn.trial'),
    lead: text(`console.singleSignOn.${address === undefined ? 'check.notHere' : 'trial.lead'}`),
    breadcrumbs: singleSignOnBreadcrumbs(visit, center, place),
    actions:
      address === undefined
        ? [{ label: text('button.back'), href: addressOf(center.id, 'set-up', place) }]
        : [{ label: text('console.singleSignOn.trial.go'), href: address, isMain: true }],
    facts: [
      { label: text('console.singleSignOn.protocol'), value: nameOf(visit, place) },
      { label: text('console.singleSignOn.trial.effect'), value: text('console.singleSignOn.trial.none') },
    ],
  };
}

export function trialResultPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  place: Place,
  { ok, enabled, steps, received }: SsoTrial,
): StepsPage {
  const { text } = visit;
  const good = enabled ? 'good' : 'later';
  const row = ({ name, values, isHidden, isCut }: SsoTrial['received'][number]): Row => ({
    cells: [
      { text: name, isCode: true },
      {
        text: isHidden
          ? text('console.singleSignOn.trial.hidden')
          : [...values, ...(isCut ? ['…'] : [])].join(', '),
      },
    ],
  });
  return {
    title: text('console.singleSignOn.trial.title'),
    breadcrumbs: singleSignOnBreadcrumbs(visit, center, place),
    actions: [
      { label: text('console.singleSignOn.trial.again'), href: addressOf(center.id, 'trial', place) },
      { label: text('button.back'), href: addressOf(center.id, 'set-up', place) },
    ],
    outcome: ok ? (enabled ? 'good' : 'warning') : 'bad',
    verdict: text(`console.singleSignOn.trial.${ok ? good : 'bad'}`),
    groups: [
      {
        title: nameOf(visit, place),
        note: '',
        steps: steps.map(({ step, ...rest }) =>
          shownStep(visit, 'console.singleSignOn.step', { name: step, ...rest }),
        ),
      },
    ],
    history: {
      title: text('console.singleSignOn.trial.received'),
      table: {
        caption: text('console.singleSignOn.trial.received'),
        columns: [
          { label: text('console.singleSignOn.trial.name') },
          { label: text('console.singleSignOn.trial.value') },
        ],
        rows: received.map(row),
        empty: text('console.singleSignOn.trial.nothing'),
      },
    },
  };
}
