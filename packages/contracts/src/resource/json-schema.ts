/** Derives the JSON Schema (draft 2020-12) by which editors check and complete files with a resource. */
import { z } from 'zod';
import { definedOnly } from '../values/defined-only.ts';
import { factsOf, isField } from './field.ts';
import type { Resource } from './resource.ts';

/** Of a file that need not name every field, as it is sent to create or to change. `secret`: what stands in place of secrets. */
export function jsonSchemaOf({ name, fields }: Resource, { secret }: { secret?: object } = {}): object {
  return z.toJSONSchema(z.object(fields).partial(), {
    io: 'input',
    override({ zodSchema: schema, jsonSchema }) {
      if (!isField(schema)) return;
      const { label, help, initial, example, isClearable, isSecret } = factsOf(schema, name);
      if (isSecret && secret !== undefined) replaceBy(jsonSchema, secret);
      if (isClearable) nullableToo(jsonSchema);
      const examples = example === undefined ? undefined : [example];
      Object.assign(jsonSchema, definedOnly({ title: label, description: help, default: initial, examples }));
    },
  });
}

function nullableToo(jsonSchema: object): void {
  replaceBy(jsonSchema, { anyOf: [{ ...jsonSchema }, { type: 'null' }] });
}

function replaceBy(jsonSchema: object, other: object): void {
  for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
  Object.assign(jsonSchema, other);
}
