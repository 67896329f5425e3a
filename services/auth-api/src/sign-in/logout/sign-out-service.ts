/** Signs out the user of a browser or of a token: this session, or every session of the user. */

import { insufficientScope } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import {
  type Caller,
  type Callers,
  type DerivedToken,
  sessionsScope,
} from '../../browser/sessions/caller.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { EndedSession } from '../../browser/sessions/session.ts';
import { isWithinScope } from '../../core/protocol/parameters.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { TokenFacts } from '../../tokens/access-token.ts';
import type { PendingLogouts } from './pending-logouts.ts';
import { createRegisteredSites } from './registered-sites.ts';

export interface SignOutOrder {
  /** Every session and token of the user, everywhere. */
  global: boolean;
  /** Where the browser asks to go; only a registered origin is accepted. */
  redirectUri?: string | undefined;
  /** Set when another site led the browser here; its origin, if the browser names it. */
  foreign?: { origin: string | undefined } | undefined;
}

export interface SignedOut {
  /** The page that asks the user; nothing has ended yet. */
  asks?: string;
  via: Caller['via'] | undefined;
  /** Undefined when the requested address is not allowed. */
  redirectUri: string | undefined;
  /** The session of this browser. */
  ended: EndedSession | undefined;
}

export interface SignOutOptions {
  callers: Callers;
  sessions: SessionService;
  clients: Pick<ClientDirectory, 'find' | 'hasOrigin'>;
  /** Ends the tokens of an authorization. */
  endFamily(familyId: string): Promise<void>;
  /** Ends an access token and what was derived from it. */
  endToken(text: string, facts: TokenFacts): Promise<void>;
  /** Resolves when everything that was ended before is kept. @throws AppError (503) */
  settled(): Promise<void>;
  audit: AuditWriter;
  pendingLogouts: Pick<PendingLogouts, 'create'>;
  pages: Pick<Pages, 'signOut'>;
  /** The compat profile: tokens need no scope for `global`. */
  isCompat: boolean;
  /** Bounds what one address may leave in Redis. */
  starts: AttemptLimiter;
}

export type SignOutService = ReturnType<typeof createSignOutService>;

export function createSignOutService(options: SignOutOptions) {
  const { callers, sessions, clients, endFamily, endToken, settled, audit, pendingLogouts, pages, starts } =
    options;
  const sites = createRegisteredSites(clients);

  /** An application ends the session that it has; where else its user is signed in is not its business. @throws OAuthError (403) */
  const requireScope = async ({ scope, clientIds: [clientId = ''] }: Caller) => {
    if (scope === undefined || isWithinScope([sessionsScope], scope)) return;
    if ((await clients.find(clientId))?.globalSignOut ?? options.isCompat) return;
    throw insufficientScope(`global=true needs the scope ${sessionsScope}`);
  };

  const endDerived = async ({ text, facts, ownFamilyId }: DerivedToken) => {
    const unsettled = await reasonUnsettled(endToken(text, facts));
    // Now: whoever repeats what was answered 503 has no token any more that names the family.
    if (ownFamilyId !== undefined) await endFamily(ownFamilyId);
    if (unsettled !== undefined) throw unsettled;
  };

  const endOne = async (browser: Browser, caller: Caller) => {
    if (caller.derived !== undefined) return endDerived(caller.derived);
    if (caller.via === 'session') await sessions.end(browser);
    else if (caller.sid !== undefined) await sessions.endOne(caller.identity, caller.sid);
    if (caller.familyId !== undefined) await endFamily(caller.familyId);
  };

  const endAll = async (browser: Browser, caller: Caller) => {
    await sessions.endAll(caller.identity);
    if (caller.via === 'session') await sessions.end(browser);
  };

  const ask = async (
    browser: Browser,
    { caller, redirectUri, global }: { caller: Caller; redirectUri: string | undefined; global: boolean },
  ): Promise<SignedOut> => {
    starts.reserve(browser.request.ip);
    const { id } = await pendingLogouts.create(
      browser,
      definedOnly({
        step: 'ask' as const,
        userName: caller.identity.username,
        contactCenterId: caller.identity.contactCenterId,
        frames: [],
        everywhere: global ? true : undefined,
        continueTo: redirectUri,
      }),
    );
    return { asks: pages.signOut(id), via: caller.via, redirectUri, ended: undefined };
  };

  return {
    /** Signing out twice is no error. @throws AppError (403) for `global` by a derived token, (503); OAuthError (403) for `global` by a token without the scope */
    async signOut(browser: Browser, order: SignOutOrder): Promise<SignedOut> {
      const { request } = browser;
      const caller = await callers.find(request);
      const redirectUri = await sites.allowedTarget(order.redirectUri, caller?.clientIds);
      if (caller === undefined) {
        // Also deletes the cookie of a session that has expired.
        if (request.headers['authorization'] === undefined) await sessions.end(browser);
        // The caller may be unknown because an earlier request, which was answered 503, has ended the token.
        await settled();
        return { via: undefined, redirectUri, ended: undefined };
      }
      // RFC 9700 section 4.12: an exchanged token has less power than its user's login.
      if (order.global && caller.derived !== undefined) throw endsOnlyItself();
      if (order.global) await requireScope(caller);
      if (await sites.mustAsk(order.foreign, caller)) {
        return ask(browser, { caller, redirectUri, global: order.global });
      }
      // The event comes first: a repetition after a crash would find no session to record.
      await audit.write({
        name: order.global ? 'global_logout' : 'logout',
        outcome: 'success',
        correlationId: request.id,
        sub: caller.sub,
        contactCenterId: caller.identity.contactCenterId,
        // A derived token ends only itself: its session goes on, and nobody must be told that it ended.
        sid: caller.derived === undefined ? caller.sid : undefined,
        clientAddress: caller.clientAddress,
      });
      await (order.global ? endAll(browser, caller) : endOne(browser, caller));
      return { via: caller.via, redirectUri, ended: endedBy(caller) };
    },
  };
}

function endsOnlyItself() {
  return forbidden(
    "This token was obtained by exchange, delegation or an assertion, so it ends only itself: global=true needs a token or session of the user's own login",
    { field: 'global' },
  );
}

function endedBy({ via, sub, sid, clientIds, provider, identity }: Caller): EndedSession | undefined {
  return via === 'session' && sid !== undefined ? { sub, sid, clientIds, provider, identity } : undefined;
}
