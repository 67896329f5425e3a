/** Builds the pages about links of a person to identity providers: the list, and the form that adds one. */
import type { PersonProfile } from '@gatehouse/contracts/auth-administration';
import type { NewSignOnLink, SignOnLink } from '@gatehouse/contracts/environment-administration';
import { providerProtocols } from '@gatehouse/contracts/values';
import { bodyOf, type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import type { FormPage, ListPage } from '../shell/pages.ts';
import type { Cell } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, nameOf, peoplePath } from './names.ts';
import { breadcrumbsBelowPerson } from './person-page.ts';

export function linksPage(
  visit: ConsoleVisit,
  profile: PersonProfile,
  links: readonly SignOnLink[],
  authors: ReadonlyMap<string, string>,
): ListPage {
  const { text } = visit;
  const named = nameOf(profile);
  return {
    title: text('console.people.links.title', { user: profile.person.userName }),
    lead: text('console.people.links.lead'),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    actions: profile.canDisable
      ? [{ label: text('console.people.link'), href: addressOf('link', named), isMain: true }]
      : [],
    table: {
      caption: text('console.people.links'),
      columns: [
        { label: text('console.singleSignOn.provider') },
        { label: text('console.people.link.subject') },
        { label: text('console.people.link.madeBy') },
      ],
      rows: links.map(({ id, protocol, issuer, subject, linkedBy, createdAt }) => ({
        cells: [
          { text: issuer, note: text(`console.singleSignOn.${protocol}`), isCode: true },
          { text: subject, isCode: true },
          {
            ...authorCell(visit, linkedBy, authors),
            note: text('console.at', { at: new Date(createdAt) }),
          },
        ],
        ...(profile.canDisable && {
          actions: [
            {
              label: text('console.people.unlink'),
              href: addressOf('unlink', named, { link: id }),
              describes: issuer,
              isEnding: true,
            },
          ],
        }),
      })),
      empty: text('console.people.links.empty'),
    },
  };
}

function authorCell(
  { text }: ConsoleVisit,
  linkedBy: string | undefined,
  authors: ReadonlyMap<string, string>,
): Cell {
  if (linkedBy === undefined) return { text: text('console.people.link.firstSignIn') };
  const name = authors.get(linkedBy);
  return name === undefined ? { text: linkedBy } : { text: name, ids: [linkedBy] };
}

/** An identity provider that the contact centre has set up. */
export type KnownProvider = Pick<NewSignOnLink, 'protocol' | 'issuer'>;

const input = inputsBelow('console.people.link');
const inputs: readonly Input[] = [
  input('protocol', 'choice', {
    options: optionsBelow('console.singleSignOn', providerProtocols),
    isRequired: true,
    appearance: { kind: 'choice' },
  }),
  input('issuer', 'text', { isRequired: true, appearance: { isCode: true, maxLength: 2_000 } }),
  input('subject', 'text', { isRequired: true, appearance: { isCode: true, maxLength: 255 } }),
];

export function linkPage(
  visit: ConsoleVisit,
  { profile, providers }: { profile: PersonProfile; providers: readonly KnownProvider[] },
  typed: Typed = { ...typedOf(inputs), ...(providers[0] ?? { protocol: 'oidc' }) },
): FormPage {
  const { text } = visit;
  const named = nameOf(profile);
  const suggestions = providers.map(({ issuer }) => issuer);
  return {
    title: text('console.people.link.title', { user: profile.person.userName }),
    lead: text('console.people.link.lead', { user: profile.person.userName }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    form: {
      action: `${peoplePath}/link`,
      hidden: { user: named.user, contactCenter: profile.contactCenterId },
      sections: sectionsOf(visit, [{ inputs }], typed).map((section) => ({
        ...section,
        fields: section.fields.map((field) => (field.name === 'issuer' ? { ...field, suggestions } : field)),
      })),
      submit: text('console.people.link'),
      cancel: addressOf('links', named),
    },
  };
}

export const linkOf = (visit: ConsoleVisit, typed: Typed) => bodyOf<NewSignOnLink>(visit, inputs, typed);
