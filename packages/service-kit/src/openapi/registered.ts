/** Converts the schemas that have a name of their own, as answers hold them. */
import { components } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import type { Schema } from './document.ts';
import { answerForClients } from './for-clients.ts';

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
    Object.entries(schemas).map(([id, { $id: _id, $schema: _dialect, ...schema }]) => [
      id,
      answerForClients(schema as Schema),
    ]),
  );
}

/**
 * A field that is also taken in another form, such as a flag as text, is described by its own form alone: of two forms a generator
 * makes a type of its own. A union may also have members that only transform: they have no schema, and nothing else may be left.
 */
export const withoutTransforms: Override = ({ zodSchema, jsonSchema }) => {
  if (!(zodSchema instanceof z.ZodUnion)) return;
  const isOwnForm = zodSchema.options.map((option) => !(option instanceof z.ZodPipe));
  const choices = jsonSchema.anyOf?.filter(
    (choice, index) => Object.keys(choice).length > 0 && (isOwnForm[index] || !isOwnForm.includes(true)),
  );
  if (choices === undefined) return;
  jsonSchema.anyOf = choices;
  if (choices.length > 1) return;
  delete jsonSchema.anyOf;
  Object.assign(jsonSchema, { ...choices[0], ...jsonSchema });
};
