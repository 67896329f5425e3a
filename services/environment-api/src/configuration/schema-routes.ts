/** Serves the JSON Schemas of documents, by which editors check and complete them. They hold nothing of the installation. */
import { errorEnvelope } from '@gatehouse/contracts/answers';
import { anyDocumentSchema, documentKindNames, documentSchemaOf } from '@gatehouse/contracts/documents';
import { notFound } from '@gatehouse/service-kit/errors';
import { type App, allowEveryOrigin } from '@gatehouse/service-kit/http';
import { z } from 'zod';

/** A new release is seen after it. */
const maxAgeSeconds = 300;
const suffix = '.schema.json';
const anyKind = `Document${suffix}`;

export function schemaRoutes(app: App): void {
  const schemas = new Map<string, object>([
    [anyKind, anyDocumentSchema()],
    ...documentKindNames.map((kind) => [`${kind}${suffix}`, documentSchemaOf(kind)] as const),
  ]);
  const names = [...schemas.keys()].join(', ');
  allowEveryOrigin(app, { methods: ['GET'], requestHeaders: ['content-type', 'x-request-id'] });
  app.get(
    '/schemas/:name',
    {
      schema: {
        operationId: 'readDocumentSchema',
        tags: ['configuration'],
        summary: 'The JSON Schema of documents, where the installation serves descriptions',
        description: `\`${anyKind}\` is for documents of any kind: the first line of a file may name it for editors.`,
        params: z.object({ name: z.string().max(64).describe(`One of ${names}.`) }),
        response: { 200: z.looseObject({ $schema: z.string() }), 404: errorEnvelope },
      },
    },
    async ({ params: { name } }, reply) => {
      const schema = schemas.get(name);
      if (schema === undefined)
        throw notFound(`There is no schema ${JSON.stringify(name)}: ask for one of ${names}`);
      return reply
        .type('application/schema+json; charset=utf-8')
        .header('cache-control', `public, max-age=${maxAgeSeconds}`)
        .send(Buffer.from(JSON.stringify(schema)) as never);
    },
  );
}
