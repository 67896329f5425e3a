/** Takes the picture of a client from its address once, at registration, and has Environment API decode and store it. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import type { BrandImage } from '@gatehouse/contracts/environment-api';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import { fieldError } from './validation/rules.ts';

const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

export interface ClientLogoOptions {
  environmentApi: Pick<EnvironmentApiClient, 'addClientLogo' | 'keepClientLogo'>;
  /** Reaches only addresses that strangers may name. */
  outbound: Pick<HttpClient, 'send'>;
  log: Logger;
}

export function createClientLogos({ environmentApi, outbound, log }: ClientLogoOptions) {
  async function fetchPicture(clientId: string, uri: string): Promise<Buffer> {
    try {
      const { bytes } = await outbound.send({ url: uri, accept: pictureTypes, isBinary: true });
      return bytes ?? Buffer.alloc(0);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      log.info({ err: error, clientId }, 'the picture of a client could not be fetched');
      const isOther = error.failure === 'content-type';
      // The answer of the other host stays in the log: the caller could read from inside the network through us.
      throw fieldError(
        'logoUri',
        isOther
          ? 'must lead to a PNG, JPEG, WebP or GIF (and be sent as that)'
          : 'cannot be fetched: it must answer with the picture itself, at most 256 KiB, without a redirect',
        'no_picture',
      );
    }
  }

  return {
    /** @throws AppError 400 for what is no picture, 503 */
    async take(clientId: string, uri: string): Promise<BrandImage> {
      const bytes = await fetchPicture(clientId, uri);
      try {
        return await environmentApi.addClientLogo(clientId, bytes);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.status === 400)
          throw fieldError('logoUri', 'does not lead to a picture that can be read', 'no_picture');
        throw unavailable('Environment API', {
          cause: error,
          detail: 'the picture of a client was not decoded',
        });
      }
    },
    /** Of a stored registration. Never rejects: what stays behind goes with the next change. */
    async keepOnly(clientId: string, logo: BrandImage | undefined): Promise<void> {
      try {
        await environmentApi.keepClientLogo(clientId, logo?.digest);
      } catch (error) {
        log.warn({ err: error, clientId }, 'former pictures of a client could not be deleted');
      }
    },
  };
}
