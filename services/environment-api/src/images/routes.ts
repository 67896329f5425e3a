/** Routes below `/internal` by which Auth API reads pictures, and has those of its clients decoded. */
import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import { digestPattern, imageContentSchema, imageSchema } from '@gatehouse/contracts/environment-api';
import { label } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { acceptPictures, pictureOf, pictureTypes } from './bodies.ts';
import { maxUploadBytes } from './decode.ts';
import type { ImageService } from './service.ts';

const tags = ['internal'];
const clientParams = z.object({ clientId: label() });

export async function imageRoutes(internal: App, { images }: { images: ImageService }): Promise<void> {
  internal.get(
    '/images/:digest',
    {
      schema: {
        tags,
        operationId: 'readImage',
        summary: 'A stored picture, by the SHA-256 of its content',
        params: z.object({ digest: label(64) }),
        response: { 200: envelopeOf(imageContentSchema), ...failures },
      },
    },
    async (request) => {
      const { content, ...facts } = await images.read(request.params.digest);
      return ok({ ...facts, base64: content.toString('base64') });
    },
  );

  internal.delete(
    '/client-logos/:clientId',
    {
      schema: {
        tags,
        operationId: 'deleteClientLogo',
        summary: 'Delete the pictures of a client, or all but one',
        params: clientParams,
        querystring: z.object({
          except: z.string().regex(digestPattern, 'must be the digest of a picture').optional(),
        }),
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request) => {
      await images.keepClientLogo(contextOf(request), request.params.clientId, request.query.except);
      return ok();
    },
  );

  await internal.register(async (pictures: App) => {
    acceptPictures(pictures);
    pictures.put(
      '/client-logos/:clientId',
      {
        bodyLimit: maxUploadBytes,
        schema: {
          tags,
          operationId: 'putClientLogo',
          summary: 'Decode and store the picture of a client',
          consumes: pictureTypes,
          params: clientParams,
          response: { 200: envelopeOf(imageSchema), ...failures },
        },
      },
      async (request) =>
        ok(await images.addClientLogo(contextOf(request), request.params.clientId, pictureOf(request))),
    );
  });
}
