/** Writes the branding of a document: each place as a whole, with its logo. */
import type { BrandingService } from '../branding/service.ts';
import type { Owner, StoredBranding } from '../branding/store.ts';
import type { WriteContext } from '../changes/writer.ts';
import type { Image } from '../images/decode.ts';
import type { ImageService } from '../images/service.ts';
import type { InstallationDocument } from './document.ts';

type WantedBranding = InstallationDocument['branding'][number];
/** Each logo of the document after it was decoded, by its text there. */
export type Pictures = ReadonlyMap<string, Image>;

/** Decodes every logo that is not stored yet: a document may have been made by anybody. @throws AppError 400, 503 */
export async function decodePictures(
  { branding, contactCenters }: InstallationDocument,
  images: Pick<ImageService, 'take'>,
): Promise<Pictures> {
  const pictures = new Map<string, Image>();
  const lists: [place: string, entries: readonly WantedBranding[]][] = [
    ['branding', branding],
    ...contactCenters.map(({ branding }, index): [string, WantedBranding[]] => [
      `contactCenters.${index}.branding`,
      branding,
    ]),
  ];
  for (const [place, entries] of lists)
    for (const [index, { logo }] of entries.entries()) {
      if (!logo || pictures.has(logo)) continue;
      const bytes = Buffer.from(logo.slice(logo.indexOf(',') + 1), 'base64');
      pictures.set(logo, await images.take(bytes, `${place}.${index}.logo`));
    }
  return pictures;
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
