/** Keeps the pictures of pages in memory, by the SHA-256 of their content, and reads the others from Environment API once. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { digestPattern } from '@gatehouse/contracts/environment-api';
import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import { notFound, unavailable } from '@gatehouse/service-kit/errors';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';

/** Of 64 KiB at most: 8 MiB together. */
const maxKept = 128;

export interface Picture {
  type: string;
  content: Buffer;
}

export type Images = ReturnType<typeof createImages>;

/** Unknown pictures that one address may ask for within a minute, because each is a call; known ones do not count. */
const missesPerMinute = 100;

export function createImages(environmentApi: Pick<EnvironmentApiClient, 'image'>, now: Clock) {
  const misses = createAddressLimiter({ attempts: missesPerMinute, windowMs: 60_000, now });
  const kept = createGrowingCache<Picture>(maxKept);
  const reading = new Map<string, Promise<Picture | undefined>>();

  async function load(digest: string): Promise<Picture | undefined> {
    const image = await environmentApi.image(digest);
    if (image === undefined) return undefined;
    const picture = { type: image.type, content: Buffer.from(image.base64, 'base64') };
    kept.set(digest, picture);
    return picture;
  }

  /** Concurrent requests for one picture share one call. */
  function loadOnce(digest: string): Promise<Picture | undefined> {
    const running = reading.get(digest) ?? load(digest).finally(() => reading.delete(digest));
    reading.set(digest, running);
    return running;
  }

  return {
    /** @throws AppError 404, 429, 503 */
    async read(digest: string, address: string): Promise<Picture> {
      if (!digestPattern.test(digest)) throw unknown();
      const known = kept.get(digest);
      if (known) return known;
      misses.reserve(address);
      const found = await loadOnce(digest).catch((cause) => {
        throw unavailable('Environment API', { cause, detail: 'a picture could not be read' });
      });
      if (!found) throw unknown();
      misses.release(address);
      return found;
    },
  };
}

function unknown() {
  return notFound('There is no such picture');
}
