/** Checks bodies and queries of branding. */
import { wrapped } from '@gatehouse/contracts/envelope';
import { locationField, locationSchema } from '@gatehouse/contracts/environment-api/location';
import { branding, type brandingChangeSchema, brandingOf } from '@gatehouse/contracts/resources/branding';
import { anyJson } from '@gatehouse/contracts/text';
import { z } from 'zod';

/** An answer may be sent back as it is: these fields are not set here. */
const ignored = anyJson().transform(() => undefined);

export const brandingBody = wrapped(
  brandingOf({
    ...branding.fields,
    location: locationField,
    logo: ignored.optional().describe('Ignored: it has an address of its own.'),
  }),
);

export const brandingQuery = z.object({
  location: locationSchema.optional().describe('Also what is effective there, with what is inherited.'),
});
export const placeQuery = z.object({ location: locationField });

export type BrandingPatch = z.output<typeof brandingChangeSchema>;
