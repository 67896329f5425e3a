/** Where the browser goes when its session is over: on, or first to the page that tells other applications. */

import type { BrowserReply, BrowserRequest } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import { optional } from '../protocol/parameters.ts';
import type { EndedSession } from '../sessions/session.ts';
import type { FrontChannel } from './front-channel.ts';
import type { PendingLogouts } from './pending.ts';

export interface LogoutEnd {
  ended: EndedSession | undefined;
  /** An address that was checked. */
  target?: string | undefined;
  uiLocales?: string | undefined;
  /** A page of ours comes first: Chromium lets no redirect after a form lead where its `form-action` does not. */
  byPage?: boolean;
}

export type AfterLogout = (
  browser: { request: BrowserRequest; reply: BrowserReply },
  end: LogoutEnd,
) => Promise<string>;

export function createAfterLogout(
  frontChannel: FrontChannel,
  pendingLogouts: Pick<PendingLogouts, 'create'>,
  pages: Pages,
): AfterLogout {
  return async ({ request, reply }, { ended, target, uiLocales, byPage }) => {
    const frames = await frontChannel(ended);
    if (frames.length === 0 && !byPage) return target ?? pages.signedOut();
    const { id } = await pendingLogouts.create(reply, request, {
      step: 'ended',
      frames,
      ...optional('continueTo', target),
      ...optional('uiLocales', uiLocales),
    });
    return pages.signedOut(id);
  };
}
