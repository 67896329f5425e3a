/** Composes what serves a browser: its cookies, the pages it is sent to, the forms it posted. */
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { createBrowserCookies } from './browser-cookies.ts';
import { createPages } from './pages.ts';
import { createPostedRequests } from './posted-requests.ts';

/** As long as a login waits in Redis for its user. */
const unfinishedLifeMs = 600_000;

export type CookieParts = ServicesOf<typeof composeCookies>;

export function composeCookies(
  { publicUrl, redis, keyspace, now }: Core,
  { config }: { config: Pick<Config, 'signIn'> },
) {
  const { startsPerMinute, unfinishedPerAddress } = config.signIn;
  const limitStarts = () => createAddressLimiter({ attempts: startsPerMinute, windowMs: 60_000, now });
  const services = {
    publicUrl,
    cookies: createBrowserCookies(publicUrl),
    pages: createPages(publicUrl),
    postedRequests: createPostedRequests(redis, keyspace),
    /** Makes a limit of its own: what one address may start here in a minute. */
    limitStarts,
    /**
     * Makes a limit of its own: the logins that one address may leave unfinished, or fail at. A finished login gives its
     * place back, so a whole shift may sign in at once from one address.
     */
    limitUnfinished: () =>
      createAddressLimiter({ attempts: unfinishedPerAddress, windowMs: unfinishedLifeMs, now }),
    /** The limit that authorization, device and logout requests share. */
    starts: limitStarts(),
  };
  return { services } satisfies Domain;
}
