/** Builds the pages that do one thing to several people: the question, with what changes for each, and what happened. */
import { type Change, changesFor, type Undone } from '@gatehouse/api-client/people-file';
import type { ScimUser } from '@gatehouse/contracts/environment-administration';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { tableOf } from '../shell/lists.ts';
import { typedNameField } from '../shell/names/contact-centers.ts';
import type { ListPage } from '../shell/pages.ts';
import type { FormField } from '../shell/parts.ts';
import { type PreviewPage, previewedChanges } from '../shell/preview.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { Center } from './import-pages.ts';
import { addressOf, centerAddress, peoplePath } from './names.ts';
import { personBreadcrumbs } from './person-page.ts';
import type { Selection, Step } from './selection.ts';

/** The change of each person. A link and an unlocking change nothing of a person. */
export const changesOf = (users: readonly ScimUser[], { step, group }: Selection): Change[] =>
  step === 'links' || step === 'unlock' || (step === 'group' && group === '')
    ? []
    : changesFor(users, step, group);

export const digestOf = (users: readonly ScimUser[], asked: Selection): string =>
  sha256(JSON.stringify([users.map(({ id }) => id), changesOf(users, { ...asked, group: '-' })]));

export function selectionPage(
  visit: ConsoleVisit,
  center: Center,
  users: readonly ScimUser[],
  asked: Selection,
  { isAgain = false, problems = {} }: { isAgain?: boolean; problems?: Readonly<Record<string, string>> } = {},
): PreviewPage {
  const { text } = visit;
  const { step } = asked;
  const entity = text('console.entity.person');
  const changes = changesOf(users, asked);
  const shown =
    changes.length > 0 || step === 'disable' || step === 'enable'
      ? changes.map((change) => ({ ...change, entity, of: 'person' }))
      : users.map(({ userName }) => ({ action: 'update', entity, of: 'person', id: userName, changes: {} }));
  const fields = fieldsFor(visit, center, step, asked).map((field) => ({
    ...field,
    problem: problems[field.name],
  }));
  return {
    ...previewedChanges(visit, shown, isAgain),
    title: text(`console.people.selection.${step}`),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    summary: text(`console.people.selection.${step}.lead`, { count: shown.length }),
    form: {
      action: `${peoplePath}/selection`,
      hidden: {
        contactCenter: center.id,
        person: users.map(({ id }) => id).join(' '),
        step,
        seen: digestOf(users, asked),
      },
      sections: fields.length === 0 ? [] : [{ fields }],
      submit: text(`console.people.selection.${step}`),
      cancel: centerAddress(center.id),
      isDangerous: step === 'delete' || step === 'disable',
    },
  };
}

function fieldsFor(visit: ConsoleVisit, center: Center, step: Step, { group, name }: Selection): FormField[] {
  const { text } = visit;
  if (step === 'group')
    return [
      {
        name: 'group',
        label: text('console.people.selection.group.name'),
        hint: text('console.people.selection.group.hint'),
        kind: 'text',
        value: group,
        isRequired: true,
      },
    ];
  return step === 'delete' ? [typedNameField(visit, center.name, { value: name })] : [];
}

/** Each person, with what happened. `undone` names a person by the user name, or the group that was refused. */
export function outcomePage(
  visit: ConsoleVisit,
  center: Center,
  users: readonly ScimUser[],
  { step, undone }: { step: Step; undone: readonly Undone[] },
): ListPage {
  const { text } = visit;
  const ofGroup = undone.find(({ field }) => field.startsWith('group '));
  const problemOf = ({ userName }: ScimUser) =>
    (undone.find(({ field }) => field === userName) ?? ofGroup)?.message;
  return {
    title: text(`console.people.selection.${step}`),
    lead: text('console.people.selection.outcome', {
      done: users.filter((user) => problemOf(user) === undefined).length,
      refused: users.filter((user) => problemOf(user) !== undefined).length,
    }),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    table: tableOf<ScimUser>(visit, {
      caption: 'console.people.title',
      empty: 'console.people.empty',
      columns: [
        {
          label: 'console.people.userName',
          cell: ({ userName }) =>
            step === 'delete'
              ? { text: userName }
              : {
                  text: userName,
                  href: addressOf('person', { user: userName, contactCenter: center.id }),
                },
        },
        {
          label: 'console.people.selection.result',
          cell(user) {
            const problem = problemOf(user);
            return problem === undefined
              ? { text: '', badge: { text: text('console.people.selection.done'), kind: 'good' } }
              : { text: problem, badge: { text: text('console.people.selection.refused'), kind: 'bad' } };
          },
        },
      ],
      items: users,
    }),
  };
}
