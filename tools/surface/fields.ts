/** Lists the fields of a JSON schema by their paths, each with what it may hold. */

/** `data[].name` → `required string | null`. Values of an enumeration stand as JSON; the path of the whole is empty. */
export type Fields = Record<string, string>;

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

/** Of what a field is a part: `data[]` of `data[].name`, and nothing of a parameter (`query limit`). */
export function holderOf(path: string): string | undefined {
  if (path === '' || /^\w+ /.test(path)) return undefined;
  const end = Math.max(path.lastIndexOf('.'), path.endsWith('[]') ? path.length - 2 : 0);
  return path.slice(0, end);
}

interface Field {
  kinds: Set<string>;
  isRequired: boolean;
}

export type Resolve = (reference: string) => Schema;

export function fieldsOf(schema: Schema, resolve: Resolve): Fields {
  const fields = visit(schema, { path: '', isRequired: true, within: [] }, resolve);
  return Object.fromEntries(
    [...fields].map(([path, { kinds, isRequired }]) => [
      path,
      `${isRequired && path !== '' ? 'required ' : ''}${[...kinds].sort().join(' | ')}`,
    ]),
  );
}

interface Place {
  path: string;
  isRequired: boolean;
  /** References that lead here: a schema that holds itself is listed once. */
  within: readonly string[];
}

function visit(schema: Schema, place: Place, resolve: Resolve): Map<string, Field> {
  const { path, isRequired, within } = place;
  if (schema.$ref !== undefined) {
    if (within.includes(schema.$ref)) return new Map([[path, { kinds: new Set(['object']), isRequired }]]);
    return visit(resolve(schema.$ref), { ...place, within: [...within, schema.$ref] }, resolve);
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return united(variants.map((variant) => visit(variant, place, resolve)));
  const fields = new Map([[path, { kinds: new Set(kindsOf(schema)), isRequired }]]);
  const add = (more: Map<string, Field>) => {
    for (const [at, field] of more) fields.set(at, field);
  };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const here = path === '' ? name : `${path}.${name}`;
    const isOwnRequired = schema.required?.includes(name) ?? false;
    add(visit(property, { path: here, isRequired: isOwnRequired, within }, resolve));
  }
  if (schema.items) add(visit(schema.items, { path: `${path}[]`, isRequired: false, within }, resolve));
  if (typeof schema.additionalProperties === 'object')
    add(visit(schema.additionalProperties, { path: `${path}.*`, isRequired: false, within }, resolve));
  return fields;
}

/** A field is required where every variant requires it that has fields at all, and what the field is a part of. */
function united(variants: readonly Map<string, Field>[]): Map<string, Field> {
  const structured = variants.filter(({ size }) => size > 1);
  const all = new Map<string, Field>();
  for (const [path, { kinds, isRequired }] of variants.flatMap((variant) => [...variant])) {
    const before = all.get(path);
    const holder = holderOf(path) ?? '';
    const isEverywhere = structured.every((one) => one.has(path) || !one.has(holder));
    all.set(path, {
      kinds: new Set([...(before?.kinds ?? []), ...kinds]),
      isRequired: (before?.isRequired ?? true) && isRequired && isEverywhere,
    });
  }
  return all;
}

function kindsOf({ type, enum: values, const: value, properties }: Schema): string[] {
  const literals = values ?? (value === undefined ? undefined : [value]);
  if (literals) return literals.map((one) => (typeof one === 'boolean' ? 'boolean' : JSON.stringify(one)));
  if (type !== undefined) return [type].flat();
  return [properties ? 'object' : 'any'];
}
