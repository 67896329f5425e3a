/** Makes the bodies that break parsers and handlers: none, empty, of wrong types, repeated, too large; for each described route. */

interface Schema {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  format?: string;
  minimum?: number;
  properties?: Record<string, Schema>;
}

interface Operation {
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}

export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

export interface HostileRequest {
  name: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  payload?: string | undefined;
  /** It has the fields of the route, of which one is odd: nobody reads it before the caller is known. */
  isForHandler: boolean;
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

/** Of one type each; a field wants one of them at most. */
const oddValues = [null, -1, 1e308, '', 'x', '\u0000', '\ud800', [], {}, 'x'.repeat(5000)];

const oddJson = [
  '',
  ' ',
  '{',
  'null',
  'true',
  '0',
  '"x"',
  '[]',
  '[[]]',
  '{}',
  '{"data":null}',
  '{"data":[]}',
  '{"data":"x"}',
];
const poisonedJson = [
  '{"__proto__":{"a":1}}',
  '{"data":{"__proto__":{"a":1}}}',
  '{"constructor":{"prototype":{}}}',
];
const oddForms = [
  '',
  '&',
  '=',
  '=x',
  '%',
  '%zz',
  '%00=%00',
  '%ED%A0%80=%ED%A0%80',
  'a[b]=c',
  '__proto__=x',
  'toString=x',
];
const oddTypes = [
  'text/plain',
  'application/xml',
  'multipart/form-data',
  'application/json; charset=x',
  'application/json\tx',
  'x',
  '',
];

/** Nested beyond what a recursive reader survives. */
const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const tooLarge = 'x'.repeat(2_000_000);

/** Every request that the routes of the document can be sent with a body, valid ones excepted. */
export function hostileRequests(document: OpenApi): HostileRequest[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => method !== 'get')
      .flatMap(([method, operation]) =>
        bodiesFor(operation, document).map(([name, contentType, payload, isForHandler = false]) => ({
          name: `${method.toUpperCase()} ${path}: ${name}`,
          method: method.toUpperCase(),
          path,
          headers: contentType === undefined ? {} : { 'content-type': contentType },
          payload,
          isForHandler,
        })),
      ),
  );
}

type Body = readonly [name: string, contentType?: string, payload?: string, isForHandler?: boolean];

function bodiesFor({ requestBody }: Operation, document: OpenApi): Body[] {
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema ?? {};
  const sample = sampleOf(schema, document);
  return [
    ['no body'],
    ...[json, form].map((type): Body => [`no body as ${type}`, type]),
    ...oddTypes.map((type): Body => [`a body as ${JSON.stringify(type)}`, type, 'x']),
    ...[...oddJson, ...poisonedJson].map((text): Body => [`the JSON ${JSON.stringify(text)}`, json, text]),
    ...oddForms.map((text): Body => [`the form ${JSON.stringify(text)}`, form, text]),
    ...fieldsWith(sample).map(
      ([name, value]): Body => [`${name} in JSON`, json, JSON.stringify(value), true],
    ),
    ...Object.keys(sample).flatMap((field) => formsWith(field, sample)),
    ['a deep array', json, deep],
    ['a large JSON text', json, JSON.stringify({ data: tooLarge })],
    ['a large form', form, `a=${tooLarge}`],
    ['a form of many fields', form, 'a=1&'.repeat(5000)],
  ];
}

/** The sample with one field, at any depth, replaced by each odd value. */
function fieldsWith(sample: object): [name: string, value: object][] {
  return Object.entries(sample).flatMap(([field, value]) => {
    const flat = oddValues.map((odd): [string, object] => [
      `${field} = ${JSON.stringify(odd).slice(0, 20)}`,
      { ...sample, [field]: odd },
    ]);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return flat;
    const nested = fieldsWith(value).map(([name, inner]): [string, object] => [
      `${field}.${name}`,
      { ...sample, [field]: inner },
    ]);
    return [...flat, ...nested];
  });
}

function formsWith(field: string, sample: object): Body[] {
  const plain = Object.entries(sample).filter(([, value]) => typeof value !== 'object');
  const others = plain
    .filter(([name]) => name !== field)
    .map(([name, value]): [string, string] => [name, String(value)]);
  const fields = (...texts: string[]) =>
    `${new URLSearchParams(others)}&${texts.map((text) => `${field}=${text}`).join('&')}`;
  return [
    [`${field} empty in a form`, form, fields(''), true],
    [`${field} twice in a form`, form, fields('x', 'y'), true],
    [`${field} = NUL in a form`, form, fields('%00'), true],
    [`${field} = half a character in a form`, form, fields('%ED%A0%80'), true],
    [`${field} long in a form`, form, fields('x'.repeat(5000)), true],
  ];
}

/** Something that the schema may accept, with every field that it names. */
function sampleOf(schema: Schema, document: OpenApi): Record<string, unknown> {
  const sample = exampleOf(schema, document);
  return typeof sample === 'object' && sample !== null ? (sample as Record<string, unknown>) : {};
}

function exampleOf(given: Schema, document: OpenApi): unknown {
  const schema = resolved(given, document);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [first] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (first) return exampleOf(first, document);
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [name, exampleOf(field, document)]),
      );
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return schema.format === 'uri' ? 'https://a.example.com' : 'x';
  }
}

function resolved(schema: Schema, document: OpenApi): Schema {
  if (schema.$ref === undefined) return schema;
  const named = schema.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document);
  return resolved(named as Schema, document);
}
