/** Builds the form of the second factors of a contact centre, and reads what was typed. */
import type { FactorDryRun } from '@gatehouse/contracts/auth-administration';
import type { ContactCenter } from '@gatehouse/contracts/environment-administration';
import { contactCenter } from '@gatehouse/contracts/resources';
import type { TextKey } from '../../texts/texts.ts';
import { describedInputs } from '../form/described.ts';
import { bodyOf, chosenOf, type Input, optionsBelow, type Typed, textAt, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { FormPage } from '../shell/pages.ts';
import type { Fact } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { breadcrumbsBelowTab } from './page-header.ts';

export const secondFactorPath = (id: string) => `${contactCenterPath(id)}/second-factor`;

export const policySection = {
  title: 'console.contactCenters.secondFactor',
  text: 'console.contactCenters.secondFactor.text',
} as const;

const policyInputs = (isNew: boolean): Input[] =>
  describedInputs(contactCenter, { isNew })
    .filter(({ path }) => path.startsWith('secondFactor.'))
    .map((input) => ({
      ...input,
      ...(input.options && {
        options: optionsBelow(
          `console.contactCenters.${input.path}`,
          input.options.map(({ value }) => value),
        ),
      }),
      // An emptied list is an empty list: what is not sent stays.
      ...(input.kind === 'lines' && { empty: undefined }),
    }));

/** Of a new contact centre. */
export const newPolicyInputs = policyInputs(true);
const inputs = policyInputs(false);

export const policyOf = (visit: ConsoleVisit, typed: Typed) => bodyOf<FactorDryRun>(visit, inputs, typed);

export function secondFactorForm(
  visit: ConsoleVisit,
  center: ContactCenter,
  typed: Typed | undefined,
): FormPage {
  const { text } = visit;
  return {
    title: text('console.contactCenters.secondFactor.change'),
    lead: text(policySection.text),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'secondFactor'),
    form: {
      action: `${secondFactorPath(center.id)}/edit`,
      sections: sectionsOf(visit, [{ inputs }], typed ?? typedOf(inputs, center)),
      submit: text('console.contactCenters.save'),
      cancel: secondFactorPath(center.id),
    },
  };
}

/** What it means that nothing is chosen, where `None` or `0` would say something else. */
const meanings: Record<string, { value: string; label: TextKey }> = {
  'secondFactor.passkeyModels': {
    value: '',
    label: 'console.contactCenters.secondFactor.passkeyModels.empty',
  },
  'secondFactor.hints': { value: '', label: 'console.contactCenters.secondFactor.hints.empty' },
  'secondFactor.rememberDays': { value: '0', label: 'console.contactCenters.secondFactor.rememberDays.zero' },
  'secondFactor.reauthenticateHours': {
    value: '0',
    label: 'console.contactCenters.secondFactor.reauthenticateHours.zero',
  },
};

/** The policy as a list of what was chosen. */
export function policyFacts({ text }: ConsoleVisit, center: ContactCenter): Fact[] {
  const typed = typedOf(inputs, center);
  const nothing = text('console.contactCenters.ends.none');
  return inputs.map((input) => {
    const said = (value: string) => {
      const key: TextKey | undefined = input.options?.find((option) => option.value === value)?.label;
      return key === undefined ? value : text(key);
    };
    const value = textAt(typed, input.path);
    const values = input.kind === 'choices' ? chosenOf(input, typed) : value.split('\n').filter(Boolean);
    const shown = values.map(said).join(' · ');
    const meaning = meanings[input.path];
    if (meaning?.value === shown) return { label: text(input.label), value: text(meaning.label) };
    return { label: text(input.label), value: shown || nothing };
  });
}
