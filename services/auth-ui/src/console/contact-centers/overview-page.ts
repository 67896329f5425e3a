/** Builds the first tab of a contact centre: what is known about it. */

import { consolePath } from '@gatehouse/contracts/auth-api';
import type { ContactCenter, Environment } from '@gatehouse/contracts/environment-administration';
import { clientsPath } from '../clients/page-header.ts';
import { environmentPath, nameOf } from '../environments/page-header.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { FactsPage } from '../shell/pages.ts';
import { factOf } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { contactCenterHeader } from './page-header.ts';

/** `environment`: for those who may read it, and undefined where it is gone. */
export function overviewPage(
  visit: ConsoleVisit,
  center: ContactCenter,
  environment: Environment | undefined,
): FactsPage {
  const { text, rights } = visit;
  const { id, environmentId, domains, membership, subjectScope, status, createdAt, updatedAt } = center;
  const isGone = environment === undefined && rights.installation;
  const isActive = status === 'active';
  return {
    ...contactCenterHeader(visit, center, 'overview'),
    actions: [
      {
        label: text('console.people.title'),
        href: `${consolePath}/people?${new URLSearchParams({ contactCenter: id })}`,
      },
      {
        label: text('console.branding.title'),
        href: `${consolePath}/branding/places?${new URLSearchParams({ cc: id })}`,
      },
      { label: text('console.contactCenters.edit'), href: `${contactCenterPath(id)}/edit`, isMain: true },
    ],
    facts: [
      {
        label: text('field.contactCenter.status'),
        value: text(
          isActive ? 'console.contactCenters.status.active' : 'console.contactCenters.status.disabled.hint',
        ),
      },
      { label: text('field.contactCenter.domains'), value: domains.join(', ') },
      {
        label: text('field.contactCenter.environmentId'),
        value: isGone
          ? text('console.contactCenters.environment.gone', { id: environmentId })
          : environment === undefined
            ? environmentId
            : nameOf(environment),
        isCode: environment === undefined && !isGone,
        href: environment && environmentPath(environmentId),
      },
      {
        label: text('field.contactCenter.membership'),
        value: [text(`console.contactCenters.membership.${membership.by}`), ...membership.names].join(' · '),
      },
      ...factOf(
        text('console.people.source'),
        environment && text(`console.people.source.${environment.directory}`),
      ),
      {
        label: text('field.contactCenter.subjectScope'),
        value: text(
          subjectScope === 'environment'
            ? 'console.contactCenters.subjectScope.environment'
            : 'console.contactCenters.subjectScope.contactCenter',
        ),
      },
      { label: text('field.contactCenter.id'), value: id, isCode: true },
      {
        label: text('console.clients.title'),
        value: text('console.clients.ofCenter'),
        href: `${clientsPath}?${new URLSearchParams({ contactCenterId: id })}`,
      },
      {
        label: text('console.contactCenters.created'),
        value: text('console.at', { at: new Date(createdAt) }),
      },
      {
        label: text('console.contactCenters.changed'),
        value: text('console.at', { at: new Date(updatedAt) }),
      },
    ],
  };
}
