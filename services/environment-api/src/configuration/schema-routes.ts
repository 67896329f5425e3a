/** Serves the JSON Schemas of documents, by which editors check and complete them. They hold nothing of the installation. */
import { errorEnvelope } from '@gatehouse/contracts/answers';
import { anyDocumentSchema, documentKindNames, documentSchemaOf } from '@gatehouse/contracts/documents';
import { type App, allowEveryOrigin } from '@gatehouse/service-kit/http';
import { z } from 'zod';

/** A new release is seen after it. */
const maxAgeSeconds = 300;
const nameOf = <Kind extends string>(kind: Kind) => `${kind}.schema.json` as const;
const names = ['Document', ...documentKindNames].map(nameOf);

/** `enabled`: without it there is no such route. */
export function schemaRoutes(app: App, { enabled }: { enabled: boolean }): void {
  if (!enabled) return;
  const schemas = new Map<string, object>([
    [nameOf('Document'), anyDocumentSchema()],
    ...documentKindNames.map((kind) => [nameOf(kind), documentSchemaOf(kind)] as const),
  ]);
  allowEveryOrigin(app, { methods: ['GET'], requestHeaders: ['content-type', 'x-request-id'] });
  app.get(
    '/schemas/:name',
    {
      schema: {
        operationId: 'readDocumentSchema',
        tags: ['configuration'],
        summary: 'The JSON Schema of documents, where the installation serves descriptions',
        description:
          '`Document.schema.json` is for documents of any kind: the first line of a file may name it for editors.',
        params: z.object({ name: z.enum(names, { error: `must be one of ${names.join(', ')}` }) }),
        response: { 200: z.looseObject({ $schema: z.string() }), 400: errorEnvelope, 404: errorEnvelope },
      },
    },
    async ({ params: { name } }, reply) =>
      reply
        .type('application/schema+json; charset=utf-8')
        .header('cache-control', `public, max-age=${maxAgeSeconds}`)
        .send(Buffer.from(JSON.stringify(schemas.get(name))) as never),
  );
}
