/** Finds our sessions by the names that an identity provider gives them, for its logout requests. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { SessionService } from '../../../browser/sessions/service.ts';
import type { ProviderSession, Session } from '../../../browser/sessions/session.ts';
import type { AuditWriter } from '../../../records/audit/event.ts';
import type { SignOnPlace } from '../place.ts';
import type { NamedSession, ProviderSessionStore } from './store.ts';

type Protocol = ProviderSession['protocol'];

/** The person, the session or both, by the provider's names. If both are given, a session must match both. */
export interface NamedAtProvider {
  /** The identity of the provider, and ours to it. */
  issuer: string | undefined;
  clientId: string | undefined;
  subject?: string | undefined;
  sessionIndex?: string | undefined;
}

export interface ProviderSessions {
  /** Remembers a new session; does nothing for one that came by password. */
  record(session: Session): Promise<void>;
  /** Contact centres that may have such sessions. The settings of each say what ends its own. */
  contactCentersOf(protocol: Protocol, named: NamedAtProvider): Promise<string[]>;
  /** Ends those of one contact centre and location, each with its event in the audit trail. */
  end(
    place: SignOnPlace & { protocol: Protocol },
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

  const find = async (place: SignOnPlace & { protocol: Protocol }, named: NamedAtProvider) => {
    const { contactCenterId, protocol } = place;
    const lists = namesOf(protocol, named).map(async (name) => {
      const [own, former] = await Promise.all([
        store.list(nameAt(place, name), now()),
        // The release before lists the sessions of all contact centres together.
        store.list(textOf(name), now()),
      ]);
      const found = [...own, ...former.filter((one) => one.contactCenterId === contactCenterId)];
      return new Map(found.map((session) => [session.sid, session]));
    });
    const [first = new Map<string, NamedSession>(), ...others] = await Promise.all(lists);
    return [...first.values()].filter(({ sid }) => others.every((other) => other.has(sid)));
  };

  return {
    async record({ provider, identity, sub, sid, endsAtMs }) {
      if (provider === undefined) return;
      const { contactCenterId } = identity;
      const session = { sub, sid, contactCenterId };
      const place = { contactCenterId, location: provider.location };
      const times = { nowMs: now(), endsAtMs };
      const records = namesOf(provider.protocol, provider).flatMap((name) => [
        store.add(nameAt(place, name), session, times),
        store.addContactCenter(textOf(name), contactCenterId, times),
        // Where replicas of the release before look.
        store.add(textOf(name), session, times),
      ]);
      await Promise.all(records);
    },
    async contactCentersOf(protocol, named) {
      const lists = namesOf(protocol, named).flatMap((name) => [
        store.listContactCenters(textOf(name), now()),
        // Sessions of the release before are listed nowhere else.
        store.list(textOf(name), now()).then((former) => former.map((one) => one.contactCenterId)),
      ]);
      return [...new Set((await Promise.all(lists)).flat())];
    },
    async end(place, named, request) {
      const found = await find(place, named);
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
          fields: { by: 'identity provider', method: place.protocol },
        });
        await sessions.endOne({ contactCenterId, sub }, sid);
      });
      await Promise.all(ending);
    },
  };
}

type ProviderName = readonly (string | undefined)[];

function namesOf(protocol: Protocol, named: NamedAtProvider): ProviderName[] {
  const { issuer, clientId, subject, sessionIndex } = named;
  return [
    ...(subject === undefined ? [] : [[protocol, issuer, clientId, 'subject', subject]]),
    ...(sessionIndex === undefined ? [] : [[protocol, issuer, clientId, 'session', sessionIndex]]),
  ];
}

/** The same name means somebody else at each place: whoever sets single sign-on there chooses who gives the names. */
function nameAt({ contactCenterId, location }: SignOnPlace, name: ProviderName): string {
  return textOf([contactCenterId, location, ...name]);
}

/** One text for one thing: its parts cannot run into each other. */
function textOf(parts: ProviderName): string {
  return sha256(JSON.stringify(parts));
}
