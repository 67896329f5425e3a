/** Finds our sessions by the names that an identity provider gives them, for its logout requests. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto/secrets';
import type { AuditWriter } from '../audit/event.ts';
import type { SessionService } from '../sessions/service.ts';
import type { ProviderSession, Session } from '../sessions/session.ts';
import type { NamedSession, ProviderSessionStore } from './provider-session-store.ts';

/** The person, the session or both, by the provider's names. If both are given, a session must match both. */
export interface NamedAtProvider {
  /** Who the provider is, and who we are to it. */
  issuer: string | undefined;
  clientId: string | undefined;
  subject?: string | undefined;
  sessionIndex?: string | undefined;
}

export interface ProviderSessions {
  /** Remembers a new session; does nothing for one that came by password. */
  note(session: Session): Promise<void>;
  find(protocol: ProviderSession['protocol'], named: NamedAtProvider): Promise<NamedSession[]>;
  /** Ends them, each with its event in the audit trail. */
  end(
    protocol: ProviderSession['protocol'],
    named: NamedAtProvider,
    request: { id: string; ip: string },
  ): Promise<void>;
}

export function createProviderSessions(deps: {
  store: ProviderSessionStore;
  sessions: Pick<SessionService, 'endOne'>;
  audit: AuditWriter;
  now: Clock;
}): ProviderSessions {
  const { store, sessions, audit, now } = deps;

  const find: ProviderSessions['find'] = async (protocol, { issuer, clientId, subject, sessionIndex }) => {
    const listOf = (kind: string, name: string | undefined) =>
      name === undefined ? undefined : store.list(nameOf([protocol, issuer, clientId, kind, name]), now());
    const [ofSubject, ofSession] = await Promise.all([
      listOf('subject', subject),
      listOf('session', sessionIndex),
    ]);
    if (ofSubject && ofSession)
      return ofSubject.filter(({ sid }) => ofSession.some((other) => other.sid === sid));
    return ofSubject ?? ofSession ?? [];
  };

  return {
    async note({ provider, identity, sub, sid, endsAtMs }) {
      if (provider === undefined) return;
      const { protocol, issuer, clientId, subject, sessionIndex } = provider;
      const names = [nameOf([protocol, issuer, clientId, 'subject', subject])];
      if (sessionIndex !== undefined)
        names.push(nameOf([protocol, issuer, clientId, 'session', sessionIndex]));
      const { contactCenterId } = identity;
      const times = { nowMs: now(), endsAtMs };
      await Promise.all(names.map((name) => store.add(name, { sub, sid, contactCenterId }, times)));
    },
    find,
    async end(protocol, named, request) {
      const found = await find(protocol, named);
      const ending = found.map(async ({ sub, sid, contactCenterId }) => {
        // First: a repetition after a crash would find no session to tell of.
        await audit.write({
          name: 'session_ended',
          outcome: 'success',
          correlationId: request.id,
          clientAddress: request.ip,
          sub,
          sid,
          contactCenterId,
          fields: { by: 'identity provider', method: protocol },
        });
        await sessions.endOne({ contactCenterId, sub }, sid);
      });
      await Promise.all(ending);
    },
  };
}

/** One text for one thing: its parts cannot run into each other. */
function nameOf(parts: readonly (string | undefined)[]): string {
  return sha256(JSON.stringify(parts));
}
