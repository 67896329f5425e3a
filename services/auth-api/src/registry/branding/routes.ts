/** Serves `/auth/v3/branding/images/{digest}` to browsers, and `/auth/v3/internal/branding` to Auth UI. */
import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { brandingViewSchema } from '@gatehouse/contracts/environment-api';
import { label } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { Images } from './images.ts';
import type { BrandingViews } from './views.ts';

const yearSeconds = 31_536_000;
const pictureSchema = z.string().meta({ format: 'binary' });

export function imageRoutes(app: App, { images }: { images: Images }): void {
  app.get(
    '/branding/images/:digest',
    {
      schema: {
        operationId: 'readImage',
        tags: ['branding'],
        summary: 'A picture of the pages, by the SHA-256 of its content',
        params: z.object({ digest: label(64) }),
        response: {
          200: { description: 'The picture.', content: { 'image/webp': { schema: pictureSchema } } },
          404: errorEnvelope,
          429: errorEnvelope,
          503: errorEnvelope,
        },
      },
    },
    async (request, reply) => {
      const { type, content } = await images.read(request.params.digest, request.ip);
      reply.type(type).headers({
        'cache-control': `public, max-age=${yearSeconds}, immutable`,
        'x-content-type-options': 'nosniff',
        // Opened by itself it is a picture and nothing else, whatever somebody hid in it.
        'content-security-policy': "default-src 'none'; sandbox",
        'cross-origin-resource-policy': 'same-origin',
      });
      return content as never;
    },
  );
}

export function internalBrandingRoutes(app: App, { views }: { views: BrandingViews }): void {
  app.get(
    '/branding',
    {
      schema: {
        operationId: 'readBranding',
        tags: ['internal'],
        summary:
          'How pages look that belong to no login: as those of a contact centre, of an application, of the default tenant, or of the installation',
        querystring: z.object({
          contactCenterId: label(128).optional().describe('Of a person who is signed in.'),
          clientId: label(128)
            .optional()
            .describe('Of the application that waited: counts where it serves one contact centre.'),
        }),
        response: {
          200: envelopeOf(z.object({ branding: brandingViewSchema.optional() })),
          401: securityError,
          403: errorEnvelope,
        },
      },
    },
    async (request) => ok({ branding: await views.of(request.query) }),
  );
}
