/** Builds the pages about installation administrators. */
import type { AdministratorView } from '@gatehouse/contracts/auth-api/administration/administrators';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import { passwordWay, providerProtocols, providerWay } from '@gatehouse/contracts/auth-api/way-of-sign-in';
import { bodyOf, type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import type { ConfirmPage, FormPage, ListPage } from '../shell/pages.ts';
import { cutToPage } from '../shell/paging.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const administratorsPath = `${consolePath}/administrators`;

export const waysOfSignIn = [passwordWay, ...providerProtocols] as const;

const input = inputsBelow('console.administrators');
const optional = (path: string, maxLength: number) =>
  input(path, 'text', { empty: 'leave', look: { maxLength } });

const inputs: readonly Input[] = [
  input('user', 'text', { isRequired: true, look: { maxLength: 512 } }),
  optional('contactCenter', 256),
  input('way', 'choice', {
    isRequired: true,
    initial: passwordWay,
    look: { kind: 'choice' },
    options: optionsBelow('console.administrators.way', waysOfSignIn),
  }),
  optional('issuer', 1000),
  optional('note', 512),
];

/** Protocol and issuer are two fields here and one at the API. */
export function newAdministratorOf(visit: ConsoleVisit, typed: Typed) {
  const {
    issuer = '',
    way,
    ...named
  } = bodyOf(visit, inputs, typed) as Record<'user' | 'way', string> & {
    contactCenter?: string;
    issuer?: string;
    note?: string;
  };
  const protocol = providerProtocols.find((one) => one === way);
  return { ...named, way: protocol === undefined ? passwordWay : providerWay(protocol, issuer) };
}

export function administratorsPage(
  { text, person }: ConsoleVisit,
  administrators: readonly AdministratorView[],
  { page, centers }: { page: number; centers: ReadonlyMap<string, string> },
): ListPage {
  const { items, pages } = cutToPage(administrators, administratorsPath, {}, { page });
  const nameOf = new Map(administrators.map(({ sub, name }) => [sub, name]));
  return {
    title: text('console.administrators.title'),
    lead: text('console.administrators.lead'),
    actions: [{ label: text('console.administrators.add'), href: `${administratorsPath}/add`, isMain: true }],
    table: {
      caption: text('console.administrators.title'),
      columns: [
        { label: text('console.administrators.person') },
        { label: text('console.administrators.way') },
        { label: text('console.administrators.since') },
        { label: text('console.administrators.addedBy') },
        { label: text('console.administrators.note') },
      ],
      empty: text('console.administrators.empty'),
      ...pages,
      rows: items.map(({ sub, name, contactCenterId, way, note = '', addedBy, addedAt }) => ({
        cells: [
          {
            text: name,
            note: sub,
            badge:
              sub === person.sub ? { text: text('console.administrators.you'), kind: 'plain' } : undefined,
          },
          contactCenterId === undefined || way === undefined
            ? {
                text: text('console.administrators.way.unknown'),
                badge: { text: text('console.administrators.noRight'), kind: 'bad' },
              }
            : {
                text: way === passwordWay ? text('console.administrators.way.password') : way,
                note: centers.get(contactCenterId) ?? contactCenterId,
              },
          { text: text('console.at', { at: new Date(addedAt) }) },
          { text: nameOf.get(addedBy) ?? addedBy },
          { text: note },
        ],
        actions: [
          {
            label: text('console.administrators.remove'),
            href: `${administratorsPath}/remove?${new URLSearchParams({ sub })}`,
            describes: name,
          },
        ],
      })),
    },
  };
}

/** `given`: what a page that leads here knows already. */
export function addPage(visit: ConsoleVisit, given: Typed): FormPage {
  const { text } = visit;
  return {
    title: text('console.administrators.add'),
    lead: text('console.administrators.add.lead'),
    path: [{ label: text('console.administrators.title'), href: administratorsPath }],
    form: {
      action: `${administratorsPath}/add`,
      sections: sectionsOf(visit, [{ inputs }], { ...typedOf(inputs), ...given }),
      submit: text('console.administrators.add'),
      cancel: administratorsPath,
    },
  };
}

export function removePage(
  { text, person }: ConsoleVisit,
  { sub, name }: Pick<AdministratorView, 'sub' | 'name'>,
): ConfirmPage {
  return {
    title: text('console.administrators.remove.title', { name }),
    lead: text(
      sub === person.sub ? 'console.administrators.remove.yourself' : 'console.administrators.remove.lead',
    ),
    path: [{ label: text('console.administrators.title'), href: administratorsPath }],
    form: {
      action: `${administratorsPath}/remove`,
      hidden: { sub },
      sections: [],
      submit: text('console.administrators.remove'),
      cancel: administratorsPath,
      isDangerous: true,
    },
  };
}
