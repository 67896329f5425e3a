/** Takes the pictures of Auth API's clients in, and gives out every stored picture by its digest. */
import { type BrandImage, digestPattern } from '@gatehouse/contracts/environment-api';
import { notFound } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Write, WriteContext, Writer } from '../changes/writer.ts';
import { type DecodeImage, digestOf, type Image } from './decode.ts';
import * as store from './store.ts';

export type ImageService = ReturnType<typeof createImageService>;

export function createImageService({
  db,
  writer,
  decode,
}: {
  db: Queryable;
  writer: Writer;
  decode: DecodeImage;
}) {
  /** Without decoding what was decoded before. @throws AppError 400, 503 */
  const take: DecodeImage = async (bytes, field) =>
    (await store.findImage(db, digestOf(bytes))) ?? decode(bytes, field);

  return {
    take,
    /** Stores it for a place that names it within the same transaction. */
    keep: ({ db }: Write, image: Image) => store.insertImage(db, image),
    /** Call it after a place has stopped naming one. */
    removeUnused: ({ db }: Write) => store.deleteUnusedImages(db),
    /** @throws AppError 404 */
    async read(digest: string): Promise<Image> {
      const image = digestPattern.test(digest) ? await store.readImage(db, digest) : undefined;
      if (!image) throw notFound('There is no such picture');
      return image;
    },
    /** Beside the present one, until Auth API has stored the registration. @throws AppError 400 for what is no picture, 503 */
    async addClientLogo(context: WriteContext, clientId: string, bytes: Buffer): Promise<BrandImage> {
      const image = await take(bytes, 'logo_uri');
      const { digest, width, height } = image;
      return writer.write(context, async (write) => {
        await store.insertImage(write.db, image);
        await store.addClientLogo(write.db, clientId, digest);
        return { digest, width, height };
      });
    },
    /** Deletes the others; without a digest all of them. */
    keepClientLogo: (context: WriteContext, clientId: string, digest: string | undefined): Promise<void> =>
      writer.write(context, async (write) => {
        await store.keepClientLogo(write.db, clientId, digest);
        await store.deleteUnusedImages(write.db);
      }),
  };
}
