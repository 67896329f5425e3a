/** Creates, finds and ends browser sessions; each use checks the lifetimes and the revocations. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken, randomUuid, sha256 } from '@gatehouse/service-kit/crypto';
import type { DomainEvent } from '../../core/domain-event.ts';
import type { ContactCenterStatusCheck } from '../../people/accounts/contact-center-status.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import { isSamePerson } from '../../records/revocation/revocation.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import type { Subjects } from '../../registry/contact-centers/subjects.ts';
import type { Browser, BrowserCookies, BrowserRequest } from '../cookies/browser-cookies.ts';
import { expiryOf, lifetimeOf, type SessionLifetimes } from './lifetimes.ts';
import type { EndedSession, Newcomer, Session, SessionSummary } from './session.ts';
import type { SessionOwner, SessionStore, StoredSession } from './store.ts';

/** One session, or all that a person has. */
export type SessionsEnded = DomainEvent<[ended: readonly EndedSession[], reach: 'session' | 'user']>;

export interface SessionServiceOptions {
  store: SessionStore;
  cookies: BrowserCookies;
  revocations: Pick<Revocations, 'revoke' | 'revokeAll' | 'settled' | 'isRevoked' | 'untilFresh'>;
  /** Ends what a person holds in one contact centre. @throws AppError (503) */
  revokePerson: Subjects['revoke'];
  isShared: Subjects['isShared'];
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'holds'>;
  lifetimes: SessionLifetimes;
  /** Clients of ended sessions are told. @throws AppError (503) */
  ended: Pick<SessionsEnded, 'announce'>;
  now: Clock;
}

/** Use is noted at most this often, because sessions are read far more often than that. */
const touchIntervalMs = 60_000;

export type SessionService = ReturnType<typeof createSessionService>;

/** Every method throws AppError (503) while Redis is away. */
export function createSessionService(options: SessionServiceOptions) {
  const { store, cookies, revocations, revokePerson, isShared, contactCenterStatus, lifetimes, ended, now } =
    options;

  const isAlive = (session: StoredSession) => {
    const { sub, sid, identity, createdAtMs, lastSeenAtMs } = session;
    if (now() >= expiryOf(lifetimes, session, lastSeenAtMs)) return false;
    const { contactCenterId, environmentId, entry } = identity;
    const place = { contactCenterIds: [contactCenterId], environmentId, entry };
    return !revocations.isRevoked({ sub, sid, ...place, issuedAtMs: createdAtMs });
  };

  const findLive = async (cookieHash: string): Promise<StoredSession | undefined> => {
    const stored = await store.find(cookieHash);
    if (stored === undefined) return undefined;
    // A replica that is a moment behind catches up, so that nobody is signed out for it.
    await revocations.untilFresh();
    if (isAlive(stored)) return stored;
    await store.remove(cookieHash, stored);
    return undefined;
  };

  const findCurrent = async (request: BrowserRequest) => {
    const cookie = cookies.readSession(request);
    if (cookie === undefined) return undefined;
    const cookieHash = sha256(cookie);
    const stored = await findLive(cookieHash);
    return stored && { cookieHash, stored };
  };

  /** Also one that was revoked meanwhile: whoever ends it again tells its clients. */
  const findOf = async (owner: SessionOwner, sid: string) => {
    const entry = (await store.entries(owner, now())).find((candidate) => candidate.sid === sid);
    const stored = entry && (await store.find(entry.cookieHash));
    return stored && isOf(owner, stored) ? { stored, cookieHash: entry.cookieHash } : undefined;
  };

  const findAllOf = async (owner: SessionOwner) => {
    const entries = await store.entries(owner, now());
    const found = await Promise.all(
      entries.map(async (entry) => ({ entry, stored: await store.find(entry.cookieHash) })),
    );
    return found.flatMap(({ entry, stored }) =>
      stored !== undefined && isOf(owner, stored) ? [{ entry, stored }] : [],
    );
  };

  const revokeOwner = (owner: SessionOwner) =>
    'everywhere' in owner ? revocations.revoke({ kind: 'sub', id: owner.everywhere }) : revokePerson(owner);

  const endEntry = async ({ sub, sid, clientIds, identity }: StoredSession, cookieHash: string) => {
    const unsettled = await reasonUnsettled(revocations.revoke({ kind: 'sid', id: sid }));
    await store.remove(cookieHash, { identity, sid });
    await ended.announce([{ sub, sid, clientIds }], 'session');
    if (unsettled !== undefined) throw unsettled;
  };

  return {
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
      const { identity, provedAtMs = now() } = newcomer;
      const isRemembered = newcomer.remember === true && lifetimes.remembered !== undefined;
      const { absoluteMs } = lifetimeOf(lifetimes, isRemembered);
      const former = await findCurrent(browser.request);
      const session = newSession(
        { ...newcomer, provedAtMs },
        {
          // The same person keeps the `sid`, which clients know.
          continued: former && isSamePerson(identity, former.stored.identity) ? former.stored : undefined,
          isRemembered,
          endsAtMs: Math.min(provedAtMs + absoluteMs, newcomer.endsAtMs ?? Number.POSITIVE_INFINITY),
        },
        browser.request,
      );
      const cookie = randomToken();
      await Promise.all([
        store.save(cookie, session, expiryOf(lifetimes, session, provedAtMs)),
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

    /** Ends the session of this browser and its tokens. Undefined when there was none. */
    async end(browser: Browser): Promise<Session | undefined> {
      if (cookies.readSession(browser.request) === undefined) return undefined;
      const current = await findCurrent(browser.request);
      await (current === undefined ? revocations.settled() : endEntry(current.stored, current.cookieHash));
      cookies.clearSession(browser);
      return current && sessionOf(current.stored);
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

    /** Ends one session of the person and its tokens; false when the person has no such session. */
    async endOne(owner: SessionOwner, sid: string): Promise<boolean> {
      const found = await findOf(owner, sid);
      if (found === undefined) {
        await revocations.settled();
        return false;
      }
      await endEntry(found.stored, found.cookieHash);
      return true;
    },

    /** Ends every session and token of the person, on every replica within a second. */
    async endAll(owner: SessionOwner): Promise<void> {
      // One revocation ends everything at once, however many sessions there are; the rest tells the clients.
      const unsettled = await reasonUnsettled(revokeOwner(owner));
      const found = await findAllOf(owner);
      // Replicas of the release before know sessions, and no person of one contact centre.
      const sids = 'everywhere' in owner || !(await isShared(owner)) ? [] : found.map(sidOf);
      const unsettledToo = await reasonUnsettled(revocations.revokeAll(sids));
      await store.forget(
        owner,
        found.map(({ entry }) => entry),
      );
      await ended.announce(
        found.map(({ stored }) => stored),
        'user',
      );
      if ((unsettled ?? unsettledToo) !== undefined) throw unsettled ?? unsettledToo;
    },
  };
}

interface SessionTerms {
  continued: StoredSession | undefined;
  isRemembered: boolean;
  endsAtMs: number;
}

function newSession(
  newcomer: Newcomer & { provedAtMs: number },
  { continued, isRemembered, endsAtMs }: SessionTerms,
  request: BrowserRequest,
): StoredSession {
  const { identity, amr, provedAtMs, providerAuthTimeMs, provider, interactionId, clientId } = newcomer;
  return definedOnly({
    sid: continued?.sid ?? randomUuid(),
    sub: identity.sub,
    identity,
    authTimeMs: provedAtMs,
    amr,
    createdAtMs: provedAtMs,
    endsAtMs,
    isRemembered,
    lastSeenAtMs: provedAtMs,
    clientIds: [...new Set([...(continued?.clientIds ?? []), ...(clientId === undefined ? [] : [clientId])])],
    clientAddress: request.ip,
    providerAuthTimeMs,
    isSeenAtUnknown: newcomer.isSeenAtUnknown === true ? true : undefined,
    provider,
    interactionId,
    userAgent: userAgentOf(request),
  });
}

function sidOf({ stored }: { stored: StoredSession }) {
  return { kind: 'sid' as const, id: stored.sid };
}

function isOf(owner: SessionOwner, { identity }: StoredSession): boolean {
  return 'everywhere' in owner ? owner.everywhere === identity.sub : isSamePerson(owner, identity);
}

function sessionOf(stored: StoredSession): Session {
  const { userAgent: _userAgent, clientAddress: _clientAddress, ...session } = stored;
  return session;
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
