/** Builds the pages about origins: addresses of web applications whose pages may call the APIs from a browser. */

import type { ManagedThing } from '@gatehouse/contracts/documents';
import type { ContactCenter, CorsEntry } from '@gatehouse/contracts/environment-administration';
import { rootLocation } from '@gatehouse/contracts/environment-api';
import { origin as description } from '@gatehouse/contracts/resources';
import { describedInputs } from '../form/described.ts';
import { bodyOf, type Input, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import { managedNote } from '../shell/managed.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { ConfirmPage, FormPage, TablesPage } from '../shell/pages.ts';
import { cutToPage } from '../shell/paging.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { breadcrumbsBelowTab, contactCenterHeader } from './page-header.ts';

type Named = Pick<ContactCenter, 'id' | 'name'>;

export const originsPath = (id: string) => `${contactCenterPath(id)}/origins`;

/** `global`: those that every contact centre allows. */
export function originsPage(
  visit: ConsoleVisit,
  center: Named,
  {
    entries,
    managed,
    global,
  }: { entries: readonly CorsEntry[]; managed: readonly ManagedThing[]; global: readonly string[] },
  { page, globalPage }: { page: number; globalPage: number },
): TablesPage {
  const { text } = visit;
  const path = originsPath(center.id);
  const query = { page: page > 1 ? String(page) : '', globalPage: globalPage > 1 ? String(globalPage) : '' };
  const origins = [...new Set(entries.map(({ origin }) => origin))].sort();
  const own = cutToPage(origins, path, { ...query, page: '' }, { page });
  const inherited = cutToPage(
    global,
    path,
    { ...query, globalPage: '' },
    { page: globalPage, name: 'globalPage' },
  );
  const locationsOf = (wanted: string) =>
    entries.filter(({ origin }) => origin === wanted).map(({ location }) => location);
  const title = text('console.contactCenters.origins');
  return {
    ...contactCenterHeader(visit, center, 'origins'),
    lead: text('console.contactCenters.origins.lead'),
    actions: [{ label: text('console.contactCenters.origins.add'), href: `${path}/add`, isMain: true }],
    parts: [
      {
        table: {
          caption: title,
          columns: [{ label: text('field.origin.origin') }],
          empty: text('console.contactCenters.origins.empty'),
          ...own.pages,
          rows: own.items.map((origin) => {
            const locations = locationsOf(origin).filter((location) => location !== rootLocation);
            return {
              cells: [
                {
                  text: origin,
                  isCode: true,
                  note:
                    [locations.join(', '), managedNote(visit, managed, { name: origin })]
                      .filter(Boolean)
                      .join(' · ') || undefined,
                },
              ],
              actions: [
                {
                  label: text('console.contactCenters.origins.remove'),
                  href: `${path}/remove?${new URLSearchParams({ origin })}`,
                  describes: origin,
                  isEnding: true,
                },
              ],
            };
          }),
        },
      },
      ...(global.length === 0
        ? []
        : [
            {
              title: text('console.contactCenters.origins.global'),
              lead: text('console.contactCenters.origins.global.lead'),
              table: {
                caption: text('console.contactCenters.origins.global'),
                columns: [{ label: text('field.origin.origin') }],
                empty: '',
                ...inherited.pages,
                rows: inherited.items.map((origin) => ({ cells: [{ text: origin, isCode: true }] })),
              },
            },
          ]),
    ],
  };
}

/** The path of the form says whose origin it is. */
const originInputs: readonly Input[] = describedInputs(description, { isNew: true })
  .filter(({ path }) => path !== 'contactCenterId')
  .map((input) => ({ ...input, appearance: { ...input.appearance, kind: 'url', isCode: true } }));

export const newOriginOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf(visit, originInputs, typed) as { origin: string };

export function addOriginPage(
  visit: ConsoleVisit,
  center: Named,
  typed: Typed = typedOf(originInputs),
): FormPage {
  const { text } = visit;
  const path = originsPath(center.id);
  return {
    title: text('console.contactCenters.origins.add'),
    lead: text('console.contactCenters.origins.lead'),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'origins'),
    form: {
      action: `${path}/add`,
      sections: sectionsOf(visit, [{ inputs: originInputs }], typed),
      submit: text('console.contactCenters.origins.add'),
      cancel: path,
    },
  };
}

export function removeOriginPage(visit: ConsoleVisit, center: Named, origin: string): ConfirmPage {
  const path = originsPath(center.id);
  return confirmationOf(visit, {
    key: 'console.contactCenters.origins.remove',
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'origins'),
    facts: [{ label: visit.text('field.origin.origin'), value: origin, isCode: true }],
    action: `${path}/remove`,
    hidden: { origin },
    cancel: path,
    isDangerous: true,
  });
}
