/** Checks bodies and queries of branding. */
import { wrapped } from '@gatehouse/contracts/answers';
import { locationField, locationSchema } from '@gatehouse/contracts/environment-api';
import { branding, type brandingChangeSchema, brandingOf } from '@gatehouse/contracts/resources';
import { anyJson } from '@gatehouse/contracts/values';
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
