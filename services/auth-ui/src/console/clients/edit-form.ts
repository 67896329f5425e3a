/** Builds the form that changes a client, from the description of its fields, and reads what was typed. */
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import { type ClientInput, client as description } from '@gatehouse/contracts/resources';
import { describedInputs } from '../form/described.ts';
import {
  bodyOf,
  changedInputs,
  type Input,
  optionsBelow,
  type Typed,
  typedOf,
  words,
} from '../form/inputs.ts';
import { type Section, sectionsBelow, sectionsOf } from '../form/sections.ts';
import type { FormPage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientHeader, clientPath } from './page-header.ts';
import { shortGrant, typeKeys } from './words.ts';

/** In the order of the form; the sign-in has the title of its addresses. */
const groups = [
  ['names', 'names'],
  ['grants', 'grants'],
  ['signIn', 'addresses'],
  ['reach', 'reach'],
  ['tokens', 'tokens'],
  ['logout', 'logout'],
  ['protection', 'protection'],
  ['exchange', 'exchange'],
  ['appearance', 'appearance'],
] as const;

const grantOption = (grant: string) => optionsBelow('console.clients.grant', [shortGrant(grant)])[0];

/** The secret has pages of its own. */
const described = describedInputs(description).filter(({ kind }) => kind !== 'secret');

/** Every field that a change may have. */
export const clientInputs: readonly Input[] = described.map(asTyped);

/** Where the console has more to say about a field than its description. */
function asTyped(input: Input): Input {
  const { path, kind, appearance = {}, options = [] } = input;
  const values = options.map(({ value }) => value);
  // Where its options say what the help says.
  const said: Input = { ...input, hint: undefined };
  if (path === 'clientType')
    return { ...input, options: values.map((value) => ({ value, label: typeKeys[value] })) };
  if (path === 'authorizedGrantTypes')
    return { ...said, options: values.map((value) => ({ ...grantOption(value), value })) };
  if (path === 'accessTokenFormat')
    return {
      ...said,
      options: optionsBelow('console.clients.format', values),
      appearance: { kind: 'choice' },
    };
  // Names may have spaces.
  if (kind === 'lines')
    return ['authorities', 'contactCenterIds'].includes(path) ? input : { ...input, reading: words };
  if (kind !== 'text' || path === 'name' || path === 'description') return input;
  return {
    ...input,
    appearance: { ...appearance, isCode: true, kind: path.endsWith('Uri') ? 'url' : 'text' },
  };
}

const section = sectionsBelow('console.clients.edit');
const sections: readonly Section[] = groups.map(([group, name]) => ({
  ...section(name, described.filter((input) => input.group === group).map(asTyped)),
  folds: group !== 'names',
}));

export function editPage(
  visit: ConsoleVisit,
  client: ClientView,
  typed: Typed = typedOf(clientInputs, client),
): FormPage {
  const { text } = visit;
  return {
    ...clientHeader(visit, client, 'edit'),
    lead: text('console.clients.edit.lead'),
    form: {
      action: `${clientPath(client.client_id)}/edit`,
      sections: sectionsOf(visit, sections, typed),
      submit: text('console.clients.edit.save'),
      cancel: clientPath(client.client_id),
    },
  };
}

/** A field that nobody touched is not sent: a value that the installation decides today is not fixed by a form that shows it. */
export const changeOf = (visit: ConsoleVisit, typed: Typed, client: ClientView): ClientInput =>
  bodyOf(visit, changedInputs(clientInputs, typed, client), typed);
