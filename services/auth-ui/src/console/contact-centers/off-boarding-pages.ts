/** Builds the pages that end a contact centre: what would end, and the confirmations before it is disabled or deleted. */

import type { ContactCenter, ContactCenterEnds } from '@gatehouse/contracts/environment-administration';
import { confirmationOf } from '../shell/confirmation.ts';
import { contactCenterPath, contactCentersPath, typedNameField } from '../shell/names/contact-centers.ts';
import type { ConfirmPage, FactPartsPage } from '../shell/pages.ts';
import type { Fact } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { breadcrumbsBelowTab, contactCenterHeader } from './page-header.ts';

export const offBoardingPath = (id: string) => `${contactCenterPath(id)}/off-boarding`;

/** Everything that ends with a contact centre. */
export interface Ends {
  people: number;
  sessions: number;
  /** Names of the clients that serve it alone. */
  clients: readonly string[];
  /** The configuration that is deleted with the contact centre. */
  contents: ContactCenterEnds;
}

export const steps = ['disable', 'enable', 'delete'] as const;
export type Step = (typeof steps)[number];

export interface OffBoardingPage extends FactPartsPage {
  choices: { label: string; text: string; href: string; icon: string }[];
}

export function offBoardingPage(visit: ConsoleVisit, center: ContactCenter, ends: Ends): OffBoardingPage {
  const { text, rights } = visit;
  const choice = (step: Step, icon: string) => ({
    label: text(`console.contactCenters.${step}`),
    text: text(
      step === 'disable' && !rights.installation
        ? 'console.contactCenters.status.disabled.endsYou'
        : `console.contactCenters.${step}.summary`,
    ),
    href: `${offBoardingPath(center.id)}/${step}`,
    icon,
  });
  const isActive = center.status === 'active';
  return {
    ...contactCenterHeader(visit, center, 'offBoarding'),
    lead: text(
      !isActive
        ? 'console.contactCenters.offBoarding.lead.disabled'
        : rights.installation
          ? 'console.contactCenters.offBoarding.lead'
          : 'console.contactCenters.offBoarding.lead.own',
    ),
    parts: [
      {
        title: text('console.contactCenters.ends.now'),
        text: text('console.contactCenters.ends.now.text'),
        facts: accessFacts(visit, ends),
      },
      ...(rights.installation
        ? [
            {
              title: text('console.contactCenters.ends.deleted'),
              text: text('console.contactCenters.ends.deleted.text'),
              facts: dataFacts(visit, ends),
            },
          ]
        : []),
    ],
    choices: [
      isActive ? choice('disable', 'lock') : choice('enable', 'contactCenter'),
      ...(rights.installation ? [choice('delete', 'remove')] : []),
    ],
  };
}

function accessFacts({ text }: ConsoleVisit, { people, sessions, clients }: Ends): Fact[] {
  return [
    {
      label: text('console.contactCenters.ends.sessions'),
      value: text('console.contactCenters.ends.sessions.count', { sessions, people }),
    },
    {
      label: text('console.contactCenters.ends.clients'),
      value: clients.length === 0 ? text('console.contactCenters.ends.none') : namesOf(clients),
    },
  ];
}

function dataFacts({ text }: ConsoleVisit, { contents }: Ends): Fact[] {
  const { settings, origins, apiKeys, scimKeys, singleSignOn, branding } = contents;
  const count = (label: string, number: number) => ({
    label,
    value: text('console.contactCenters.ends.count', { count: number }),
  });
  const locations = new Set(singleSignOn.map(({ location }) => location));
  return [
    count(text('console.contactCenters.apiKeys'), apiKeys),
    count(text('console.contactCenters.ends.scimKeys'), scimKeys),
    count(text('console.contactCenters.origins'), origins),
    count(text('console.settings.title'), settings),
    count(text('console.contactCenters.ends.singleSignOn'), locations.size),
    count(text('console.contactCenters.ends.branding'), branding),
  ];
}

/** More of them are no list that a person looks through. */
export const shownClients = 20;

function namesOf(clients: readonly string[]): string {
  const named = clients.slice(0, shownClients).join(', ');
  return clients.length > shownClients ? `${named}, …` : named;
}

/** A deletion asks for the name; `typed` stands in its field. */
export function stepPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  step: Step,
  etag: string,
  typed: string,
): ConfirmPage {
  const { text, rights } = visit;
  const { id, name, domains } = center;
  const path = offBoardingPath(id);
  const isOwnEnd = step === 'disable' && !rights.installation;
  return confirmationOf(visit, {
    key: `console.contactCenters.${step}`,
    named: { name },
    ...(isOwnEnd && { lead: text('console.contactCenters.status.disabled.endsYou') }),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'offBoarding'),
    facts: [
      { label: text('field.contactCenter.domains'), value: domains.join(', ') },
      { label: text('field.contactCenter.id'), value: id, isCode: true },
    ],
    action: `${path}/${step}`,
    hidden: { ifMatch: etag },
    sections: step === 'delete' ? [{ fields: [typedNameField(visit, name, { value: typed })] }] : [],
    cancel: path,
    isDangerous: step !== 'enable',
  });
}

/** Where a step leads: a deleted contact centre has no page, and one that is disabled shows what is left to do. */
export function afterStep(step: Step, id: string): string {
  return step === 'delete' ? contactCentersPath : offBoardingPath(id);
}
