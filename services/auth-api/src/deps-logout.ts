/** Composes what tells applications that a session is over. */

import type { BrowserCookies } from './browser/browser-cookies.ts';
import type { Pages } from './browser/pages.ts';
import type { BaseDeps } from './deps.ts';
import { type AfterLogout, createAfterLogout } from './logout/after-logout.ts';
import { type BackChannel, createBackChannel } from './logout/back-channel.ts';
import { createFrontChannel } from './logout/front-channel.ts';
import { createLogoutTokens } from './logout/logout-token.ts';
import { createNoticeStore } from './logout/notice-store.ts';
import type { PendingLogouts } from './logout/pending.ts';
import { createPendingLogouts } from './logout/pending-store.ts';

export interface LogoutDeps {
  backChannel: BackChannel;
  pendingLogouts: PendingLogouts;
  afterLogout: AfterLogout;
}

export function createLogoutDeps(base: BaseDeps, cookies: BrowserCookies, pages: Pages): LogoutDeps {
  const { redis, keyspace, kit, signer, issuer, now, clientDirectory: directory } = base;
  const outcomes = kit.metrics.counter(
    'auth_logout_notices_total',
    'Attempts to tell a client by the back channel that a session is over.',
    ['outcome'],
  );
  const pendingLogouts = createPendingLogouts(redis, keyspace, cookies);
  return {
    backChannel: createBackChannel({
      ...base,
      store: createNoticeStore(redis, keyspace),
      directory,
      signLogoutToken: createLogoutTokens(signer, issuer, now),
      log: kit.log,
      onOutcome: (outcome) => outcomes.inc({ outcome }),
    }),
    pendingLogouts,
    afterLogout: createAfterLogout(createFrontChannel(directory, issuer), pendingLogouts, pages),
  };
}
