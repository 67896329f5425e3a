/** Finds the fields of a route's schemas that take a text which no field may take. */

/** The parts of zod's schemas that are read, whatever their kind. */
interface AnySchema {
  safeParse(value: unknown): { success: boolean };
  _zod: {
    def: {
      type: string;
      shape?: Record<string, AnySchema>;
      catchall?: AnySchema;
      element?: AnySchema;
      innerType?: AnySchema;
      options?: AnySchema[];
      in?: AnySchema;
      out?: AnySchema;
      keyType?: AnySchema;
      valueType?: AnySchema;
      left?: AnySchema;
      right?: AnySchema;
    };
  };
}

const long = 600_000;
/** Long ones of several alphabets: a pattern without a bound refuses some of them. */
const unacceptable: [what: string, text: string][] = [
  ['a NUL', 'a\0b'],
  ['half a character', 'a\ud800'],
  ...['a', '1', '/', '~', '-', ' ', 'é'].map((letter): [string, string] => [
    'any length',
    letter.repeat(long),
  ]),
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

const unacceptableJson: [what: string, value: unknown][] = [
  ['a NUL in JSON', { a: ['\0'] }],
  ['half a character in a name', { '\ud800': 1 }],
  ['any depth', nested(10_000)],
];

/** As `data.name: a NUL`. `whole`: with the steps that follow, such as a list of known words. */
export function acceptedTexts(schema: unknown, path = '', whole = schema): string[] {
  const { def } = (schema as AnySchema)._zod;
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const inner = (part: AnySchema | undefined, name = path) => (part ? acceptedTexts(part, name) : []);
  switch (def.type) {
    case 'string':
      return unacceptable.flatMap(([what, text]) => accepted(whole, path, what, text));
    case 'unknown':
    case 'any':
      return unacceptableJson.flatMap(([what, value]) => accepted(whole, path, what, value));
    case 'object':
      return [
        ...Object.entries(def.shape ?? {}).flatMap(([name, part]) => inner(part, at(name))),
        ...inner(def.catchall, at('*')),
      ];
    case 'array':
      return inner(def.element, at('[]'));
    case 'record':
      return [...inner(def.keyType, at('*')), ...inner(def.valueType, at('*'))];
    case 'union':
      return (def.options ?? []).flatMap((part) => inner(part));
    case 'intersection':
      return [...inner(def.left), ...inner(def.right)];
    case 'pipe':
      // A preprocessing step comes first and says nothing of what it takes.
      return def.in?._zod.def.type === 'transform' ? inner(def.out) : acceptedTexts(def.in, path, whole);
    default:
      return inner(def.innerType);
  }
}

function accepted(schema: unknown, path: string, what: string, value: unknown): string[] {
  return (schema as AnySchema).safeParse(value).success ? [`${path}: ${what}`] : [];
}
