/** Creates, finds and ends browser sessions; each use checks the lifetimes and the revocations. */
import { definedOnly } from '@gatehouse/contracts/values';
import { randomToken, randomUuid, sha256 } from '@gatehouse/service-kit/crypto';
import { methodsOf } from '../../core/assurance/proof.ts';
import type { ContactCenterStatusCheck } from '../../people/accounts/contact-center-status.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import { isSamePerson } from '../../records/revocation/revocation.ts';
import type { Browser, BrowserRequest } from '../cookies/browser-cookies.ts';
import { expiryOf, lifetimeOf } from './lifetimes.ts';
import type { Newcomer, Session, SessionSummary } from './session.ts';
import { createSessionEnds, type SessionEndsOptions } from './session-ends.ts';
import { createSessionLookup, isOf, type SessionLookupOptions, sessionOf } from './session-lookup.ts';
import type { SessionOwner, StoredSession } from './store.ts';

type SessionServiceOptions = SessionLookupOptions &
  SessionEndsOptions & { contactCenterStatus: Pick<ContactCenterStatusCheck, 'holds'> };

/** Use is noted at most this often, because sessions are read far more often than that. */
const touchIntervalMs = 60_000;

export type SessionService = ReturnType<typeof createSessionService>;

/** Every method throws AppError (503) while Redis is away. */
export function createSessionService(options: SessionServiceOptions) {
  const { store, cookies, contactCenterStatus, lifetimes, now } = options;

  const lookup = createSessionLookup(options);
  const { findLive, findCurrent, findOf } = lookup;

  return {
    ...createSessionEnds(options, lookup),

    /** The live session of this browser. `isUse`: false for what a page asks by itself, which must not keep a session alive. */
    async find(request: BrowserRequest, { isUse = true } = {}): Promise<Session | undefined> {
      const current = await findCurrent(request);
      if (current === undefined) return undefined;
      const { cookieHash, stored } = current;
      if (isUse && now() - stored.lastSeenAtMs >= touchIntervalMs) {
        await store.touch(cookieHash, now(), expiryOf(lifetimes, stored, now()));
      }
      return sessionOf(stored);
    },

    /** Creates a session under a new cookie, always; the one that this browser had before ends. */
    async create(browser: Browser, newcomer: Newcomer): Promise<Session> {
      const { admitted, provedAtMs = now() } = newcomer;
      const { identity } = admitted;
      const isRemembered = newcomer.remember === true && lifetimes.remembered !== undefined;
      const { absoluteMs } = lifetimeOf(lifetimes, isRemembered);
      const former = await findCurrent(browser.request);
      const session = newSession(
        { ...newcomer, provedAtMs },
        {
          // The same person keeps the `sid`, which clients know.
          continued: former && isSamePerson(identity, former.stored.identity) ? former.stored : undefined,
          isRemembered,
          nowMs: now(),
          endsAtMs: Math.min(provedAtMs + absoluteMs, newcomer.endsAtMs ?? Number.POSITIVE_INFINITY),
        },
        browser.request,
      );
      const cookie = randomToken();
      await Promise.all([
        store.save(cookie, session, expiryOf(lifetimes, session, session.lastSeenAtMs)),
        former && store.remove(former.cookieHash, former.stored),
      ]);
      // Switched off while the user proved who they are.
      if (!(await contactCenterStatus.holds(identity, provedAtMs))) {
        await store.remove(sha256(cookie), session);
        throw new SignInError('bad_credentials', { detail: 'the contact centre was switched off meanwhile' });
      }
      cookies.setSession(browser, cookie, isRemembered ? Math.floor(absoluteMs / 1000) : undefined);
      return sessionOf(session);
    },

    /** Remembers that a client got a code or token by the session. */
    async recordClient(request: BrowserRequest, session: Session, clientId: string): Promise<void> {
      const cookie = cookies.readSession(request);
      if (cookie === undefined || session.clientIds.includes(clientId)) return;
      await store.touch(sha256(cookie), now(), expiryOf(lifetimes, session, now()), clientId);
    },

    /** A live session of a person, by its public id. */
    async findOne(owner: SessionOwner, sid: string): Promise<Session | undefined> {
      const found = await findOf(owner, sid);
      const stored = found && (await findLive(found.cookieHash));
      return stored && sessionOf(stored);
    },

    /** The live sessions of a person, newest first. */
    async list(owner: SessionOwner): Promise<SessionSummary[]> {
      const entries = await store.entries(owner, now());
      const sessions = await Promise.all(entries.map(({ cookieHash }) => findLive(cookieHash)));
      return sessions.flatMap((session) =>
        session !== undefined && isOf(owner, session) ? [summaryOf(session)] : [],
      );
    },
  };
}

interface SessionTerms {
  continued: StoredSession | undefined;
  isRemembered: boolean;
  endsAtMs: number;
  nowMs: number;
}

function newSession(
  newcomer: Newcomer & { provedAtMs: number },
  { continued, isRemembered, endsAtMs, nowMs }: SessionTerms,
  request: BrowserRequest,
): StoredSession {
  const { admitted, provedAtMs, providerAuthTimeMs, provider, interactionId, clientId } = newcomer;
  const { identity, proofs } = admitted;
  return definedOnly({
    sid: continued?.sid ?? randomUuid(),
    sub: identity.sub,
    identity,
    authTimeMs: provedAtMs,
    amr: methodsOf(proofs),
    proofs: [...proofs],
    createdAtMs: provedAtMs,
    endsAtMs,
    isRemembered,
    lastSeenAtMs: nowMs,
    clientIds: [...new Set([...(continued?.clientIds ?? []), ...(clientId === undefined ? [] : [clientId])])],
    clientAddress: request.ip,
    providerAuthTimeMs,
    isSeenAtUnknown: newcomer.isSeenAtUnknown === true ? true : undefined,
    provider,
    interactionId,
    userAgent: userAgentOf(request),
  });
}

function summaryOf(stored: StoredSession): SessionSummary {
  const { sid, createdAtMs, lastSeenAtMs, userAgent, clientAddress, isRemembered, clientIds } = stored;
  const seen = { createdAtMs, lastSeenAtMs, userAgent, clientAddress };
  return definedOnly({ sid, isRemembered, clientIds, ...seen });
}

/** The account page shows no more of it; no browser sends a longer text. */
const maxUserAgentLength = 256;

function userAgentOf({ headers }: BrowserRequest): string | undefined {
  const value = headers['user-agent'];
  return typeof value === 'string' ? value.slice(0, maxUserAgentLength) : undefined;
}
