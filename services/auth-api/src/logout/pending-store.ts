/** Pending sign-outs in Redis; the browser is part of the key, so that another one's does not exist. */
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import { randomToken } from '@gatehouse/service-kit/random';
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import { type BrowserCookies, wellFormed } from '../browser/browser-cookies.ts';
import type { PendingLogout, PendingLogouts } from './pending.ts';

const ttlSeconds = 600;

export function createPendingLogouts(
  redis: RedisClient,
  keyspace: Keyspace,
  cookies: BrowserCookies,
): PendingLogouts {
  function keyOf(id: string, browser: string | undefined): string | undefined {
    const known = wellFormed(browser);
    if (known === undefined || !/^[A-Za-z0-9_-]{32}$/.test(id)) return undefined;
    return keyspace.key('pending-logout', sha256(`${id} ${known}`));
  }

  async function read(id: string, browser: string | undefined): Promise<PendingLogout | undefined> {
    const key = keyOf(id, browser);
    const text = key === undefined ? null : await redis.get(key);
    return text === null ? undefined : (JSON.parse(text) as PendingLogout);
  }

  return {
    async create(reply, request, logout) {
      const id = randomToken(24);
      const browser = cookies.readBrowser(request) ?? randomToken();
      const pending: PendingLogout = { ...logout, id, csrf: randomToken() };
      const key = keyOf(id, browser) as string;
      await redis.set(key, JSON.stringify(pending), 'EX', ttlSeconds);
      cookies.setBrowser(reply, browser);
      return { id };
    },
    read,
    readFor: (request, id) => read(id, cookies.readBrowser(request)),
    async remove(request, id) {
      const key = keyOf(id, cookies.readBrowser(request));
      if (key !== undefined) await redis.del(key);
    },
  };
}
