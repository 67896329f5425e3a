/** Builds the forms that add a person to the people store, and that change one. */
import type { ContactCenter, StoredPerson } from '@gatehouse/contracts/environment-administration';
import { type NewPerson, type PersonChange, person, personStatus } from '@gatehouse/contracts/resources';
import { describedInputs } from '../form/described.ts';
import {
  bodyOf,
  changedInputs,
  type Input,
  inputsBelow,
  optionsBelow,
  type Typed,
  typedOf,
} from '../form/inputs.ts';
import { withGroups } from '../form/pickers.ts';
import { sectionsOf } from '../form/sections.ts';
import type { FormPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { addressOf, centerAddress, nameOf, peoplePath } from './names.ts';
import { breadcrumbsBelowPerson, personBreadcrumbs } from './person-page.ts';
import type { Kept } from './store.ts';

const appearances: Readonly<Record<string, Partial<Input>>> = {
  groups: { appearance: { isCode: false } },
  status: { options: optionsBelow('console.people.state', personStatus.options) },
};
const asShown = (input: Input): Input => ({ ...input, ...appearances[input.path] });

export const personInputs: readonly Input[] = describedInputs(person, { isNew: true }).map(asShown);
/** A question asks before the state changes. */
const inputs: readonly Input[] = describedInputs(person)
  .filter(({ path }) => path !== 'status')
  .map(asShown);

const linkInput = inputsBelow('console.people.add')('passwordLink', 'flag', { initial: 'true' });

export function addPage(
  visit: ConsoleVisit,
  { center, groups }: { center: Pick<ContactCenter, 'id' | 'name'>; groups: readonly string[] },
  typed: Typed = typedOf([...personInputs, linkInput]),
): FormPage {
  const { text } = visit;
  return {
    title: text('console.people.add.title', { name: center.name }),
    lead: text('console.people.add.lead'),
    breadcrumbs: personBreadcrumbs(visit, { contactCenterId: center.id }),
    form: {
      action: `${peoplePath}/add`,
      hidden: { contactCenter: center.id },
      sections: withGroups(groups, sectionsOf(visit, [{ inputs: [...personInputs, linkInput] }], typed)),
      submit: text('console.people.add'),
      cancel: centerAddress(center.id),
    },
  };
}

export const newPersonOf = (visit: ConsoleVisit, typed: Typed) =>
  bodyOf<NewPerson>(visit, personInputs, typed);

export const asksForLink = (visit: ConsoleVisit, typed: Typed): boolean =>
  bodyOf<{ passwordLink: boolean }>(visit, [linkInput], typed).passwordLink;

export function changePage(
  visit: ConsoleVisit,
  { profile, stored, groups }: Kept & { groups: readonly string[] },
  typed: Typed = typedOf(inputs, stored),
): FormPage {
  const { text } = visit;
  const named = nameOf(profile);
  return {
    title: text('console.people.change.title', { user: stored.userName }),
    breadcrumbs: breadcrumbsBelowPerson(visit, profile),
    form: {
      action: `${peoplePath}/change`,
      hidden: { user: named.user, contactCenter: profile.contactCenterId },
      sections: withGroups(groups, sectionsOf(visit, [{ inputs }], typed)),
      submit: text('console.people.change'),
      cancel: addressOf('person', named),
    },
  };
}

export const changeOf = (visit: ConsoleVisit, typed: Typed, stored: StoredPerson) =>
  bodyOf<PersonChange>(visit, changedInputs(inputs, typed, stored), typed);
