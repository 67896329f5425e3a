/** Builds the first pages of the wizard: the kinds of applications, and the questions of one. */
import type { TextKey } from '../../../texts/texts.ts';
import type { Input, Typed } from '../../form/inputs.ts';
import { fieldOf } from '../../form/sections.ts';
import { type ConsolePage, consoleView, type FormPage } from '../../shell/pages.ts';
import type { FormField } from '../../shell/parts.ts';
import type { ConsoleVisit } from '../../shell/shell.ts';
import { clientsPath } from '../page-header.ts';
import {
  type Answers,
  descriptions,
  inputsOf,
  type Kind,
  kinds,
  nameInputs,
  type Question,
} from './kinds.ts';

export const wizardPath = `${clientsPath}/new`;

export interface KindsPage extends ConsolePage {
  kinds: { label: string; text: string; href: string }[];
}
export const kindsView = consoleView<KindsPage>('clients/kinds');

export function kindsPage({ text }: ConsoleVisit): KindsPage {
  return {
    title: text('console.clients.new'),
    lead: text('console.clients.wizard.lead'),
    breadcrumbs: [{ label: text('console.clients.title'), href: clientsPath }],
    kinds: kinds.map((kind) => ({
      label: text(`console.clients.kind.${kind}`),
      text: text(`console.clients.kind.${kind}.text`),
      href: `${wizardPath}/${kind}`,
    })),
  };
}

/** `typed`: with the searches of the form. */
export function questionsPage(
  visit: ConsoleVisit,
  kind: Kind,
  given: Answers,
  typed: Typed = given,
): FormPage {
  const { text } = visit;
  const { questions } = descriptions[kind];
  return {
    title: text(`console.clients.kind.${kind}`),
    lead: text(`console.clients.kind.${kind}.lead`),
    breadcrumbs: wizardBreadcrumbs(visit),
    form: {
      action: `${wizardPath}/${kind}`,
      hidden: { madeUpId: given.madeUpId },
      sections: [
        {
          title: text('console.clients.wizard.names'),
          text: text('console.clients.wizard.names.text'),
          fields: [...nameInputs.map((input) => nameField(visit, kind, input, typed)), idField(visit, given)],
        },
        ...questions.map((question) => ({
          title: text(`console.clients.wizard.${question}`),
          text: text(`console.clients.wizard.${question}.text`),
          fields: fieldsOf(visit, question, kind, typed),
        })),
      ],
      submit: text('console.clients.wizard.review'),
      cancel: wizardPath,
    },
  };
}

export function wizardBreadcrumbs({ text }: Pick<ConsoleVisit, 'text'>) {
  return [
    { label: text('console.clients.title'), href: clientsPath },
    { label: text('console.clients.new'), href: wizardPath },
  ];
}

function idField({ text }: ConsoleVisit, given: Answers): FormField {
  return {
    name: 'client_id',
    label: text('field.client.client_id'),
    hint: text('console.clients.id.hint'),
    kind: 'text',
    value: given.client_id,
    isCode: true,
    maxLength: 128,
  };
}

/** Nobody is asked for consent to an application without a scope of people. */
function nameField(visit: ConsoleVisit, kind: Kind, input: Input, typed: Typed): FormField {
  const field = fieldOf(visit, input, typed);
  return input.path === 'name' && descriptions[kind].scope === '' ? { ...field, hint: undefined } : field;
}

/** Where the kind of application explains a field better than its description. */
function fieldsOf(visit: ConsoleVisit, question: Question, kind: Kind, typed: Typed): FormField[] {
  const { text } = visit;
  return inputsOf(question).map((input) => {
    const field = fieldOf(visit, input, typed);
    if (input.path === 'redirectURIs')
      return { ...field, hint: text(`console.clients.kind.${kind}.redirects` as TextKey), isRequired: true };
    // No person signs in at it, so the scopes that the console knows are no choice.
    if (input.path === 'scope' && field.picker !== undefined && descriptions[kind].scope === '') {
      const picker = { ...field.picker, all: [] };
      return { ...field, hint: text('console.clients.wizard.scope.own'), picker };
    }
    if (input.path === 'contactCenterIds' && kind === 'resource')
      return { ...field, hint: text('console.clients.kind.resource.centers') };
    return field;
  });
}
