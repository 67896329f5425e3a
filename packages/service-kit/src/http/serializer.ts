/** Response bodies: the zod schema of a route is its allow-list, compiled once into a fast serializer. */
import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import { z } from 'zod';

type ResponseSchema = z.ZodType | { properties: z.ZodType };

/** Most routes share the schemas of their errors, and a serializer is tens of kilobytes of code. */
const compiled = new WeakMap<z.ZodType, (value: unknown) => string>();

/**
 * Keys that the schema does not name are left out; a required key that is missing is an error.
 * Response schemas must be plain: a transform has no JSON schema and is refused at start-up.
 */
export const serializerCompiler: FastifySerializerCompiler<ResponseSchema> = ({ schema }) => {
  const properties = 'properties' in schema ? schema.properties : schema;
  const known = compiled.get(properties);
  if (known) return known;
  const jsonSchema = z.toJSONSchema(properties, { target: 'draft-7', io: 'output' });
  const serialize = fastJsonStringify(jsonSchema as Schema);
  compiled.set(properties, serialize);
  return serialize;
};
