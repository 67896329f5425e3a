/** Decides where the browser goes after a logout: on, or first to the page whose frames tell other applications. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { EndedSession } from '../../browser/sessions/session.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { PendingLogouts } from './pending-logouts.ts';

export interface LogoutEnd {
  ended: EndedSession | undefined;
  /** An address that was checked. */
  target?: string | undefined;
  uiLocales?: string | undefined;
}

export interface AfterLogoutOptions {
  directory: Pick<ClientDirectory, 'find'>;
  issuer: string;
  pendingLogouts: Pick<PendingLogouts, 'create'>;
  pages: Pages;
  /** Gives the address of the identity provider's own logout, which leads on to `target`; undefined when there is none. */
  startProviderLogout(ended: EndedSession | undefined, target: string): Promise<string | undefined>;
}

/** Gives the address that the browser goes to next. @throws AppError (503) */
export type AfterLogout = (browser: Browser, end: LogoutEnd) => Promise<string>;

export function createAfterLogout(options: AfterLogoutOptions): AfterLogout {
  const { directory, issuer, pendingLogouts, pages, startProviderLogout } = options;
  return async (browser, { ended, target, uiLocales }) => {
    const atProvider = await startProviderLogout(ended, target ?? pages.signedOut());
    const frames = ended === undefined ? [] : await frontChannelAddresses(directory, issuer, ended);
    // The provider is reached through our page: after a form, Chromium follows no redirect that `form-action` forbids.
    if (frames.length === 0 && atProvider === undefined) return target ?? pages.signedOut();
    const { id } = await pendingLogouts.create(
      browser,
      definedOnly({
        step: 'ended' as const,
        contactCenterId: ended?.identity?.contactCenterId,
        frames,
        continueTo: atProvider ?? target,
        uiLocales,
      }),
    );
    return pages.signedOut(id);
  };
}

/** One page loads no more frames. */
const maxFrames = 20;

/** Gives the addresses that the browser loads (OpenID Connect Front-Channel Logout 1.0). */
async function frontChannelAddresses(
  directory: Pick<ClientDirectory, 'find'>,
  issuer: string,
  { clientIds, sid }: EndedSession,
): Promise<string[]> {
  // Logout works without PostgreSQL; then only clients in the cache are told.
  const clients = await Promise.all(clientIds.map((id) => directory.find(id).catch(() => undefined)));
  const addresses = clients.flatMap((client) => {
    const uri = client?.frontchannelLogoutUri;
    if (uri === undefined) return [];
    if (!client?.frontchannelLogoutSessionRequired) return [uri];
    // Section 2: appended as text, because the registered query stays as it is.
    return [`${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer, sid })}`];
  });
  return addresses.slice(0, maxFrames);
}
