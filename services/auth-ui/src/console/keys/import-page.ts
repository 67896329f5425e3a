/** Builds the form that brings a private key along. The key is a secret, and is not shown again. */
import { keyInFile, type NewSigningKey, signingKey } from '@gatehouse/contracts/resources';
import { describedInputs, inputsAt } from '../form/described.ts';
import {
  bodyOf,
  type Input,
  inputsBelow,
  optionsBelow,
  type Typed,
  textAt,
  typedOf,
} from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import type { FormPage } from '../shell/pages.ts';
import { type Problem, RefusedForm } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { keysPath } from './keys-page.ts';

const input = inputsBelow('console.keys.import');

/** A key is a text or a file, whatever its form is. */
const keyInputs: readonly Input[] = [
  input('key', 'secret', {
    appearance: { kind: 'textarea', rows: 8, isCode: true, maxLength: 65_536 },
  }),
  input('keyFile', 'file'),
];

const otherInputs: readonly Input[] = inputsAt(
  describedInputs(signingKey, { isNew: true }),
  'password',
  'alias',
  'state',
).map(asTyped);

const inputs = [...keyInputs, ...otherInputs];

function asTyped(input: Input): Input {
  const { path, appearance } = input;
  if (path === 'password') return input;
  if (path === 'alias') return { ...input, appearance: { ...appearance, isCode: true } };
  const options = optionsBelow('console.keys.import', ['next', 'active']);
  // Its options say what the help says.
  return { ...input, hint: undefined, appearance: { kind: 'choice' }, options };
}

export function importPage(visit: ConsoleVisit, typed: Typed = typedOf(inputs)): FormPage {
  const { text } = visit;
  return {
    title: text('console.keys.import'),
    lead: text('console.keys.import.lead'),
    breadcrumbs: [{ label: text('console.keys.title'), href: keysPath }],
    form: {
      action: `${keysPath}/import`,
      isMultipart: true,
      sections: sectionsOf(visit, [{ inputs }], typed),
      submit: text('console.keys.import'),
      cancel: keysPath,
    },
  };
}

/** As Auth API names the form of the key. It refuses a text or a file that is no key, with the reason. @throws RefusedForm */
export function importedOf(visit: ConsoleVisit, typed: Typed): NewSigningKey {
  return { ...bodyOf<NewSigningKey>(visit, otherInputs, typed), ...keyOf(visit, typed) };
}

function keyOf({ text }: ConsoleVisit, typed: Typed) {
  const file = fileIn(typed);
  const pem = textAt(typed, 'key');
  try {
    const key = keyInFile(file ?? Buffer.from(pem));
    // A text is no keystore.
    return file === undefined && key.pkcs12 !== undefined ? { pem } : key;
  } catch {
    // The parser's message may quote the key.
    throw new RefusedForm({ [keyField(typed)]: text('console.keys.import.noJson') });
  }
}

/** The file counts in place of the text. */
function fileIn({ keyFile }: Typed): Buffer | undefined {
  return Buffer.isBuffer(keyFile) ? keyFile : undefined;
}

const keyField = (typed: Typed) => (fileIn(typed) === undefined ? 'key' : 'keyFile');

/** The API says everything about a key beside its form; some of it another field corrects, as its own words tell. */
const correctedBy = [
  ['alias', /has several private keys: choose an alias of |has no private key named /],
  ['password', /does not open with this password|is encrypted: send its password too/],
] as const;

export function besideKey(problem: Problem, typed: Typed): Problem {
  const about = Object.entries(problem.fields).find(([name]) => /^(?:pem|pkcs12|jwk)\b/.test(name));
  if (about === undefined && problem.status !== 413) return problem;
  const [name, message] = about ?? ['', problem.message];
  const [, inner] = /^jwk\.(.+)/.exec(name) ?? [];
  const [field = keyField(typed)] = correctedBy.find(([, words]) => words.test(message)) ?? [];
  return { ...problem, fields: { ...problem.fields, [field]: inner ? `${inner}: ${message}` : message } };
}
