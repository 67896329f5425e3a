/** Turns the bodies, the answers, and every object in them into named components of an OpenAPI document. */
import { definedOnly } from '@gatehouse/contracts/values';
import { type Content, inlined, type OpenApiDocument, type Schema } from './document.ts';

/**
 * Equal schemas become one component. It has the name under which it was registered, or that of the first place where it
 * stands: `CreateClientBody`, and in it `CreateClientBodyLogo`.
 */
export function nameSchemas(document: OpenApiDocument, registered: Record<string, Schema>): void {
  const { schemas, root } = createComponents(registered);
  const nameContent = (content: Content | undefined, name: string): void => {
    for (const media of Object.values(content ?? {})) {
      if (media.schema !== undefined) media.schema = root(media.schema, name);
    }
  };
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, { operationId, requestBody, responses }] of Object.entries(operations)) {
      if (operationId === undefined) throw new Error(`${method} ${path} has no operationId`);
      const name = capital(operationId);
      nameContent(requestBody?.content, `${name}Body`);
      for (const [status, answer] of Object.entries(responses))
        if ('content' in answer)
          nameContent(answer.content, status.startsWith('2') ? `${name}Answer` : `${name}Answer${status}`);
    }
  document.components = { ...document.components, schemas };
}

/** Gives each schema its name, and equal ones the same. */
function createNames(registered: Record<string, Schema>) {
  const names = new Map<string, string>();
  const taken = new Set<string>();

  function nameOf(schema: Schema, wanted: string): string {
    const key = keyOf(schema);
    const known = names.get(key);
    if (known !== undefined) return known;
    if (taken.has(wanted))
      throw new Error(`two schemas of the API are named ${wanted}: register one under another name`);
    taken.add(wanted);
    names.set(key, wanted);
    return wanted;
  }

  // Of two names of equal schemas, the shorter one counts.
  for (const name of Object.keys(registered).sort((left, right) => left.length - right.length))
    nameOf(apart(inlined(registered[name] as Schema, { components: { schemas: registered } }))[0], name);
  return nameOf;
}

function createComponents(registered: Record<string, Schema>) {
  const schemas: Record<string, Schema> = {};
  const nameOf = createNames(registered);

  /** A reference to the component that the schema becomes. */
  function place(whole: Schema, wanted: string): Schema {
    const [schema, ofPlace] = apart(whole);
    const name = nameOf(schema, wanted);
    if (schemas[name] === undefined) {
      // Stands before its own parts.
      schemas[name] = schema;
      schemas[name] = partsOf(schema, name);
    }
    return { $ref: `#/components/schemas/${name}`, ...ofPlace };
  }

  function part(schema: Schema, wanted: string): Schema {
    return isObject(schema) ? place(schema, wanted) : partsOf(schema, wanted);
  }

  function partsOf(schema: Schema, name: string): Schema {
    const parts = { ...schema };
    if (parts.properties)
      parts.properties = Object.fromEntries(
        Object.entries(parts.properties).map(([key, field]) => [key, part(field, name + capital(key))]),
      );
    if (parts.items) parts.items = part(parts.items, singular(name));
    if (typeof parts.additionalProperties === 'object')
      parts.additionalProperties = part(parts.additionalProperties, singular(name));
    for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const)
      if (parts[keyword]) parts[keyword] = choicesOf(parts[keyword], name);
    return parts;
  }

  function choicesOf(choices: Schema[], name: string): Schema[] {
    const objects = choices.filter(isObject);
    const numbered = (choice: Schema) => (objects.length > 1 ? name + (objects.indexOf(choice) + 1) : name);
    return choices.map((choice) => part(choice, numbered(choice)));
  }

  return {
    schemas,
    /** The schema of a body or an answer: a component, whatever it is, unless it is a text, or an object that may be null. */
    root(schema: Schema, name: string): Schema {
      return isList(schema) || isUnion(schema) ? place(schema, name) : part(schema, name);
    },
  };
}

/** The schema, and the keywords that belong to the place where it stands. */
function apart({ description, default: initial, ...schema }: Schema): [Schema, object] {
  return [schema, definedOnly({ description, default: initial })];
}

/** Alike for schemas that say the same in another order. */
function keyOf(schema: Schema): string {
  return JSON.stringify(schema, (_name, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}

function isObject({ properties }: Schema): boolean {
  return properties !== undefined;
}

function isList({ items, additionalProperties }: Schema): boolean {
  return items !== undefined || typeof additionalProperties === 'object';
}

function isUnion({ anyOf, oneOf, allOf }: Schema): boolean {
  return (anyOf ?? oneOf ?? allOf ?? []).filter(isObject).length > 1;
}

function capital(name: string): string {
  const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (name.endsWith('s') && !name.endsWith('ss')) return name.slice(0, -1);
  return `${name}Item`;
}
