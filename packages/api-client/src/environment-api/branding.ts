/** The calls that administrate how pages look: of a contact centre, or of the installation. */
import {
  brandingAnswerSchema,
  brandingEntrySchema,
  brandingPreviewSchema,
} from '@gatehouse/contracts/environment-api';
import type { BrandingChange } from '@gatehouse/contracts/resources';
import type { z } from 'zod';
import { readData, readTagged, removeAt } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

export type BrandingAnswer = z.infer<typeof brandingAnswerSchema>;

/** All calls throw UpstreamError. `contactCenterId` is undefined for the installation. */
export function createBrandingAdministration(http: HttpClient) {
  const path = (id: string | undefined) =>
    id === undefined
      ? '/environment/v3/branding'
      : `/environment/v3/contact-centers/${encodeURIComponent(id)}/branding`;
  return {
    /** With a location also what is effective there. */
    read: (contactCenterId: string | undefined, location?: string): Promise<BrandingAnswer> =>
      readData(http, brandingAnswerSchema, { path: path(contactCenterId), query: { location } }),
    /** With the tag of the version that a change may name. */
    readTagged: (contactCenterId: string | undefined, location: string) =>
      readTagged(http, brandingAnswerSchema, `${path(contactCenterId)}?${new URLSearchParams({ location })}`),
    /** Fields that are not given stay; null takes one away. */
    set: (contactCenterId: string | undefined, location: string, fields: BrandingChange) =>
      readData(http, brandingEntrySchema, {
        method: 'PUT',
        path: path(contactCenterId),
        json: { data: { ...fields, location } },
      }),
    /** Checks as `set` does, writes nothing, and tells what would then be effective. */
    preview: (contactCenterId: string | undefined, location: string, fields: BrandingChange) =>
      readData(http, brandingPreviewSchema, {
        method: 'POST',
        path: `${path(contactCenterId)}/preview`,
        json: { data: { ...fields, location } },
      }),
    remove: (contactCenterId: string | undefined, location: string) =>
      removeAt(http, path(contactCenterId), { location }),
    setLogo: (contactCenterId: string | undefined, location: string, bytes: Uint8Array) =>
      readData(http, brandingEntrySchema, {
        method: 'PUT',
        path: `${path(contactCenterId)}/logo`,
        query: { location },
        content: { type: 'application/octet-stream', text: bytes },
      }),
    removeLogo: (contactCenterId: string | undefined, location: string) =>
      removeAt(http, `${path(contactCenterId)}/logo`, { location }),
  };
}
