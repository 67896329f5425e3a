/** Builds the pages about installation administrators. */
import type { AdministratorView } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { administrator as description } from '@gatehouse/contracts/resources';
import { passwordWay, providerProtocols, providerWay } from '@gatehouse/contracts/values';
import { describedColumns, describedInputs } from '../form/described.ts';
import { bodyOf, type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import type { Column } from '../shell/lists.ts';
import type { ConfirmPage, FormPage } from '../shell/pages.ts';
import { breadcrumbsBelowList, type Resource } from '../shell/resource.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const administratorsPath = `${consolePath}/administrators`;

export const waysOfSignIn = [passwordWay, ...providerProtocols] as const;

const issuer = inputsBelow('console.administrators')('issuer', 'text', {
  empty: 'leave',
  appearance: { maxLength: 1000 },
});

const wayInput = (input: Input): Input => ({
  ...input,
  kind: 'choice',
  hint: 'console.administrators.way.hint',
  isRequired: true,
  options: optionsBelow('console.administrators.way', waysOfSignIn),
  appearance: { kind: 'choice' },
});

export const inputs: readonly Input[] = describedInputs(description, { isNew: true }).flatMap((input) =>
  input.path === 'way' ? [wayInput(input), issuer] : [input],
);

/** Protocol and issuer are two fields here and one at the API. */
export function newAdministratorOf(visit: ConsoleVisit, typed: Typed, fields = inputs) {
  const {
    issuer = '',
    way,
    ...named
  } = bodyOf(visit, fields, typed) as Record<'user' | 'way', string> & {
    contactCenter?: string;
    issuer?: string;
    note?: string;
  };
  const protocol = providerProtocols.find((one) => one === way);
  return { ...named, way: protocol === undefined ? passwordWay : providerWay(protocol, issuer) };
}

export const administrators: Resource = {
  path: administratorsPath,
  title: 'console.administrators.title',
  lead: 'console.administrators.lead',
  empty: 'console.administrators.empty',
};

export interface Listed {
  all: readonly AdministratorView[];
  /** Names of contact centres by id. */
  centers: ReadonlyMap<string, string>;
  /** Of those who added somebody, by `sub`. */
  authors: ReadonlyMap<string, string>;
}

type Listee = Pick<AdministratorView, 'sub' | 'name'>;

/** The person of an entry, of the installation or of a contact centre. */
export const personColumn = ({ text, person }: ConsoleVisit): Column<Listee> => ({
  label: 'field.administrator.user',
  cell: ({ sub, name }) => ({
    text: name,
    ids: [sub],
    badge: sub === person.sub ? { text: text('console.administrators.you'), kind: 'plain' } : undefined,
  }),
});

export const wayText = ({ text }: ConsoleVisit, way: string): string =>
  way === passwordWay ? text('console.administrators.way.password') : way;

export function columns(visit: ConsoleVisit, { centers, authors }: Listed): Column<AdministratorView>[] {
  const { text } = visit;
  return [
    personColumn(visit),
    {
      label: 'field.administrator.way',
      cell: ({ contactCenterId, way }) =>
        contactCenterId === undefined || way === undefined
          ? {
              text: text('console.administrators.way.unknown'),
              badge: { text: text('console.administrators.noRight'), kind: 'bad' },
            }
          : {
              text: wayText(visit, way),
              note: centers.get(contactCenterId) ?? contactCenterId,
            },
    },
    {
      label: 'console.administrators.since',
      cell: ({ addedAt }) => ({ text: text('console.at', { at: new Date(addedAt) }) }),
    },
    {
      label: 'console.administrators.addedBy',
      cell: ({ addedBy }) => ({ text: authors.get(addedBy) ?? addedBy }),
    },
    ...describedColumns<AdministratorView>(visit, description, ['user', 'contactCenter', 'way'], {
      note: ({ note = '' }) => ({ text: note }),
    }),
  ];
}

export const removal = ({ text }: ConsoleVisit, { sub, name }: AdministratorView) => [
  {
    label: text('console.administrators.remove'),
    href: `${administratorsPath}/remove?${new URLSearchParams({ sub })}`,
    describes: name,
    isEnding: true,
  },
];

/** `given`: what a page that leads here knows already. */
export function addPage(visit: ConsoleVisit, given: Typed): FormPage {
  const { text } = visit;
  return {
    title: text('console.administrators.add'),
    lead: text('console.administrators.add.lead'),
    breadcrumbs: breadcrumbsBelowList(visit, administrators),
    form: {
      action: `${administratorsPath}/add`,
      sections: sectionsOf(visit, [{ inputs }], { ...typedOf(inputs), ...given }),
      submit: text('console.administrators.add'),
      cancel: administratorsPath,
    },
  };
}

/** `isLast`: nobody else is on the list. */
export function removePage(
  visit: ConsoleVisit,
  { sub, name, isLast }: Listee & { isLast: boolean },
): ConfirmPage {
  const { text, person } = visit;
  const lead = [
    text(
      sub === person.sub ? 'console.administrators.remove.yourself' : 'console.administrators.remove.lead',
    ),
    ...(isLast ? [text('console.administrators.remove.last')] : []),
  ];
  return confirmationOf(visit, {
    key: 'console.administrators.remove',
    named: { name },
    lead: lead.join(' '),
    breadcrumbs: breadcrumbsBelowList(visit, administrators),
    action: `${administratorsPath}/remove`,
    hidden: { sub },
    cancel: administratorsPath,
    isDangerous: true,
  });
}
