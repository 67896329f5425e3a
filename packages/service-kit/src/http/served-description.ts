/** Serves the OpenAPI document of an API as the release has it, with the address under which callers reach this installation. */
import { readFileSync } from 'node:fs';
import { errorEnvelope } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import type { OpenApiDocument } from '../openapi/document.ts';
import type { App } from './app-type.ts';
import { allowEveryOrigin } from './cors.ts';

/** A new release is seen after it. */
const maxAgeSeconds = 300;

interface ServedDescription {
  /** Without it there is no such route. */
  enabled: boolean;
  /** The document that is part of the service. */
  file: URL;
  operationId: string;
  /** Undefined: the API does not know how callers reach it, and names the host that they asked. */
  publicUrl: string | undefined;
}

/** The document holds nothing of this installation but that address, so everybody may read it, as the source code. */
export function describedApi({ enabled, file, operationId, publicUrl = '/' }: ServedDescription) {
  if (!enabled) return (): void => undefined;
  const document = JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument;
  const body = Buffer.from(JSON.stringify({ ...document, servers: [{ url: publicUrl }] }));
  return (app: App): void => {
    allowEveryOrigin(app, { methods: ['GET'], requestHeaders: ['content-type', 'x-request-id'] });
    app.get(
      '/openapi.json',
      {
        schema: {
          operationId,
          tags: ['discovery'],
          summary: 'This document, where the installation serves it',
          // Where it is switched off.
          response: { 200: z.looseObject({ openapi: z.string() }), 404: errorEnvelope },
        },
      },
      async (_request, reply) =>
        reply
          .type('application/json; charset=utf-8')
          .header('cache-control', `public, max-age=${maxAgeSeconds}`)
          .send(body as never),
    );
  };
}
