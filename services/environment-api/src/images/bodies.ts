/** Lets routes read a picture as the whole body of a request. */
import { badRequest } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import { maxUploadBytes } from './decode.ts';

/** Named in the OpenAPI document. SVG is read to be refused with a reason. */
export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

/** The scope takes pictures only. The content of the body decides, whatever its media type says. */
export function acceptPictures(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    /^(?:image\/|application\/octet-stream$)/,
    { parseAs: 'buffer', bodyLimit: maxUploadBytes },
    (_request: unknown, body: Buffer, done: (error: Error | null, body?: unknown) => void) =>
      done(null, body),
  );
}

/** @throws AppError 400 */
export function pictureOf({ body }: { body: unknown }): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw badRequest(
    'The body is empty: send the picture itself, as image/png, image/jpeg, image/webp or image/gif',
    {
      field: 'body',
      reason: 'missing',
    },
  );
}
