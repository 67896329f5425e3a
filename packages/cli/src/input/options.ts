/** Derives the options of a command from the description of its resource: each says its field, and how its text is read. */

import {
  type DescribedInput,
  type DescribedKind,
  type Fields,
  inputsOf,
  type Resource,
} from '@gatehouse/contracts/resource';
import { definedOnly } from '@gatehouse/contracts/values';
import { UsageError } from '../failure/failure.ts';

export interface FieldOption {
  flags: string;
  description: string;
  /** Path in the body, such as `ldap.filters.person`; the name of the option without it. */
  field?: string;
  /** Of new resources alone. */
  isFixed?: boolean | undefined;
  /** As it is typed without it. */
  read?(text: string): unknown;
}

/** An option in words of its own, and how it is read where its kind does not say it. */
type Said = readonly [flags: string, description: string, read?: (text: string) => unknown];

type PathOf<F extends Fields> = (keyof F & string) | `${keyof F & string}.${string}`;

/** Longer texts are in files. */
const maxTyped = 4096;

/** First the fields that are said, in that order; then the others that a person types. Secrets are no options. */
export function optionsOf<F extends Fields>(
  resource: Resource<F>,
  said: Partial<Record<PathOf<F>, Said>>,
): FieldOption[] {
  const inputs = new Map(inputsOf(resource).map((input) => [input.path, input]));
  const named = Object.entries<Said | undefined>(said).map(([path, own]) => {
    const input = inputs.get(path);
    if (input === undefined) throw new Error(`${resource.name} has no field ${path}`);
    inputs.delete(path);
    const [flags, description, read] = own ?? [];
    return { ...optionOf(input), ...definedOnly({ flags, description, read }) };
  });
  const others = [...inputs.values()].filter(
    ({ kind, facts, maxLength = 0 }) => kind !== 'json' && !facts.isSecret && maxLength <= maxTyped,
  );
  return [...named, ...others.map(optionOf)];
}

function optionOf({ path, kind, facts, options }: DescribedInput): FieldOption {
  const { placeholder, more, read } = forms[kind];
  const oneOf = options.length > 0 ? `One of ${options.join(', ')}.` : undefined;
  const name = path.replaceAll('.', '-').replace(/(?<=[a-z])[A-Z]+/g, (capitals) => `-${capitals}`);
  return {
    flags: `--${name.toLowerCase()} <${placeholder}>`,
    description: [`${facts.label}.`, facts.help, oneOf, more].filter((part) => part !== undefined).join(' '),
    field: path,
    isFixed: facts.isFixed,
    ...(read && { read }),
  };
}

/** Of a text with commas. */
export const list = (text: string): string[] => text.split(',').map((part) => part.trim());

/** Of true and false alone: another word would silently be no. @throws UsageError */
export function flag(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UsageError(`${JSON.stringify(text)} is neither true nor false`);
}

/** For a value that the API reads, or refuses with a sentence of its own. */
export const asTyped = (text: string): string => text;

const number = (text: string) => (/^-?\d+$/.test(text) ? Number(text) : text);
const severally = { placeholder: 'values', more: 'Here separated by commas.', read: list };

const forms: Record<DescribedKind, { placeholder: string; more?: string; read?(text: string): unknown }> = {
  text: { placeholder: 'text' },
  choice: { placeholder: 'value' },
  number: { placeholder: 'number', read: number },
  flag: { placeholder: 'flag', read: flag },
  choices: severally,
  lines: severally,
  json: { placeholder: 'json' },
};
