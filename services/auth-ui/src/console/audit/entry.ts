/** Says of an event or a change who did what to what, by names, and which identifiers they have. */
import type { SecurityEvent } from '@gatehouse/contracts/auth-api';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { type AuditEntry, deletedKinds } from '@gatehouse/contracts/environment-administration';
import { loginNameOf } from '@gatehouse/contracts/values';
import { environmentPath } from '../environments/page-header.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { receiverPath } from '../signal-receivers/pages.ts';
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
  const { name, clientId, contactCenterId, clientAddress: address, correlationId, outcome } = event;
  const [actor, reason, purpose] = ['actor', 'reason', 'purpose'].map((field) => textIn(event, field));
  const person = personIn(event, names);
  const client = clientId === undefined ? undefined : clientOf(visit, clientId, names);
  const causer = actor === undefined ? undefined : actorOf(visit, names, actor);
  const who = causer ?? person ?? client ?? nobody;
  const affected = causer === undefined ? undefined : person;
  const thing = affected ?? (who === client ? undefined : client) ?? otherObject(visit, event);
  return {
    who,
    what: eventOf(visit, name, purpose),
    object: thing ?? nobody,
    center: centerOf(names, contactCenterId),
    address,
    correlationId,
    outcome,
    reason,
  };
}

/** Somebody who never signed in has the name that the event tells: of an entry of a list of administrators it is `demo\\admin`. */
function personIn(event: SecurityEvent, names: Names): Named | undefined {
  const { sub, contactCenterId } = event;
  const person = personOf(names, sub, textIn(event, 'userName'), contactCenterId);
  const listed = nameIn(changesOf(event));
  return person === undefined || person.name !== sub || listed === undefined
    ? person
    : { ...person, name: listed, id: sub };
}

function otherObject(visit: ConsoleVisit, event: SecurityEvent): Named | undefined {
  const [kid, receiver] = [textIn(event, 'kid'), textIn(event, 'receiver')];
  if (kid !== undefined) return { name: entityOf(visit, 'signing-key'), id: kid };
  if (receiver === undefined) return undefined;
  return { name: entityOf(visit, 'signal-receiver'), id: receiver, href: receiverPath(receiver) };
}

function changeSaid(visit: ConsoleVisit, change: AuditEntry, names: Names): Said {
  const { actor, action, entity, contactCenterId, clientAddress: address, requestId: correlationId } = change;
  const isRestored = entity === 'deletion' && action === 'update';
  return {
    who: authorOf(visit, actor, names),
    what: actionOf(visit, isRestored ? 'restore' : action),
    object: isRestored ? restoredIn(visit, change, names) : objectOf(visit, change),
    center: entity === 'contact-center' ? undefined : centerOf(names, contactCenterId),
    address,
    correlationId,
    outcome: 'success',
    reason: undefined,
  };
}

function authorOf(visit: ConsoleVisit, { kind, name, shownName }: AuditEntry['actor'], names: Names): Named {
  if (shownName !== undefined) return { name: `${entityOf(visit, 'api-key')} ${shownName}`, id: name };
  return kind === 'user' || kind === 'client' ? actorOf(visit, names, name) : { name };
}

/** The operator account is named as it is. */
const actorOf = (visit: ConsoleVisit, names: Names, actor: string): Named =>
  (names.people.has(actor) ? personOf(names, actor, undefined, undefined) : undefined) ??
  (names.clients.has(actor) ? clientOf(visit, actor, names) : { name: actor });

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
    name: loginNameOf(userName, domain),
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

/** A setting or a location has its name as its id. */
function objectOf(visit: ConsoleVisit, { entity, entityId: id, entityName, changes }: AuditEntry): Named {
  const name = entityName ?? nameIn(changes);
  const kind = entityOf(visit, entity);
  if (name === undefined) return { name: `${kind} ${id}` };
  const path =
    entity === 'environment' ? environmentPath : entity === 'contact-center' ? contactCenterPath : undefined;
  return { name: `${kind} ${name}`, id, href: entityName === undefined ? undefined : path?.(id) };
}

/** The entry names no people. */
function restoredIn(visit: ConsoleVisit, change: AuditEntry, names: Names): Named {
  const kind = deletedKinds.find((one) => change.changes[one] !== undefined);
  const id = kind && change.changes[kind]?.from;
  if (kind === undefined || typeof id !== 'string') return objectOf(visit, change);
  const { name, href } = (kind === 'contact-center' && centerOf(names, id)) || { name: id };
  return { name: `${entityOf(visit, kind)} ${name}`, id, href };
}

/** The name that a change tells itself: after it, or before a deletion. */
function nameIn(changes: AuditEntry['changes']): string | undefined {
  const { from, to } = changes['name'] ?? {};
  return [to, from].find((value) => typeof value === 'string');
}

/** Most events of a contact centre are of clients that serve others, too: its own people do not reach these. */
function clientOf({ rights }: ConsoleVisit, id: string, { clients }: Names): Named {
  const href = rights.installation ? `${consolePath}/clients/one/${encodeURIComponent(id)}` : undefined;
  const name = clients.get(id);
  return name === undefined || name === id ? { name: id, href } : { name, id, href };
}

/** A client that is changed has its values before and after as other changes have. */
export function changesOf({ fields }: SecurityEvent): AuditEntry['changes'] {
  const { changes } = fields;
  return typeof changes === 'object' && changes !== null ? (changes as AuditEntry['changes']) : {};
}

function textIn({ fields }: SecurityEvent, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}
