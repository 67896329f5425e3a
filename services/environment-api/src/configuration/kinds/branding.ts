/** Documents of branding: of a contact centre, or of the pages of all. */
import { locationSchema } from '@gatehouse/contracts/environment-api';
import { brandingChangeSchema } from '@gatehouse/contracts/resources';
import type { BrandingPatch } from '../../branding/schemas.ts';
import type { BrandingService } from '../../branding/service.ts';
import type { StoredBranding } from '../../branding/store.ts';
import { idOf } from '../ids.ts';
import type { Kind, Thing } from '../thing.ts';

export function createBrandingKind(branding: BrandingService): Kind {
  return {
    list: ({ branding: ofAll, contactCenters }, names) => [
      ...ofAll.map((one) => thingOf(one, undefined, undefined)),
      ...contactCenters.flatMap(({ center, branding }) =>
        branding.map((one) => thingOf(one, center.id, names.contactCenters.get(center.id))),
      ),
    ],
    read({ document: { metadata, spec } }, { pictures }) {
      locationSchema.parse(metadata.name);
      const { logo, ...settings } = spec;
      const patch = brandingChangeSchema.parse(settings);
      // A picture is compared and told by its digest.
      const digest = typeof logo === 'string' ? pictures.get(logo)?.digest : logo;
      return { spec: { ...patch, ...(logo !== undefined && { logo: digest }) }, patch };
    },
    async write({ context, pictures }, { document, contactCenterId, present }, { patch }) {
      const { name: location } = document.metadata;
      const { logo } = document.spec;
      await branding.put(context, contactCenterId, location, patch as BrandingPatch);
      const image = typeof logo === 'string' ? pictures.get(logo) : undefined;
      if (image !== undefined) await branding.useLogo(context, contactCenterId, location, image);
      else if (logo === null && present?.spec['logo'] !== undefined)
        await branding.removeLogo(context, contactCenterId, location);
    },
    async remove({ context }, { contactCenterId, metadata }) {
      await branding.remove(context, contactCenterId, metadata.name);
    },
  };
}

/** An export has the picture itself: another installation has no other place to take it from. */
function thingOf(
  { location, settings, logo, picture }: StoredBranding & { picture?: string | null },
  contactCenterId: string | undefined,
  contactCenter: string | undefined,
): Thing {
  const place = { kind: 'Branding' as const, metadata: { name: location, contactCenter } };
  return {
    ...place,
    id: idOf(place, contactCenterId),
    contactCenterId,
    spec: { ...settings, ...(logo && { logo: picture ? `data:image/webp;base64,${picture}` : logo.digest }) },
    secrets: {},
  };
}
