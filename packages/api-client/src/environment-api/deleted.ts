/** The calls that show and restore environments, contact centres and people that were deleted. */
import {
  type DeletedKind,
  deletedObjectSchema,
  forgottenSchema,
  type Restoration,
  restoredSchema,
} from '@gatehouse/contracts/environment-administration';
import { readData, readRows, removeAt } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

/** A type and no interface, so that it is a query. */
export type DeletedFilter = {
  kind?: DeletedKind | undefined;
  objectId?: string | undefined;
  search?: string | undefined;
};

/** Of the installation, or the people of one contact centre. All calls throw UpstreamError. */
export function createDeletedAdministration(http: HttpClient, contactCenterId?: string) {
  const api = '/environment/v3';
  const all =
    contactCenterId === undefined
      ? `${api}/deleted`
      : `${api}/contact-centers/${encodeURIComponent(contactCenterId)}/deleted-people`;
  const one = (id: string) => `${all}/${encodeURIComponent(id)}`;
  return {
    list: (filter?: DeletedFilter) => readRows(http, deletedObjectSchema, all, filter),
    read: (id: string) => readData(http, deletedObjectSchema, { path: one(id) }),
    /** The API asks for another name where somebody has taken the old one. */
    restore: (id: string, anew: Restoration) =>
      readData(http, restoredSchema, { method: 'POST', path: `${one(id)}/restore`, json: { data: anew } }),
    forget: (id: string) => removeAt(http, one(id)),
    /** Of the people of all contact centres with this user name. */
    async forgetPeople(userName: string): Promise<number> {
      const query = { userName };
      return (await readData(http, forgottenSchema, { method: 'DELETE', path: all, query })).people;
    },
  };
}
