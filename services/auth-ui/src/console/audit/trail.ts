/** Reads a page of both trails, merged by time, and the names of what is in it. */
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import { pageOfAudit } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { NamedPerson, SecurityEvent } from '@gatehouse/contracts/auth-api';
import type { AuditEntry } from '@gatehouse/contracts/environment-administration';
import { loginNameOf } from '@gatehouse/contracts/values';
import { idsIn } from '../shell/changes.ts';
import { clientNames, clientTyped } from '../shell/names/client-names.ts';
import { centerTyped, knownCenters } from '../shell/names/contact-centers.ts';
import { knownEnvironments } from '../shell/names/environments.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { end, filtersOf, type TrailQuery } from './filters.ts';

export type Entry =
  | { at: string; event: SecurityEvent; change?: never }
  | { at: string; change: AuditEntry; event?: never };

/** The names of what is in some entries, by their identifiers. */
export interface Names {
  people: ReadonlyMap<string, NamedPerson>;
  centers: ReadonlyMap<string, { name: string; domain: string | undefined }>;
  environments: ReadonlyMap<string, { name: string }>;
  clients: ReadonlyMap<string, string>;
}

export interface Trail {
  entries: Entry[];
  names: Names;
  /** Filters whose text names nothing that is known here. */
  unknown: readonly TypedName[];
  /** Where the next page begins; undefined on the last one. */
  next: { before: string; beforeChange: string } | undefined;
}

/** A row says more than those of other lists: a page of fifty would weigh more than 80 KB. */
const pageSize = 40;
const limit = String(pageSize);
/** The API names so many at once. */
const maxNamed = 100;

export async function readTrail(visit: ConsoleVisit, query: TrailQuery): Promise<Trail> {
  const filters = await resolvedFilters(visit, query);
  const changes = await changesOf(visit, query, filters.changes);
  const events = await eventsOf(visit, query, filters.events, actorsIn(changes.rows));
  const merged = mergedOf(events, changes.rows);
  const left = {
    before: cursorOf(
      events.data[merged.events - 1]?.seq,
      query.before,
      merged.events < events.data.length || events.nextCursor !== undefined,
    ),
    beforeChange: cursorOf(
      changes.rows[merged.changes - 1]?.id,
      query.beforeChange,
      merged.changes < changes.rows.length || changes.nextCursor !== undefined,
    ),
  };
  return {
    entries: merged.entries,
    unknown: filters.unknown,
    names: await namesOf(visit, merged.entries, events.people),
    next: left.before === end && left.beforeChange === end ? undefined : left,
  };
}

/** Of a trail of which nothing was shown the cursor stays. */
function cursorOf(last: number | undefined, current: string, hasMore: boolean): string {
  if (!hasMore) return end;
  return last === undefined ? current : String(last);
}

/** Fills the filters of each trail, for its list and for its file: people type contact centres and persons by name, the APIs take identifiers. */
export async function resolvedFilters(visit: ConsoleVisit, asked: TrailQuery) {
  const { query, home, unknown } = await namedQuery(visit, asked);
  const { user } = query;
  const { events, changes } = filtersOf(query);
  if (user === '') return { events, changes, unknown };
  // Events of a sign-in have the name of a person, and what the person changes has the `sub`.
  const subs = (await createAuditCalls(visit.authApi).peopleCalled(user, home)).map(({ sub }) => sub);
  return {
    events: events && { ...events, actor: [user, ...subs].join(), userContactCenterId: home },
    changes: changes && (query.changedPerson ? changes : { ...changes, actor: [user, ...subs].join() }),
    unknown: subs.length === 0 ? [...unknown, 'user' as const] : unknown,
  };
}

type TypedName = 'user' | 'clientId' | 'contactCenterId';

/** A contact centre, a client and a person as people type them: by name, and as `demo\\admin`. `home`: where the person is. */
async function namedQuery(
  visit: ConsoleVisit,
  query: TrailQuery,
): Promise<{ query: TrailQuery; home?: string; unknown: TypedName[] }> {
  const { user, contactCenterId, clientId, entity, entityId } = query;
  const isPlace = entity === '' || entity === 'contact-center';
  const [center, client, changed] = await Promise.all([
    contactCenterId && centerTyped(visit, contactCenterId),
    clientId && clientTyped(visit, clientId),
    isPlace && entityId ? centerTyped(visit, entityId) : undefined,
  ]);
  const unknown: TypedName[] = [
    ...(center === undefined ? (['contactCenterId'] as const) : []),
    ...(client === undefined ? (['clientId'] as const) : []),
  ];
  // Events outlive what they are about: an id that is gone finds them.
  const within = {
    ...query,
    contactCenterId: center ?? contactCenterId,
    clientId: client ?? clientId,
    entityId: changed ?? entityId,
  };
  const [, place = '', name = ''] = /^([^\\]+)\\(.+)$/.exec(user) ?? [];
  const home = name === '' ? undefined : await centerTyped(visit, place);
  return home === undefined
    ? { query: within, unknown }
    : { query: { ...within, user: name }, home, unknown };
}

type Filters = Awaited<ReturnType<typeof resolvedFilters>>;

async function changesOf(
  { environmentApi }: ConsoleVisit,
  { beforeChange }: TrailQuery,
  filter: Filters['changes'],
): Promise<{ rows: AuditEntry[]; nextCursor?: string | undefined }> {
  if (filter === undefined || beforeChange === end) return { rows: [] };
  return pageOfAudit(environmentApi, { ...filter, limit, before: beforeChange || undefined });
}

/** The `sub` of each person who changed something, as the search for events takes them; undefined: nobody did. */
export function actorsIn(rows: readonly AuditEntry[]): string | undefined {
  const subs = rows.flatMap(({ actor }) => (actor.kind === 'user' ? [actor.name] : []));
  return [...new Set(subs)].join() || undefined;
}

/** The people of these `sub`s who signed in here: the audit trail has their names. None for the help desk, who may not read it. */
async function peopleNamed({ authApi }: ConsoleVisit, subs: string | undefined): Promise<NamedPerson[]> {
  if (subs === undefined) return [];
  try {
    return (await createAuditCalls(authApi).find({ subs, limit: '1' })).people;
  } catch (error) {
    if (error instanceof UpstreamError && error.status === 403) return [];
    throw error;
  }
}

/** As people type them at a sign-in, by `sub`: of those who signed in here. Others, such as the operator account, are left out. */
export async function loginNames(
  visit: ConsoleVisit,
  subs: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const people = await peopleNamed(visit, [...new Set(subs)].slice(0, maxNamed).join() || undefined);
  const centers = await knownCenters(
    visit,
    people.map(({ contactCenterId }) => contactCenterId),
  );
  return new Map(
    people.map(({ sub, userName, contactCenterId }) => [
      sub,
      loginNameOf(userName, centers.get(contactCenterId)?.domain),
    ]),
  );
}

/** `subs`: whom the answer names, too. */
async function eventsOf(
  visit: ConsoleVisit,
  { before }: TrailQuery,
  filter: Filters['events'],
  subs: string | undefined,
) {
  if (filter === undefined || before === end)
    return { data: [], people: await peopleNamed(visit, subs), nextCursor: undefined };
  return createAuditCalls(visit.authApi).find({ ...filter, subs, limit, before: before || undefined });
}

/** Each trail is taken in its own order, so that the next page goes on where this one ends. */
function mergedOf({ data }: { data: readonly SecurityEvent[] }, rows: readonly AuditEntry[]) {
  const entries: Entry[] = [];
  let [events, changes] = [0, 0];
  while (entries.length < pageSize) {
    const [event, change] = [data[events], rows[changes]];
    if (event !== undefined && (change === undefined || event.at >= change.at)) {
      entries.push({ at: event.at, event });
      events += 1;
    } else if (change !== undefined) {
      entries.push({ at: change.at, change });
      changes += 1;
    } else break;
  }
  return { entries, events, changes };
}

/** A thing that is gone, or cannot be read now or by this person, keeps its identifier. `others`: what stands beside the entries. */
export async function namesOf(
  visit: ConsoleVisit,
  entries: readonly Entry[],
  people: readonly NamedPerson[],
  others: readonly Partial<Record<'clientId' | 'contactCenterId', string | undefined>>[] = [],
): Promise<Names> {
  const ofEntries = entries.map(({ event, change }) => (event ?? change).contactCenterId);
  const ofPeople = people.map(({ contactCenterId }) => contactCenterId);
  const ofOthers = others.map(({ contactCenterId }) => contactCenterId);
  const places = [...ofEntries, ...ofPeople, ...ofOthers].filter((id) => id !== undefined);
  const changes = entries.map(changesIn);
  const [centers, environments, clients] = await Promise.all([
    knownCenters(visit, [...places, ...idsIn(changes, 'contactCenterIds')]),
    knownEnvironments(visit, idsIn(changes, 'environmentId')),
    clientNames(visit, [...entries.flatMap(clientsIn), ...others.flatMap(({ clientId }) => clientId ?? [])]),
  ]);
  return { people: new Map(people.map((person) => [person.sub, person])), centers, environments, clients };
}

function clientsIn({ event, change }: Entry): string[] {
  const ids = event === undefined ? [actingClient(change)] : [event.clientId, event.fields['actor']];
  return ids.filter((id) => typeof id === 'string');
}

const changesIn = ({ event, change }: Entry): AuditEntry['changes'] =>
  (event === undefined ? change.changes : Object(event.fields['changes'])) as AuditEntry['changes'];

const actingClient = ({ actor }: AuditEntry) => (actor.kind === 'client' ? actor.name : undefined);
