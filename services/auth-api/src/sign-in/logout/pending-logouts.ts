/** Stores logouts that a page of ours belongs to; the browser is part of the Redis key, so no other browser finds them. */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import {
  type Browser,
  type BrowserCookies,
  type BrowserRequest,
  wellFormed,
} from '../../browser/cookies/browser-cookies.ts';

export interface PendingLogout {
  id: string;
  /** `ask`: nothing has ended yet. `ended`: the page loads the frames. */
  step: 'ask' | 'ended';
  csrf: string;
  /** Where the browser goes afterwards; registered for the client that asked. */
  continueTo?: string;
  /** The application that asked, if it is known. */
  clientId?: string;
  clientName?: string;
  /** The signed-in user, as the page shows it. */
  userName?: string;
  /** The contact centre whose branding is shown; absent where nobody was signed in. */
  contactCenterId?: string;
  /** Ends every session and token of the user, not only this session. */
  everywhere?: boolean;
  frames: string[];
  uiLocales?: string;
}

type NewPendingLogout = Omit<PendingLogout, 'id' | 'csrf'>;

const ttlSeconds = 600;

export type PendingLogouts = ReturnType<typeof createPendingLogouts>;

export function createPendingLogouts(redis: RedisClient, keyspace: Keyspace, cookies: BrowserCookies) {
  function keyOf(id: string, browser: string | undefined): string | undefined {
    const known = wellFormed(browser);
    if (known === undefined || !/^[A-Za-z0-9_-]{32}$/.test(id)) return undefined;
    return keyspace.key('pending-logout', sha256(`${id} ${known}`));
  }

  /** `browser` is the value of the binding cookie. Undefined when the logout is unknown or belongs to another browser. */
  async function read(id: string, browser: string | undefined): Promise<PendingLogout | undefined> {
    const key = keyOf(id, browser);
    const text = key === undefined ? null : await redis.get(key);
    return text === null ? undefined : (JSON.parse(text) as PendingLogout);
  }

  return {
    /** Gives the browser its binding cookie if it has none. @throws AppError (503) */
    async create(browser: Browser, logout: NewPendingLogout): Promise<{ id: string }> {
      const id = randomToken(24);
      const binding = cookies.readBrowser(browser.request) ?? randomToken();
      const pending: PendingLogout = { ...logout, id, csrf: randomToken() };
      const key = keyOf(id, binding) as string;
      await redis.set(key, JSON.stringify(pending), 'EX', ttlSeconds);
      cookies.setBrowser(browser, binding);
      return { id };
    },
    read,
    /** Reads with the binding cookie of the request. */
    readFor: (request: BrowserRequest, id: string) => read(id, cookies.readBrowser(request)),
    async remove(request: BrowserRequest, id: string): Promise<void> {
      const key = keyOf(id, cookies.readBrowser(request));
      if (key !== undefined) await redis.del(key);
    },
  };
}
