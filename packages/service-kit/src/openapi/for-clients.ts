/** Leaves out of an OpenAPI document what generated clients cannot compile, or would be too strict about. */
import type { OpenApiDocument, Schema } from './document.ts';

export function describeForClients(document: OpenApiDocument): void {
  for (const operations of Object.values(document.paths))
    for (const operation of Object.values(operations)) {
      operation.responses = answerForClients(operation.responses);
      const content = operation.requestBody?.content ?? {};
      if (!('application/x-www-form-urlencoded' in content)) continue;
      // Further fields of a form are ignored (RFC 6749 section 3.2): that is what a schema means without the keyword too.
      for (const { schema } of Object.values(content)) delete schema?.additionalProperties;
    }
}

/** Of schemas of answers, wherever they stand in the node. */
export function answerForClients<T>(node: T): T {
  if (Array.isArray(node)) return node.map(answerForClients) as T;
  if (typeof node !== 'object' || node === null) return node;
  const schema = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, answerForClients(value)]),
  ) as Schema;
  // A later release adds fields to answers, and no client may refuse those.
  if (schema.additionalProperties === false) delete schema.additionalProperties;
  // openapi-generator writes Java that does not compile for a constant that is no text.
  if (schema.type === 'boolean') delete schema['const'];
  return (schema.type === 'object' ? withOneSpelling(schema) : schema) as T;
}

/** Code has one name for two fields that differ in spelling alone (`environmentId`, `environment_id`): the first speaks for both. */
function withOneSpelling(schema: Schema): Schema {
  const { properties, required } = schema as Schema & { required?: string[] };
  if (properties === undefined) return schema;
  const kept: Record<string, Schema> = {};
  for (const [name, field] of Object.entries(properties)) {
    const first = Object.keys(kept).find((other) => lettersOf(other) === lettersOf(name));
    if (first === undefined) kept[name] = field;
    else kept[first] = alsoAs(name, kept[first] as Schema);
  }
  const named = required && { required: required.filter((name) => name in kept) };
  return { ...schema, properties: kept, ...named };
}

const lettersOf = (name: string) => name.replaceAll('_', '').toLowerCase();

function alsoAs(name: string, field: Schema): Schema {
  const alike = `The answer also has it as \`${name}\`.`;
  return { ...field, description: [field.description, alike].filter(Boolean).join(' ') };
}
