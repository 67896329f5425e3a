/** Response bodies: the zod schema of a route is its allow-list, compiled once into a fast serializer. */
import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import type { FastifySerializerCompiler } from 'fastify';
import { z } from 'zod';

type ResponseSchema = z.ZodType | { properties: z.ZodType };

/**
 * Keys that the schema does not name are left out; a required key that is missing is an error.
 * Response schemas must be plain: a transform has no JSON schema and is refused at start-up.
 */
export const serializerCompiler: FastifySerializerCompiler<ResponseSchema> = ({ schema }) => {
  const jsonSchema = z.toJSONSchema('properties' in schema ? schema.properties : schema, {
    target: 'draft-7',
    io: 'output',
  });
  return fastJsonStringify(jsonSchema as Schema);
};
