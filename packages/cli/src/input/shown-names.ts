/** Names what answers know by identifiers: people as they sign in (`demo\\admin`), clients, and contact centres. */
import { createAuditCalls, createClientAdministration } from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import type { NamedPerson } from '@gatehouse/contracts/auth-api';
import { loginNameOf } from '@gatehouse/contracts/values';
import type { Session } from '../session.ts';

/** The API names so many at once. */
const maxNamed = 100;

export type NameOf = (sub: string) => string;

/** Those who never signed in, and everybody where the caller may not read the names, stand by their `sub`. */
export async function namesOfPeople(session: Session, subs: readonly string[]): Promise<NameOf> {
  const asked = [...new Set(subs)].slice(0, maxNamed).join();
  if (session.output.isJson || asked === '') return (sub) => sub;
  const answer = await createAuditCalls(session.authApi).find({ subs: asked, limit: '1' }).catch(orNobody);
  return nameByPlace(session, answer.people);
}

export async function nameByPlace(session: Session, people: readonly NamedPerson[]): Promise<NameOf> {
  const centers = await centersById(
    session,
    people.map(({ contactCenterId }) => contactCenterId),
  );
  const names = new Map(
    people.map(({ sub, userName, contactCenterId }) => [
      sub,
      loginNameOf(userName, centers.get(contactCenterId)?.domains[0]),
    ]),
  );
  return (sub) => names.get(sub) ?? sub;
}

/** One that is gone, or that cannot be read now, stands by its id. */
export async function namesOfCenters(session: Session, ids: readonly string[]): Promise<NameOf> {
  if (session.output.isJson) return (id) => id;
  const centers = await centersById(session, ids);
  return (id) => centers.get(id)?.name ?? id;
}

/** Of refused requests, each beside its id. */
export async function namesOfRefused(session: Session, requests: readonly RefusedRequest[]) {
  const [client, centerName] = await Promise.all([
    namesOfClients(
      session,
      requests.flatMap(({ clientId }) => clientId ?? []),
    ),
    namesOfCenters(
      session,
      requests.flatMap(({ contactCenterId }) => contactCenterId ?? []),
    ),
  ]);
  return { client, center: (id: string) => namedWithId(centerName, id) };
}

/** Two may have one name. */
export const namedWithId = (nameOf: NameOf, id: string): string =>
  nameOf(id) === id ? id : `${nameOf(id)} (${id})`;

/** By name and id: two clients may have one name. */
export async function namesOfClients(session: Session, ids: readonly string[]): Promise<NameOf> {
  const asked = [...new Set(ids)].slice(0, maxNamed).join();
  if (session.output.isJson || asked === '') return (id) => id;
  const clients = await createClientAdministration(session.authApi).list({ ids: asked }).catch(orNone);
  const names = new Map(clients.map(({ client_id, name }) => [client_id, name]));
  return (id) => (names.has(id) && names.get(id) !== id ? `${names.get(id)} (${id})` : id);
}

async function centersById({ environmentApi }: Session, ids: readonly string[]) {
  const { read } = createContactCenterAdministration(environmentApi);
  const asked = [...new Set(ids)].map(async (id) => [id, await read(id)] as const);
  const settled = await Promise.allSettled(asked);
  return new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
}

function orNone(error: unknown): [] {
  if (error instanceof UpstreamError) return [];
  throw error;
}

function orNobody(error: unknown): { people: NamedPerson[] } {
  if (error instanceof UpstreamError) return { people: [] };
  throw error;
}
