/** Derives the JSON Schema (draft 2020-12) by which editors check and complete documents in files. */
import { jsonSchemaOf } from '../resource/json-schema.ts';
import { documentApiVersion } from './document.ts';
import { type DocumentKindName, documentKindNames, documentKinds, referenceNames } from './kinds.ts';

type Schema = Record<string, unknown>;

const draft = 'https://json-schema.org/draft/2020-12/schema';
const text = { type: 'string', minLength: 1 };
/** The names that a `secretRef` may have under `env`: the other variables belong to the machine that applies the document. */
export const secretVariable = /^GATEHOUSE_SECRET_[A-Z0-9_]+$/;
const variable = { type: 'string', pattern: secretVariable.source };

/** In files a secret is named, never written; whoever reads the file resolves it. */
const reference = {
  type: 'object',
  properties: {
    secretRef: {
      oneOf: [
        closed(
          {
            file: {
              ...text,
              description:
                'A file, named from the folder of the document. It lies in the folder that is applied.',
            },
          },
          ['file'],
        ),
        closed({ env: { ...variable, description: 'A variable; its name begins with GATEHOUSE_SECRET_.' } }, [
          'env',
        ]),
        closed(
          {
            kubernetes: closed(
              {
                secret: { ...text, description: 'The name of a Secret.' },
                key: { ...text, description: 'A key in it.' },
              },
              ['secret', 'key'],
            ),
          },
          ['kubernetes'],
        ),
      ],
    },
  },
  required: ['secretRef'],
  additionalProperties: false,
};

const places = {
  contactCenter: 'The unique name of the contact centre.',
  location: 'Where it counts; / is everywhere.',
  way: 'The way of sign-in: `password`, `saml ISSUER` or `oidc ISSUER`.',
};

function closed(properties: Schema, required: readonly string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** Of one document. */
export function documentSchemaOf(kind: DocumentKindName): Schema {
  return { $schema: draft, ...bodyOf(kind) };
}

/** Of a document of any kind. */
export function anyDocumentSchema(): Schema {
  return {
    $schema: draft,
    title: 'A document of Gatehouse',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    properties: {
      apiVersion: { const: documentApiVersion },
      kind: { enum: [...documentKindNames] },
    },
    allOf: documentKindNames.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: bodyOf(kind),
    })),
  };
}

function bodyOf(kind: DocumentKindName): Schema {
  const { help, name, places: taken, specs, isRenamable } = documentKinds[kind];
  const metadata = closed(
    {
      name: { ...text, description: name },
      ...(isRenamable && {
        formerName: {
          ...text,
          description: 'The name that it had: it is renamed, and no other one is made.',
        },
      }),
      ...Object.fromEntries(
        Object.entries(taken).map(([place, { default: usual }]) => [
          place,
          {
            ...text,
            description: places[place as keyof typeof places],
            ...(usual !== undefined && { default: usual }),
          },
        ]),
      ),
    },
    ['name', ...Object.entries(taken).flatMap(([place, { isNeeded }]) => (isNeeded ? [place] : []))],
  );
  const bodies = Object.entries(specs).map(([only, spec]) => ({
    only,
    schema: asInDocuments(jsonSchemaOf(spec, { secret: reference })),
  }));
  const [first] = bodies;
  return {
    title: kind,
    description: help,
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    properties: {
      apiVersion: { const: documentApiVersion },
      kind: { const: kind },
      metadata,
      spec: bodies.length === 1 ? first?.schema : { type: 'object' },
    },
    additionalProperties: false,
    ...(bodies.length > 1 && {
      allOf: bodies.map(({ only, schema }) => ({
        if: { properties: { metadata: { properties: { name: { const: only } }, required: ['name'] } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { properties: { spec: schema } },
      })),
    }),
  };
}

const named = new Map<string, string>(Object.entries(referenceNames));

/** Names in place of ids, at every depth, and no field that the product does not know. */
function asInDocuments(schema: object): Schema {
  const { $schema: _draft, ...body } = schema as Schema;
  return walked(body) as Schema;
}

/** `isEntry`: of a list, where an entry is known by what it says. */
function walked(node: unknown, isEntry = false): unknown {
  if (Array.isArray(node)) return node.map((part) => walked(part, isEntry));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node as Schema).map(([key, value]) => [
    key,
    key === 'properties' ? propertiesOf(value as Schema, isEntry) : walked(value, key === 'items'),
  ]);
  const whole = Object.fromEntries(entries) as Schema;
  return whole['properties'] === undefined ? whole : { ...whole, additionalProperties: false };
}

function propertiesOf(properties: Schema, isEntry: boolean): Schema {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => !(isEntry && name === 'id'))
      .map(([name, value]) => {
        const reference = named.get(name);
        if (reference === undefined) return [name, walked(value)];
        const { title, description } = value as Schema;
        const told = { title, description };
        return [
          reference,
          reference.endsWith('s') ? { type: 'array', items: text, ...told } : { ...text, ...told },
        ];
      }),
  );
}
