/** Decides where the browser goes after a logout: on, or first to the page whose frames tell other applications. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { Browser } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { EndedSession } from '../sessions/session.ts';
import type { PendingLogouts } from './pending-logouts.ts';

export interface LogoutEnd {
  ended: EndedSession | undefined;
  /** An address that was checked. */
  target?: string | undefined;
  uiLocales?: string | undefined;
  /** Shows our page first: Chromium does not follow a redirect after a form to where its `form-action` does not allow. */
  byPage?: boolean;
}

export interface AfterLogoutOptions {
  directory: Pick<ClientDirectory, 'find'>;
  issuer: string;
  pendingLogouts: Pick<PendingLogouts, 'create'>;
  pages: Pages;
}

/** Gives the address that the browser goes to next. @throws AppError (503) */
export type AfterLogout = (browser: Browser, end: LogoutEnd) => Promise<string>;

export function createAfterLogout(options: AfterLogoutOptions): AfterLogout {
  const { directory, issuer, pendingLogouts, pages } = options;
  return async (browser, { ended, target, uiLocales, byPage }) => {
    const frames = ended === undefined ? [] : await frontChannelAddresses(directory, issuer, ended);
    if (frames.length === 0 && !byPage) return target ?? pages.signedOut();
    const { id } = await pendingLogouts.create(
      browser,
      definedOnly({ step: 'ended' as const, frames, continueTo: target, uiLocales }),
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
