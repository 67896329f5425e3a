/** Finds our sessions by what an identity provider calls them, for its logout. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/digest';
import type { ProviderSession, Session, SessionService } from '../sessions/session.ts';
import type { ProviderSessionStore } from './provider-session-store.ts';

/** Whose sessions: of one provider of one contact centre and location, and there of one person or of one session. */
export interface ProviderPlace extends Pick<ProviderSession, 'protocol' | 'location'> {
  contactCenterId: string;
}

export interface ProviderSessions {
  /** Remembers a new session; does nothing for one that came by password. */
  note(session: Session): Promise<void>;
  /** Ends those of a person at the provider, or only the one with that index. The subjects whose sessions ended. */
  end(place: ProviderPlace, ended: { subject?: string; sessionIndex?: string }): Promise<string[]>;
}

export function createProviderSessions(deps: {
  store: ProviderSessionStore;
  sessions: Pick<SessionService, 'endOne'>;
  now: Clock;
}): ProviderSessions {
  const { store, sessions, now } = deps;

  return {
    async note({ provider, identity, sub, sid, endsAtMs }) {
      if (provider === undefined) return;
      const place = { ...provider, contactCenterId: identity.contactCenterId };
      const names = [nameOf(place, 'subject', provider.subject)];
      if (provider.sessionIndex !== undefined) names.push(nameOf(place, 'session', provider.sessionIndex));
      await Promise.all(names.map((name) => store.add(name, { sub, sid }, { nowMs: now(), endsAtMs })));
    },

    async end(place, { subject, sessionIndex }) {
      const lists = await Promise.all([
        subject === undefined ? undefined : store.list(nameOf(place, 'subject', subject), now()),
        sessionIndex === undefined ? undefined : store.list(nameOf(place, 'session', sessionIndex), now()),
      ]);
      const [ofSubject, ofSession] = lists;
      // Both named: only what belongs to both.
      const ended =
        ofSubject && ofSession
          ? ofSubject.filter(({ sid }) => ofSession.some((other) => other.sid === sid))
          : (ofSubject ?? ofSession ?? []);
      await Promise.all(ended.map(({ sub, sid }) => sessions.endOne(sub, sid)));
      return [...new Set(ended.map(({ sub }) => sub))];
    },
  };
}

/** One text for one thing: its parts cannot run into each other. */
function nameOf({ protocol, contactCenterId, location }: ProviderPlace, kind: string, name: string): string {
  return sha256(JSON.stringify([protocol, contactCenterId, location, kind, name]));
}
