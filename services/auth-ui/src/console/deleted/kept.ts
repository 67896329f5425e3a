/** Reads what was deleted from both APIs, in one form: newest first, for the installation or one contact centre. */
import { createDeletedClientAdministration } from '@gatehouse/api-client/auth-api';
import { createDeletedAdministration } from '@gatehouse/api-client/environment-api';
import type { DeletedClient } from '@gatehouse/contracts/auth-administration';
import { type DeletedObject, deletedKinds } from '@gatehouse/contracts/environment-administration';
import { loginNames } from '../audit/trail.ts';
import { centerNames } from '../shell/names/contact-centers.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const kinds = ['client', ...deletedKinds] as const;
export type Kind = (typeof kinds)[number];

export interface Kept {
  id: string;
  kind: Kind;
  name: string;
  /** Of a person. */
  contactCenterId?: string | undefined;
  number?: number | undefined;
  /** The name of a client in requests. */
  clientId?: string;
  deletedAt: string;
  deletedBy: string;
  until: string;
  /** The account that reads the people of an environment had a password, which somebody types again. */
  needsPassword: boolean;
}

export interface Listed {
  all: readonly Kept[];
  /** Of those who deleted, by their `sub`. */
  names: ReadonlyMap<string, string>;
  /** Of the people, by id. One that is gone has its id. */
  centers: ReadonlyMap<string, string>;
}

export const clientsOf = ({ authApi }: ConsoleVisit) => createDeletedClientAdministration(authApi);

/** Administrators of a contact centre reach its people alone. */
export const objectsOf = ({ environmentApi, rights, person }: ConsoleVisit) =>
  createDeletedAdministration(environmentApi, rights.installation ? undefined : person.contactCenterId);

const ofClient = ({ client_id: clientId, losesSecret: _losesSecret, ...client }: DeletedClient): Kept => ({
  ...client,
  kind: 'client',
  clientId,
  needsPassword: false,
});

const ofObject = ({ lostSecrets, ...object }: DeletedObject): Kept => ({
  ...object,
  needsPassword: lostSecrets.includes('accountPassword'),
});

export async function listKept(visit: ConsoleVisit, search: string): Promise<Listed> {
  const filter = { search: search || undefined };
  const [objects, clients] = await Promise.all([
    objectsOf(visit).list(filter),
    visit.rights.installation ? clientsOf(visit).list(filter) : [],
  ]);
  const all = [...objects.map(ofObject), ...clients.map(ofClient)];
  const ofPeople = all.flatMap(({ kind, contactCenterId }) =>
    kind === 'person' && contactCenterId !== undefined ? [contactCenterId] : [],
  );
  const [names, centers] = await Promise.all([
    loginNames(
      visit,
      all.map(({ deletedBy }) => deletedBy),
    ),
    centerNames(visit, ofPeople),
  ]);
  return {
    all: all.toSorted((one, other) => Date.parse(other.deletedAt) - Date.parse(one.deletedAt)),
    names,
    centers,
  };
}

export async function readKept(visit: ConsoleVisit, kind: Kind, id: string): Promise<Kept> {
  return kind === 'client'
    ? ofClient(await clientsOf(visit).read(id))
    : ofObject(await objectsOf(visit).read(id));
}

/** The newest one that had this id or, of a client, this client id. */
export async function findKept(
  visit: ConsoleVisit,
  kind: Kind,
  objectId: string,
): Promise<string | undefined> {
  if (kind !== 'client') return (await objectsOf(visit).list({ kind, objectId }))[0]?.id;
  const found = await clientsOf(visit).list({ search: objectId });
  return found.find(({ client_id }) => client_id === objectId)?.id;
}
