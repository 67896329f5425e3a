/** Decodes the logos of documents and of imports. */
import type { Image } from '../images/decode.ts';
import type { ImageService } from '../images/service.ts';

/** Each logo after it was decoded, by its text. */
export type Pictures = ReadonlyMap<string, Image>;

/** Every one that is not stored yet: anybody may have made it. @throws AppError 400, 503 */
export async function decodePictures(
  logos: Iterable<readonly [field: string, logo: unknown]>,
  images: Pick<ImageService, 'take'>,
): Promise<Pictures> {
  const pictures = new Map<string, Image>();
  for (const [field, logo] of logos) {
    if (typeof logo !== 'string' || logo === '' || pictures.has(logo)) continue;
    const bytes = Buffer.from(logo.slice(logo.indexOf(',') + 1), 'base64');
    pictures.set(logo, await images.take(bytes, field));
  }
  return pictures;
}
