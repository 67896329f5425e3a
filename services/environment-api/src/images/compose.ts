/** Composes the decoder and the store of pictures; the library is loaded by the program that the decoder starts, and nowhere else. */
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { Writer } from '../changes/writer.ts';
import { createDecoder } from './decode.ts';
import { imageRoutes } from './routes.ts';
import { createImageService } from './service.ts';

export function composeImages({ pool, writer }: { pool: Pool; writer: Writer }) {
  const service = createImageService({ db: pool, writer, decode: createDecoder() });
  return { service, internalRoutes: async (internal: App) => imageRoutes(internal, { images: service }) };
}
