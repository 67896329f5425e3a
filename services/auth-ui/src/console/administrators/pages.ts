/** Builds the pages about installation administrators. */
import type { AdministratorView } from '@gatehouse/contracts/auth-api/administration/administrators';
import { consolePath } from '@gatehouse/contracts/auth-api/console';
import { passwordWay, providerProtocols } from '@gatehouse/contracts/auth-api/way-of-sign-in';
import type { ConfirmPage, FormPage, ListPage } from '../shell/pages.ts';
import { cutToPage } from '../shell/paging.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const administratorsPath = `${consolePath}/administrators`;

export const waysOfSignIn = [passwordWay, ...providerProtocols] as const;

/** As they were typed. */
interface NewAdministratorFields {
  user: string;
  contactCenter: string;
  way: (typeof waysOfSignIn)[number];
  issuer: string;
  note: string;
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

export function addPage(
  { text }: ConsoleVisit,
  { user, contactCenter, way, issuer, note }: NewAdministratorFields,
): FormPage {
  return {
    title: text('console.administrators.add'),
    lead: text('console.administrators.add.lead'),
    path: [{ label: text('console.administrators.title'), href: administratorsPath }],
    form: {
      action: `${administratorsPath}/add`,
      sections: [
        {
          fields: [
            {
              name: 'user',
              label: text('console.administrators.user'),
              hint: text('console.administrators.user.hint'),
              kind: 'text',
              value: user,
              isRequired: true,
              maxLength: 512,
            },
            {
              name: 'contactCenter',
              label: text('console.administrators.contactCenter'),
              hint: text('console.administrators.contactCenter.hint'),
              kind: 'text',
              value: contactCenter,
              maxLength: 256,
            },
            {
              name: 'way',
              label: text('console.administrators.way'),
              hint: text('console.administrators.way.hint'),
              kind: 'choice',
              value: way,
              isRequired: true,
              options: waysOfSignIn.map((value) => ({
                value,
                label: text(`console.administrators.way.${value}`),
              })),
            },
            {
              name: 'issuer',
              label: text('console.administrators.issuer'),
              hint: text('console.administrators.issuer.hint'),
              kind: 'text',
              value: issuer,
              maxLength: 1000,
            },
            {
              name: 'note',
              label: text('console.administrators.note'),
              hint: text('console.administrators.note.hint'),
              kind: 'text',
              value: note,
              maxLength: 512,
            },
          ],
        },
      ],
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
