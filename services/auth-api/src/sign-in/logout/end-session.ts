/** Ends the session that an ID token names (OpenID Connect RP-Initiated Logout 1.0); without one it asks the user. */
import { definedOnly } from '@gatehouse/contracts/values';
import { safeEqual } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Browser } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import { crossSite, isForeign } from '../../browser/cookies/same-origin.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Session } from '../../browser/sessions/session.ts';
import type { RequestParameters } from '../../core/protocol/parameters.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { RecognizedIdToken } from '../../tokens/id-token.ts';
import type { AfterLogout } from './after-logout.ts';
import { createLogoutRequest, type LogoutRequestOptions } from './logout-request.ts';
import type { PendingLogout, PendingLogouts } from './pending-logouts.ts';

export interface LogoutOptions extends LogoutRequestOptions {
  sessions: SessionService;
  /** Resolves when everything that was ended before is kept. @throws AppError (503) */
  settled(): Promise<void>;
  pendingLogouts: PendingLogouts;
  afterLogout: AfterLogout;
  audit: AuditWriter;
  pages: Pages;
  publicUrl: string;
  /** Bounds what one address may leave in Redis. */
  starts: AttemptLimiter;
}

/** The client that asked, and whether every session ends. */
type LogoutOrder = Pick<PendingLogout, 'clientId' | 'everywhere'>;

export type LogoutEndpoint = ReturnType<typeof createLogoutEndpoint>;

export function createLogoutEndpoint(options: LogoutOptions) {
  const { sessions, settled, pendingLogouts, afterLogout, audit, pages, starts } = options;
  const readRequest = createLogoutRequest(options);

  /** Ends the session of this browser, or all of its user, and deletes its cookie. */
  async function endSession(session: Session, by: LogoutOrder, browser: Browser): Promise<void> {
    // The event comes first, here and below: a repetition after a crash would find no session to record.
    await writeEvent(session, by, browser);
    if (by.everywhere) await sessions.endAll(session.identity);
    await sessions.end(browser);
  }

  /** Ends the session of the ID token, whichever browser has its cookie. */
  async function endHinted(hint: RecognizedIdToken, browser: Browser): Promise<void> {
    const { sub, sid, contactCenterId, clientId } = hint;
    // An ID token of the release before ends only the session of the browser that brings it.
    if (sid === undefined || contactCenterId === undefined) return;
    const session = await sessions.findOne({ contactCenterId, sub }, sid);
    if (session === undefined) return;
    await writeEvent(session, { clientId }, browser);
    await sessions.endOne(session.identity, sid);
  }

  function writeEvent(
    { sub, sid, identity }: Session,
    { clientId, everywhere }: LogoutOrder,
    { request }: Browser,
  ): Promise<void> {
    return audit.write({
      name: everywhere ? 'global_logout' : 'logout',
      outcome: 'success',
      sub,
      sid,
      contactCenterId: identity.contactCenterId,
      clientId,
      correlationId: request.id,
      clientAddress: request.ip,
    });
  }

  return {
    /** Refuses more posted requests than one address may leave in Redis. @throws AppError (429) */
    admit: (clientAddress: string) => starts.reserve(clientAddress),

    /** Gives the browser's next address. @throws AppError for a page */
    async logout(parameters: RequestParameters, browser: Browser): Promise<string> {
      const { hint, client, target, uiLocales } = await readRequest(parameters);
      const session = await sessions.find(browser.request);
      // An exchanged ID token is in other hands than the user's: it names the client, and ends nothing.
      const proof = hint?.isDerived ? undefined : hint;
      if (proof !== undefined && proof.sid !== session?.sid) await endHinted(proof, browser);
      if (session === undefined) {
        await settled();
        return target ?? pages.signedOut();
      }
      if (proof !== undefined && isOfUser(proof, session)) {
        await endSession(session, { clientId: proof.clientId }, browser);
        return afterLogout(browser, { ended: session, target, uiLocales });
      }
      // Section 2: without this user's hint, any page could sign the user out by a link (CVE-2020-10734).
      starts.reserve(browser.request.ip);
      const { id } = await pendingLogouts.create(
        browser,
        definedOnly({
          step: 'ask' as const,
          userName: session.identity.username,
          contactCenterId: session.identity.contactCenterId,
          frames: [],
          clientId: client?.clientId,
          clientName: client?.name,
          continueTo: target,
          uiLocales,
        }),
      );
      return pages.signOut(id);
    },

    /** Ends the session after the user said yes, and gives the browser's next address. @throws AppError for a page */
    async confirm({ logout, csrf }: { logout: string; csrf: string }, browser: Browser): Promise<string> {
      if (isForeign(browser.request.headers, options.publicUrl)) throw crossSite();
      const pending = await pendingLogouts.readFor(browser.request, logout);
      if (pending?.step !== 'ask' || !safeEqual(csrf, pending.csrf)) {
        throw badRequest('This question was answered already, or it is too old', { field: 'logout' });
      }
      const session = await sessions.find(browser.request);
      // Without one, an earlier answer of 503 may have ended it.
      await (session === undefined ? sessions.end(browser) : endSession(session, pending, browser));
      const { continueTo: target, uiLocales } = pending;
      const next = await afterLogout(browser, { ended: session, target, uiLocales });
      // Last: after a 503 the same form is sent again.
      await pendingLogouts.remove(browser.request, logout);
      return next;
    },
  };
}

/** Of the release before, which does not name the contact centre, the session of the ID token itself counts alone. */
function isOfUser({ sub, sid, contactCenterId }: RecognizedIdToken, session: Session): boolean {
  if (sub !== session.sub) return false;
  if (contactCenterId === undefined) return sid === session.sid;
  return contactCenterId === session.identity.contactCenterId;
}
