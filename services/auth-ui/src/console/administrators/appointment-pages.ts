/** Builds the pages about the list of a contact centre: who administers it, helps its people or audits it. */
import type { AppointeeView, AppointmentsView } from '@gatehouse/contracts/auth-administration';
import { contactCenterRightNames } from '@gatehouse/contracts/values';
import { formatsIn } from '../../texts/formats.ts';
import { inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import { tableOf } from '../shell/lists.ts';
import type { ConfirmPage, ConsolePage, FormPage, ListPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { inputs as ofInstallation, personColumn, wayText } from './pages.ts';

/** The contact centre that the pages are about. */
export interface AppointmentsOwner {
  id: string;
  name: string;
  /** Where its list is. */
  path: string;
  /** The header of the list. */
  header: Pick<ConsolePage, 'title' | 'breadcrumbs' | 'tabs'>;
  /** The breadcrumbs of the pages below the list. */
  breadcrumbs: { label: string; href: string }[];
}

const rights = inputsBelow('console.appointments')('rights', 'choices', {
  isRequired: true,
  options: optionsBelow('console.appointments.right', contactCenterRightNames),
});

/** Of an entry of the installation, with the rights in place of the contact centre. */
export const appointmentInputs = ofInstallation.map((input) =>
  input.path === 'contactCenter' ? rights : input,
);

/** Hides and shows; the API decides. */
function mayChange({ rights }: ConsoleVisit, { administratorsAppoint }: AppointmentsView): boolean {
  return rights.installation || (rights.contactCenter && administratorsAppoint);
}

export function appointmentsPage(
  visit: ConsoleVisit,
  owner: AppointmentsOwner,
  view: AppointmentsView,
  authors: ReadonlyMap<string, string>,
): ListPage {
  const { text, rights, language } = visit;
  const { administrators, administratorsAppoint } = view;
  const { path } = owner;
  const isOpen = mayChange(visit, view);
  const permission = administratorsAppoint ? 'console.appointments.own.yes' : 'console.appointments.own.no';
  return {
    ...owner.header,
    lead: `${text('console.appointments.lead')} ${text(permission)}`,
    actions: [
      ...(isOpen ? [{ label: text('console.appointments.add'), href: `${path}/add`, isMain: true }] : []),
      ...(rights.installation
        ? [
            {
              label: text(`console.appointments.${administratorsAppoint ? 'forbid' : 'allow'}`),
              href: `${path}/own`,
            },
          ]
        : []),
    ],
    table: tableOf<AppointeeView>(visit, {
      caption: 'console.administrators.title',
      empty: 'console.appointments.empty',
      columns: [
        personColumn(visit),
        {
          label: 'console.appointments.rights',
          cell: (entry) => ({
            text: formatsIn(language).words(
              entry.rights.map((right) => text(`console.appointments.right.${right}`)),
            ),
          }),
        },
        {
          label: 'field.administrator.way',
          cell: ({ way }) => ({ text: wayText(visit, way) }),
        },
        {
          label: 'console.administrators.since',
          cell: ({ addedAt, addedBy }) => ({
            text: text('console.at', { at: new Date(addedAt) }),
            note: authors.get(addedBy) ?? addedBy,
          }),
        },
        { label: 'field.administrator.note', cell: ({ note = '' }) => ({ text: note }) },
      ],
      items: administrators,
      ...(isOpen && {
        actions: ({ sub, name }) => [
          {
            label: text('console.administrators.remove'),
            href: `${path}/remove?${new URLSearchParams({ sub })}`,
            isEnding: true,
            describes: name,
          },
        ],
      }),
    }),
  };
}

export function addAppointmentPage(
  visit: ConsoleVisit,
  { path, breadcrumbs }: AppointmentsOwner,
  typed: Typed | undefined,
): FormPage {
  const { text } = visit;
  return {
    title: text('console.appointments.add'),
    lead: text('console.administrators.add.lead'),
    breadcrumbs,
    form: {
      action: `${path}/add`,
      sections: sectionsOf(visit, [{ inputs: appointmentInputs }], typed ?? typedOf(appointmentInputs)),
      submit: text('console.appointments.add'),
      cancel: path,
    },
  };
}

/** `isLast`: no other administrator is on the list. */
export function removeAppointmentPage(
  visit: ConsoleVisit,
  { path, breadcrumbs }: AppointmentsOwner,
  { sub, name, isLast }: Pick<AppointeeView, 'sub' | 'name'> & { isLast: boolean },
): ConfirmPage {
  const { text, person } = visit;
  const leads = [
    sub === person.sub
      ? text('console.appointments.remove.yourself')
      : text('console.appointments.remove.lead'),
    ...(isLast ? [text('console.appointments.remove.last')] : []),
  ];
  return confirmationOf(visit, {
    key: 'console.appointments.remove',
    named: { name },
    lead: leads.join(' '),
    breadcrumbs,
    action: `${path}/remove`,
    hidden: { sub, evenLast: String(isLast) },
    cancel: path,
    isDangerous: true,
  });
}

/** Lets administrators of the contact centre change the list, or lets them no more. */
export function appointingPage(
  visit: ConsoleVisit,
  { path, breadcrumbs, name }: AppointmentsOwner,
  isAllowed: boolean,
): ConfirmPage {
  return confirmationOf(visit, {
    key: isAllowed ? 'console.appointments.allow' : 'console.appointments.forbid',
    named: { name },
    breadcrumbs,
    action: `${path}/own`,
    hidden: { isAllowed: String(isAllowed) },
    cancel: path,
  });
}
