/** Says what the list of contact centres shows. */

import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { contactCenter as description } from '@gatehouse/contracts/resources';
import { environmentPath } from '../environments/page-header.ts';
import { describedColumns } from '../form/described.ts';
import type { Column } from '../shell/lists.ts';
import { contactCenterPath, contactCentersPath } from '../shell/names/contact-centers.ts';
import { addressOf } from '../shell/paging.ts';
import type { FormField } from '../shell/parts.ts';
import type { Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const contactCenters: Resource = {
  path: contactCentersPath,
  title: 'console.contactCenters.title',
  lead: 'console.contactCenters.lead',
  empty: 'console.contactCenters.empty',
};

/** One page of the list, with the names of the environments on it. */
export interface Listed {
  rows: readonly ContactCenter[];
  nextCursor?: string | undefined;
  nameOf: (environmentId: string) => string | undefined;
}

const shownDomains = 3;
/** The name leads to the identifier. */
const shown = ['id', 'name', 'domains', 'environmentId', 'status'];

export const columns = (visit: ConsoleVisit, { nameOf }: Listed): Column<ContactCenter>[] => [
  {
    label: 'field.contactCenter.name',
    sort: 'name',
    cell: ({ id, name }) => ({ text: name, href: contactCenterPath(id) }),
  },
  {
    label: 'field.contactCenter.domains',
    cell({ domains }) {
      const more = domains.length - shownDomains;
      return {
        text: domains.slice(0, shownDomains).join(', '),
        note: more > 0 ? visit.text('console.contactCenters.domains.more', { count: more }) : undefined,
      };
    },
  },
  {
    label: 'field.contactCenter.environmentId',
    cell({ environmentId }) {
      const environment = nameOf(environmentId);
      const href = environmentPath(environmentId);
      return { text: environment ?? environmentId, isCode: environment === undefined, href };
    },
  },
  {
    label: 'field.contactCenter.status',
    cell: ({ status }) => ({
      text: '',
      badge:
        status === 'active'
          ? { text: visit.text('console.contactCenters.status.active'), kind: 'good' }
          : { text: visit.text('console.contactCenters.status.disabled'), kind: 'bad' },
    }),
  },
  ...describedColumns<ContactCenter>(visit, description, shown),
];

export const creation = ({ text }: ConsoleVisit, environmentId: string) => ({
  label: text('console.contactCenters.create'),
  href: addressOf(`${contactCentersPath}/create`, { environmentId }),
  isMain: true,
});

/** The list may be of one environment, and leads back to all. */
export const environmentFilter = (
  { text }: ConsoleVisit,
  environmentId: string,
  { nameOf }: Listed,
): FormField[] =>
  environmentId === ''
    ? []
    : [
        {
          name: 'environmentId',
          label: text('field.contactCenter.environmentId'),
          kind: 'select',
          value: environmentId,
          options: [
            { value: environmentId, label: nameOf(environmentId) ?? environmentId },
            { value: '', label: text('console.contactCenters.environment.all') },
          ],
        },
      ];
