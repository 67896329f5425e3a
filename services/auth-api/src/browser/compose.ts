/** Composes what serves a browser: its cookies, the pages it is sent to, the forms it posted. */

import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { Core } from '../core.ts';
import { createBrowserCookies } from './browser-cookies.ts';
import { createPages } from './pages.ts';
import { createPostedRequests } from './posted-requests.ts';

interface BrowserDependencies {
  /** Logins and logouts that one address may start in a minute. */
  config: { signIn: { startsPerMinute: number } };
}

export type BrowserParts = ReturnType<typeof composeBrowser>;

export function composeBrowser({ publicUrl, redis, keyspace, now }: Core, { config }: BrowserDependencies) {
  const limitStarts = () =>
    createAddressLimiter({ attempts: config.signIn.startsPerMinute, windowMs: 60_000, now });
  return {
    publicUrl,
    cookies: createBrowserCookies(publicUrl),
    pages: createPages(publicUrl),
    postedRequests: createPostedRequests(redis, keyspace),
    /** Makes a limit of its own: what one address may start here in a minute. */
    limitStarts,
    /** The limit that authorization, device and logout requests share. */
    starts: limitStarts(),
  };
}
