/** Writes the branding of a document: each place as a whole, with its logo. */
import type { BrandingService } from '../branding/service.ts';
import type { Owner, StoredBranding } from '../branding/store.ts';
import type { WriteContext } from '../changes/writer.ts';
import type { Pictures } from '../configuration/pictures.ts';
import type { InstallationDocument } from './document.ts';

type WantedBranding = InstallationDocument['branding'][number];
/** The places of all logos of the document, with what is there. */
export function logosOf({ branding, contactCenters }: InstallationDocument) {
  const within = (entries: readonly WantedBranding[], list: string) =>
    entries.map(({ logo }, index) => [`${list}.${index}.logo`, logo] as const);
  return [
    ...within(branding, 'branding'),
    ...contactCenters.flatMap((one, index) => within(one.branding, `contactCenters.${index}.branding`)),
  ];
}

export function createBrandingImport(branding: BrandingService) {
  return async (
    { context, pictures }: { context: WriteContext; pictures: Pictures },
    owner: Owner,
    wanted: readonly WantedBranding[],
    present: readonly StoredBranding[],
  ): Promise<void> => {
    for (const { location, logo, ...fields } of wanted) {
      const before = present.find((one) => one.location === location);
      await branding.put(context, owner, location, fields, { isWhole: true });
      if (logo) {
        const image = pictures.get(logo);
        if (!image) throw new Error('a logo of the document was not decoded');
        if (before?.logo?.digest !== image.digest) await branding.useLogo(context, owner, location, image);
      } else if (before?.logo) await branding.removeLogo(context, owner, location);
    }
    for (const { location } of present)
      if (!wanted.some((one) => one.location === location)) await branding.remove(context, owner, location);
  };
}
