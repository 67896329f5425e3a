/** Derives how people type the fields of a resource: for forms and for options of the command line. */
import { z } from 'zod';
import { type FieldFacts, factsOf, isField } from './field.ts';
import { type Fields, type Resource, typedOf } from './resource.ts';

/**
 * `text`, `number`, `flag` and `choice` are single values, `choices` some of the options, `lines` a text in each line, and `json`
 * what has no plainer form.
 */
export type DescribedKind = 'text' | 'number' | 'flag' | 'choice' | 'choices' | 'lines' | 'json';

export interface DescribedInput {
  /** Its place in the body, as refusals name it: `ldap.filters.person`. */
  path: string;
  facts: FieldFacts;
  kind: DescribedKind;
  /** Of `choice` and `choices`. */
  options: readonly string[];
  isOptional: boolean;
  /** The value of a new resource, as its facts or its schema say it. */
  initial: unknown;
  maxLength: number | undefined;
}

/** In the order of the description; objects whose fields are described are taken apart. */
export function inputsOf({ name, fields }: Resource): DescribedInput[] {
  return inputsBelow(name, fields, '');
}

function inputsBelow(resource: string, fields: Fields, prefix: string): DescribedInput[] {
  return Object.entries(fields).flatMap(([name, schema]) => {
    const path = prefix + name;
    const bare = typedOf(schema);
    if (bare instanceof z.ZodObject && Object.values(bare.shape).every((inner) => isField(inner)))
      return inputsBelow(resource, bare.shape as Fields, `${path}.`);
    const facts = factsOf(schema, `${resource}.${path}`);
    const initial = facts.initial ?? (schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined);
    return [{ path, facts, ...formOf(bare), isOptional: schema.safeParse(undefined).success, initial }];
  });
}

type Form = Pick<DescribedInput, 'kind' | 'options' | 'maxLength'>;

/** Alternatives are other spellings of one value, such as the text "true" of a flag. */
const plainest: readonly DescribedKind[] = ['lines', 'flag', 'number', 'text'];

function formOf(given: z.ZodType): Form {
  const schema = typedOf(given);
  const none = { options: [], maxLength: undefined };
  if (schema instanceof z.ZodUnion) {
    const forms = schema.options.map((option) => formOf(option as z.ZodType));
    const [form] = plainest.flatMap((kind) => forms.find((one) => one.kind === kind) ?? []);
    return form ?? { kind: 'json', ...none };
  }
  if (schema instanceof z.ZodBoolean) return { kind: 'flag', ...none };
  if (schema instanceof z.ZodNumber) return { kind: 'number', ...none };
  if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral)
    return { kind: 'choice', options: optionsOf(schema), maxLength: undefined };
  if (isText(schema)) return { kind: 'text', options: [], maxLength: schema.maxLength ?? undefined };
  if (!(schema instanceof z.ZodArray)) return { kind: 'json', ...none };
  const element = typedOf(schema.element as z.ZodType);
  if (element instanceof z.ZodEnum)
    return { kind: 'choices', options: optionsOf(element), maxLength: undefined };
  return { kind: isText(element) ? 'lines' : 'json', ...none };
}

/** An address (`z.url()`) is a text, too, and of another class. */
const isText = (schema: z.ZodType): schema is z.ZodString => schema.def.type === 'string';

const optionsOf = (schema: z.ZodEnum | z.ZodLiteral): string[] =>
  (schema instanceof z.ZodEnum ? schema.options : [...schema.values]).map(String);

/** Puts a value into a body at the path of its input. */
export function putAt(body: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    body[first] = value;
    return;
  }
  const inner = { ...(body[first] as object | undefined) };
  body[first] = inner;
  putAt(inner, rest.join('.'), value);
}
