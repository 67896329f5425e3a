/** Routes `branding` below `/contact-centers/{id}` and, for what all of them inherit, below the root. */

import { emptyEnvelope, envelopeOf } from '@gatehouse/contracts/answers';
import {
  brandingAnswerSchema,
  brandingEntrySchema,
  brandingPreviewSchema,
  installationBrandingSchema,
  locationField,
} from '@gatehouse/contracts/environment-api';
import { type App, effectiveEtagOf, etagOf, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures, sendUnchanged } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { acceptPictures, pictureOf, pictureTypes } from '../images/bodies.ts';
import { maxUploadBytes } from '../images/decode.ts';
import { brandingBody, brandingQuery, placeQuery } from './schemas.ts';
import type { BrandingService } from './service.ts';

const tags = ['branding'];
const centerParams = z.object({ id: z.string() });

/** The owner of the branding that the routes of a scope are about: the contact centre in the path, or the installation. */
type Whose = 'contactCenter' | 'installation';

/** The contact centre's id is undefined below the root. */
function ownerOf({ params }: { params: unknown }): string | undefined {
  return (params as { id?: string }).id;
}

export async function brandingRoutes(
  api: App,
  { branding, whose }: { branding: BrandingService; whose: Whose },
): Promise<void> {
  const scope = { branding, ...scopes[whose] };
  listRoute(api, scope);
  writeRoutes(api, scope);
  await logoRoutes(api, scope);
}

const scopes = {
  contactCenter: { params: centerParams, suffix: '', of: 'a contact centre' },
  installation: { params: z.object({}), suffix: 'Global', of: 'what all contact centres inherit' },
};

/** `suffix` stands in the names of the operations, `of` in their summaries. */
interface Scope {
  branding: BrandingService;
  params: z.ZodObject;
  suffix: string;
  of: string;
}

function listRoute(api: App, { branding, params, suffix, of }: Scope): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: `list${suffix}Branding`,
        summary: `How pages look: ${of}, by location; with one, also what is effective there`,
        params,
        querystring: brandingQuery,
        response: { 200: envelopeOf(brandingAnswerSchema), ...failures },
      },
    },
    async (request, reply) => {
      const { location } = request.query;
      const owner = ownerOf(request);
      if (owner === undefined) {
        const version = await branding.installationVersion();
        // Callers that reach a contact centre see it, because it inherits it; others see nothing.
        const found = request.verdict === 'empty' ? { entries: [] } : await branding.ofInstallation(location);
        return sendUnchanged(request, reply, etagOf(version)) ? (reply as never) : ok(found);
      }
      const found = await branding.ofCenter(request.caller, owner, location);
      const { version, globalVersion } = found;
      // The effective branding depends on the installation as well. If-Match compares only the contact centre's part.
      const etag = globalVersion === undefined ? etagOf(version) : effectiveEtagOf(version, globalVersion);
      return sendUnchanged(request, reply, etag) ? (reply as never) : ok(found.branding);
    },
  );
}

function writeRoutes(api: App, { branding, params, suffix }: Scope): void {
  api.put(
    '',
    {
      schema: {
        tags,
        operationId: `put${suffix}Branding`,
        summary: 'Set the look of pages at a location; fields that are not given stay, null takes one away',
        params,
        body: brandingBody,
        response: { 200: envelopeOf(brandingEntrySchema), ...failures },
      },
    },
    async (request, reply) => {
      const { location, logo: _logo, ...patch } = request.body.data;
      const { version, entry } = await branding.put(contextOf(request), ownerOf(request), location, patch);
      reply.header('etag', etagOf(version));
      return ok(entry);
    },
  );

  api.post(
    '/preview',
    {
      schema: {
        tags,
        operationId: `preview${suffix}Branding`,
        summary: 'Check fields as PUT does, write nothing, and tell what would then be effective',
        params,
        body: brandingBody,
        response: { 200: envelopeOf(brandingPreviewSchema), ...failures },
      },
    },
    async (request) => {
      const { location, logo: _logo, ...patch } = request.body.data;
      const { caller } = request;
      return ok({ effective: await branding.preview(caller, ownerOf(request), location, patch) });
    },
  );

  api.delete(
    '',
    {
      schema: {
        tags,
        operationId: `delete${suffix}Branding`,
        summary: 'Delete the look of pages at a location, with its logo',
        params,
        querystring: placeQuery,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const version = await branding.remove(contextOf(request), ownerOf(request), request.query.location);
      reply.header('etag', etagOf(version));
      return ok();
    },
  );
}

async function logoRoutes(api: App, { branding, params, suffix }: Scope): Promise<void> {
  api.delete(
    '/logo',
    {
      schema: {
        tags,
        operationId: `delete${suffix}Logo`,
        summary: 'Delete the logo of a location',
        params,
        querystring: placeQuery,
        response: { 200: emptyEnvelope, ...failures },
      },
    },
    async (request, reply) => {
      const version = await branding.removeLogo(contextOf(request), ownerOf(request), request.query.location);
      reply.header('etag', etagOf(version));
      return ok();
    },
  );

  await api.register(async (pictures: App) => {
    acceptPictures(pictures);
    pictures.put(
      '/logo',
      {
        bodyLimit: maxUploadBytes,
        schema: {
          tags,
          operationId: `put${suffix}Logo`,
          summary:
            'Set the logo of a location: PNG, JPEG, WebP or GIF, stored as a small WebP without metadata',
          consumes: pictureTypes,
          params,
          querystring: placeQuery,
          response: { 200: envelopeOf(brandingEntrySchema), ...failures },
        },
      },
      async (request, reply) => {
        const { location } = request.query;
        const { version, entry } = await branding.setLogo(
          contextOf(request),
          ownerOf(request),
          location,
          pictureOf(request),
        );
        reply.header('etag', etagOf(version));
        return ok(entry);
      },
    );
  });
}

export function internalBrandingRoutes(internal: App, { branding }: { branding: BrandingService }): void {
  internal.get(
    '',
    {
      schema: {
        tags: ['internal'],
        operationId: 'viewBranding',
        summary: 'How pages look that belong to no contact centre',
        querystring: z.object({ location: locationField }),
        response: { 200: envelopeOf(installationBrandingSchema), ...failures },
      },
    },
    async (request, reply) => {
      const version = await branding.installationVersion();
      if (sendUnchanged(request, reply, etagOf(version))) return reply as never;
      return ok({ version, branding: await branding.view(undefined, request.query.location) });
    },
  );
}
