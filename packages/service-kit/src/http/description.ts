/** Describes the routes of an application by an OpenAPI document. */
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import type { OpenApiDocument } from '../openapi/document.ts';
import type { App } from './app-type.ts';

export interface ApiDescription {
  title: string;
  description: string;
  version: string;
  /** Where it is reached, as an example. */
  host: string;
  /** Adds to the document what schemas cannot express: who may call, headers, examples. */
  refine?: (document: OpenApiDocument) => void;
}

/** Collects the routes that are added from now on. A serving process needs none of it, and loads none of it. */
export async function describeApi(app: App, { host, refine, ...about }: ApiDescription): Promise<void> {
  const [{ default: swagger }, { describeForClients }, { nameSchemas }, { describeAnswers }, registered] =
    await Promise.all([
      import('@fastify/swagger'),
      import('../openapi/for-clients.ts'),
      import('../openapi/components.ts'),
      import('../openapi/answers.ts'),
      import('../openapi/registered.ts'),
    ]);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { ...about, license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' } },
      servers: [{ url: 'https://{host}', variables: { host: { default: host } } }],
    },
    convertConstToEnum: false,
    // Without names: @fastify/swagger drops what stands beside a reference, such as a description.
    transform: createJsonSchemaTransform({ zodToJsonConfig: { override: registered.withoutTransforms } }),
    transformObject: (described) => {
      // A body of two media types is one object, and becomes two here.
      const document = JSON.parse(
        JSON.stringify('openapiObject' in described ? described.openapiObject : {}),
      );
      refine?.(document);
      describeForClients(document);
      nameSchemas(document, registered.registeredSchemas());
      describeAnswers(document);
      return document;
    },
  });
}
