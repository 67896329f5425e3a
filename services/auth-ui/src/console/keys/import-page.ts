/** Builds the form that brings a private key along. What was typed is not shown again: it is a secret. */
import { signingKey } from '@gatehouse/contracts/resources/signing-key';
import { describedInputs } from '../form/described.ts';
import { bodyOf, type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import type { FormPage } from '../shell/pages.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { keysPath } from './keys-page.ts';

/** A key in PEM and one as JWK have one field. The fields of a keystore are missing: the command line imports it. */
const inputs: readonly Input[] = [
  inputsBelow('console.keys.import')('key', 'secret', {
    isRequired: true,
    look: { kind: 'textarea', rows: 8, isCode: true, maxLength: 65_536 },
  }),
  ...describedInputs(signingKey, { isNew: true }).flatMap(asTyped),
];

function asTyped(input: Input): Input[] {
  if (input.path === 'password') return [input];
  if (input.path !== 'state') return [];
  const options = optionsBelow('console.keys.import', ['next', 'active']);
  // Its options say what the help says.
  return [{ ...input, hint: undefined, look: { kind: 'choice' }, options }];
}

export function importPage(visit: ConsoleVisit, typed: Typed = typedOf(inputs)): FormPage {
  const { text } = visit;
  return {
    title: text('console.keys.import'),
    lead: text('console.keys.import.lead'),
    path: [{ label: text('console.keys.title'), href: keysPath }],
    form: {
      action: `${keysPath}/import`,
      sections: sectionsOf(visit, [{ inputs }], typed),
      submit: text('console.keys.import'),
      cancel: keysPath,
    },
  };
}

/** As Auth API names the two forms of a key that are text. A text that is neither is refused there, with the reason. */
export function importedOf(visit: ConsoleVisit, typed: Typed): Record<string, unknown> {
  const { key, ...fields } = bodyOf(visit, inputs, typed);
  const text = String(key);
  if (!text.trimStart().startsWith('{')) return { ...fields, pem: text };
  try {
    return { ...fields, jwk: JSON.parse(text) };
  } catch {
    // The parser's message may quote the key.
    return { ...fields, jwk: {} };
  }
}

/** The API names the form of the key, and both have one field here. */
export function besideKey(problem: Problem): Problem {
  const { pem, jwk = pem } = problem.fields;
  return jwk === undefined ? problem : { ...problem, fields: { ...problem.fields, key: jwk } };
}
