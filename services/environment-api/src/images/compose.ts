/** Composes the decoder and the store of pictures; the library is loaded by the program that the decoder starts, and nowhere else. */
import type { Writer } from '../changes/writer.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createDecoder } from './decode.ts';
import { imageRoutes } from './routes.ts';
import { createImageService } from './service.ts';

export function composeImages({ pool }: Core, { writer }: { writer: Writer }) {
  const images = createImageService({ db: pool, writer, decode: createDecoder() });
  return {
    services: images,
    mounts: [['services', '', (internal) => imageRoutes(internal, { images })]],
  } satisfies Domain;
}
