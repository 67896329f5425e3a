/** Ends sessions: the one of a browser, one of a person, or all that a person has. */
import type { DomainEvent } from '../../core/domain-event.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import type { Subjects } from '../../registry/contact-centers/subjects.ts';
import type { Browser, BrowserCookies } from '../cookies/browser-cookies.ts';
import type { EndedSession, Session } from './session.ts';
import { type SessionLookup, sessionOf } from './session-lookup.ts';
import type { SessionOwner, SessionStore, StoredSession } from './store.ts';

/** One session, or all that a person has. */
export type SessionsEnded = DomainEvent<[ended: readonly EndedSession[], reach: 'session' | 'user']>;

export interface SessionEndsOptions {
  store: SessionStore;
  cookies: BrowserCookies;
  revocations: Pick<Revocations, 'revoke' | 'revokeAll' | 'settled'>;
  /** Ends what a person holds in one contact centre. @throws AppError (503) */
  revokePerson: Subjects['revoke'];
  isShared: Subjects['isShared'];
  /** Clients of ended sessions are told. @throws AppError (503) */
  ended: Pick<SessionsEnded, 'announce'>;
}

export function createSessionEnds(options: SessionEndsOptions, lookup: SessionLookup) {
  const { store, cookies, revocations, revokePerson, isShared, ended } = options;
  const { findCurrent, findOf, findAllOf } = lookup;

  const revokeOwner = (owner: SessionOwner) =>
    'everywhere' in owner ? revocations.revoke({ kind: 'sub', id: owner.everywhere }) : revokePerson(owner);

  const endEntry = async ({ sub, sid, clientIds, identity }: StoredSession, cookieHash: string) => {
    const unsettled = await reasonUnsettled(revocations.revoke({ kind: 'sid', id: sid }));
    await store.remove(cookieHash, { identity, sid });
    await ended.announce([{ sub, sid, clientIds }], 'session');
    if (unsettled !== undefined) throw unsettled;
  };

  return {
    /** Ends the session of this browser and its tokens. Undefined when there was none. */
    async end(browser: Browser): Promise<Session | undefined> {
      if (cookies.readSession(browser.request) === undefined) return undefined;
      const current = await findCurrent(browser.request);
      await (current === undefined ? revocations.settled() : endEntry(current.stored, current.cookieHash));
      cookies.clearSession(browser);
      return current && sessionOf(current.stored);
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

function sidOf({ stored }: { stored: StoredSession }) {
  return { kind: 'sid' as const, id: stored.sid };
}
