/** Says of an event or a change who did what to what, by names, and which identifiers they have. */
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { AuditEntry } from '@gatehouse/contracts/environment-administration';
import { contactCenterPath } from '../shell/contact-centers.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { Entry, Names } from './trail.ts';
import { actionOf, entityOf, eventOf } from './words.ts';

/** A name with its identifier, which stands small below it. */
interface Named {
  name: string;
  id?: string | undefined;
  href?: string | undefined;
}

export interface Said {
  who: Named;
  what: string;
  object: Named;
  center: Named | undefined;
  address: string | undefined;
  correlationId: string;
  outcome: string;
  /** Why it was refused, as the event has it. */
  reason: string | undefined;
}

const nobody: Named = { name: '' };

export function saidOf(visit: ConsoleVisit, { event, change }: Entry, names: Names): Said {
  return event === undefined ? changeSaid(visit, change, names) : eventSaid(visit, event, names);
}

function eventSaid(visit: ConsoleVisit, event: SecurityEvent, names: Names): Said {
  const { name, sub, clientId, contactCenterId, clientAddress: address, correlationId, outcome } = event;
  const [actor, userName, reason] = ['actor', 'userName', 'reason'].map((field) => textIn(event, field));
  const person = personOf(names, sub, userName, contactCenterId);
  const client = clientId === undefined ? undefined : clientOf(visit, clientId);
  const causer = actor === undefined ? undefined : actorOf(names, actor);
  const who = causer ?? person ?? client ?? nobody;
  const affected = causer === undefined ? undefined : person;
  const thing = affected ?? (who === client ? undefined : client) ?? otherObject(event);
  return {
    who,
    what: eventOf(visit, name),
    object: thing ?? nobody,
    center: centerOf(names, contactCenterId),
    address,
    correlationId,
    outcome,
    reason,
  };
}

const otherObject = (event: SecurityEvent): Named | undefined => {
  const id = textIn(event, 'kid') ?? textIn(event, 'receiver');
  return id === undefined ? undefined : { name: id };
};

function changeSaid(visit: ConsoleVisit, change: AuditEntry, names: Names): Said {
  const { actor, action, entity, contactCenterId, clientAddress: address, requestId: correlationId } = change;
  return {
    who: actor.kind === 'user' ? actorOf(names, actor.name) : { name: actor.name },
    what: actionOf(visit, action),
    object: objectOf(visit, change, names),
    center: entity === 'contact-center' ? undefined : centerOf(names, contactCenterId),
    address,
    correlationId,
    outcome: 'success',
    reason: undefined,
  };
}

/** The operator account and clients are named as they are; a person who never signed in by the `sub`. */
const actorOf = (names: Names, actor: string): Named =>
  personOf(names, actor, undefined, undefined) ?? { name: actor };

/** As people type the name at a sign-in: `demo\\admin`. */
function personOf(
  { people, centers }: Names,
  sub: string | undefined,
  typed: string | undefined,
  center: string | undefined,
): Named | undefined {
  const known = sub === undefined ? undefined : people.get(sub);
  const [userName, contactCenter] = [known?.userName ?? typed, known?.contactCenterId ?? center];
  if (userName === undefined) return sub === undefined ? undefined : { name: sub };
  const domain = contactCenter === undefined ? undefined : centers.get(contactCenter)?.domain;
  const query = new URLSearchParams({ user: userName, contactCenter: contactCenter ?? '' });
  return {
    name: domain === undefined ? userName : `${domain}\\${userName}`,
    id: sub,
    href:
      sub === undefined || contactCenter === undefined ? undefined : `${consolePath}/people/person?${query}`,
  };
}

function centerOf({ centers }: Names, id: string | undefined): Named | undefined {
  if (id === undefined) return undefined;
  const known = centers.get(id);
  return known === undefined ? { name: id } : { name: known.name, id, href: contactCenterPath(id) };
}

/** A thing that was deleted since has the name that its changes tell. */
function objectOf(visit: ConsoleVisit, { entity, entityId: id, changes }: AuditEntry, names: Names): Named {
  const told = ['name', 'userName', 'displayName'].flatMap((field) => {
    const { from, to } = changes[field] ?? {};
    return [to, from].filter((value) => typeof value === 'string');
  })[0];
  const [known, href] =
    entity === 'environment'
      ? [names.environments.get(id), `${consolePath}/environments/${encodeURIComponent(id)}`]
      : entity === 'contact-center'
        ? [names.centers.get(id)?.name, contactCenterPath(id)]
        : [undefined, undefined];
  const name = known ?? told;
  const kind = entityOf(visit, entity);
  if (name === undefined) return { name: `${kind} ${id}` };
  return { name: `${kind} ${name}`, id, href: known === undefined ? undefined : href };
}

/** Most events of a contact centre are of clients that serve others, too: its own people do not reach these. */
function clientOf({ rights }: ConsoleVisit, id: string): Named {
  const href = `${consolePath}/clients/one/${encodeURIComponent(id)}`;
  return { name: id, href: rights.installation ? href : undefined };
}

function textIn({ fields }: SecurityEvent, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
