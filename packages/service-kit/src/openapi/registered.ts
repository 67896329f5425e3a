/** Converts the schemas that have a name of their own, as answers hold them. */
import { components } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import type { Schema } from './document.ts';

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** By name. */
export function registeredSchemas(): Record<string, Schema> {
  const { schemas } = z.toJSONSchema(components, {
    io: 'output',
    unrepresentable: 'any',
    override: withoutTransforms,
    uri: (id) => `#/components/schemas/${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _dialect, ...schema }]) => [id, schema as Schema]),
  );
}

/** A union may have members that only transform: they have no schema, and nothing else may be left. */
export const withoutTransforms: Override = ({ zodSchema, jsonSchema }) => {
  if (!(zodSchema instanceof z.ZodUnion)) return;
  const choices = jsonSchema.anyOf?.filter((choice) => Object.keys(choice).length > 0);
  if (choices === undefined) return;
  jsonSchema.anyOf = choices;
  if (choices.length > 1) return;
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, { ...choices[0], ...jsonSchema });
};
