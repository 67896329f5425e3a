/** The fields of a JSON schema as rows for people: nested ones by dots, lists by []. */

export interface Schema {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

export interface Field {
  name: string;
  isRequired: boolean;
  type: string;
  text: string;
}

const deepest = 3;

export function fieldsOf(schema: Schema | undefined, prefix = '', depth = 0): Field[] {
  const { properties = {}, required = [] } = objectIn(schema) ?? {};
  return Object.entries(properties).flatMap(([name, value]) => {
    const path = prefix + name;
    const nested = objectIn(value);
    const isList = listIn(value) !== undefined;
    const inner =
      nested === undefined || depth >= deepest
        ? []
        : fieldsOf(nested, `${path}${isList ? '[]' : ''}.`, depth + 1);
    const field = {
      name: path,
      isRequired: required.includes(name),
      type: typeOf(value),
      text: value.description ?? '',
    };
    // The wrapper says nothing that its fields do not say.
    return inner.length > 0 && value.description === undefined ? inner : [field, ...inner];
  });
}

/** In a word or two. */
export function typeOf(schema: Schema = {}): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : schema.type;
  if (type === 'array') return `list of ${typeOf(schema.items)}`;
  if (type === 'integer' || type === 'number') return `${type}${rangeOf(schema)}`;
  return schema.format ?? type ?? 'any value';
}

function rangeOf({ minimum, maximum }: Schema): string {
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return ` from ${least}`;
  return least === undefined ? ` to ${most}` : ` ${least}–${most}`;
}

function objectIn(schema: Schema | undefined): Schema | undefined {
  if (schema === undefined) return undefined;
  if (schema.properties) return schema;
  const [first] = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap(
    (choice) => objectIn(choice) ?? [],
  );
  return first ?? objectIn(schema.items);
}

function listIn({ type, items, anyOf = [] }: Schema): Schema | undefined {
  return type === 'array' ? items : anyOf.find((choice) => choice.type === 'array');
}
