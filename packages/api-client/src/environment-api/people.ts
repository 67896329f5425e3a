/** The calls that administrate people of the people store: by SCIM (RFC 7644), and the link for a first password. */
import {
  issuedPasswordLinkSchema,
  type NewScimGroup,
  type NewScimUser,
  type NewSignOnLink,
  type ScimOperation,
  type ScimPatch,
  type ScimUser,
  scimBulkResultSchema,
  scimGroupSchema,
  scimUserSchema,
  signOnLinkSchema,
  storedPersonSchema,
} from '@gatehouse/contracts/environment-administration';
import type { NewPerson, PersonChange } from '@gatehouse/contracts/resources';
import { z } from 'zod';
import { readData, readTagged, removeAt } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

export interface BulkOperation {
  method: 'POST' | 'PATCH' | 'DELETE';
  /** `/Users` or `/Groups`, and for PATCH and DELETE an id. */
  path: string;
  data?: NewScimUser | NewScimGroup | ScimPatch;
}

const pageSize = 200;
const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const links = z.array(signOnLinkSchema);
const bulkAnswer = z.object({ Operations: z.array(scimBulkResultSchema) });

/** The body of a PATCH (RFC 7644 section 3.5.2). */
export function patchOf(operations: readonly ScimOperation[]): ScimPatch {
  return { schemas: [patchUrn], Operations: [...operations] };
}

/** All calls throw UpstreamError. */
export function createPeopleAdministration(http: HttpClient, contactCenterId: string) {
  const contactCenter = `/environment/v3/contact-centers/${encodeURIComponent(contactCenterId)}`;
  const scim = `${contactCenter}/scim/v2`;

  async function list<T>(resource: z.ZodType<T>, path: string, query: Record<string, string>): Promise<T[]> {
    const page = z.object({ totalResults: z.int(), Resources: z.array(resource) });
    const found: T[] = [];
    for (;;) {
      const startIndex = String(found.length + 1);
      const answer = await http.read(page, {
        path: `${scim}${path}`,
        query: { ...query, startIndex, count: String(pageSize) },
      });
      found.push(...answer.Resources);
      if (answer.Resources.length === 0 || found.length >= answer.totalResults) return found;
    }
  }

  const person = (id: string) => `${contactCenter}/people/${encodeURIComponent(id)}`;

  return {
    /** Without SCIM, with the entity tag of the person. */
    readTagged: (id: string) => readTagged(http, storedPersonSchema, person(id)),
    create: (fields: NewPerson) =>
      readData(http, storedPersonSchema, {
        method: 'POST',
        path: `${contactCenter}/people`,
        json: { data: fields },
      }),
    /** Fields that are not given stay. `disabled` ends sessions and tokens within a second. */
    change: (id: string, fields: PersonChange) =>
      readData(http, storedPersonSchema, { method: 'PATCH', path: person(id), json: { data: fields } }),
    /** Ends sessions and tokens within a second. */
    remove: (id: string) => removeAt(http, person(id)),
    /** To identity providers. */
    links: (id: string) => readData(http, links, { path: `${person(id)}/links` }),
    /** A sign-in by this subject of the identity provider is one of this person from then on. */
    link: (id: string, link: NewSignOnLink) =>
      readData(http, links, { method: 'POST', path: `${person(id)}/links`, json: { data: link } }),
    /** Ends sessions and tokens within a second. */
    unlink: (id: string, linkId: string) =>
      removeAt(http, `${person(id)}/links/${encodeURIComponent(linkId)}`),
    /** `filter`: RFC 7644 section 3.4.2.2. */
    list: (filter?: string) => list(scimUserSchema, '/Users', filter === undefined ? {} : { filter }),
    async count(): Promise<number> {
      const request = { path: `${scim}/Users`, query: { count: '0' } };
      return (await http.read(z.object({ totalResults: z.int() }), request)).totalResults;
    },
    /** By user name in any case, or by the id; undefined: there is nobody. */
    async find(name: string): Promise<ScimUser | undefined> {
      const isId = z.guid().safeParse(name).success;
      const byId = isId ? ` or id eq ${JSON.stringify(name.toLowerCase())}` : '';
      const [user] = await list(scimUserSchema, '/Users', {
        filter: `userName eq ${JSON.stringify(name)}${byId}`,
      });
      return user;
    },
    /** Without their members. */
    groups: () => list(scimGroupSchema, '/Groups', { attributes: 'displayName' }),
    patch: (id: string, operations: readonly ScimOperation[]) =>
      http.read(scimUserSchema, {
        method: 'PATCH',
        path: `${scim}/Users/${encodeURIComponent(id)}`,
        json: patchOf(operations),
      }),
    /** Each operation succeeds or fails alone; the results are in their order. */
    async bulk(operations: readonly BulkOperation[]) {
      const answer = await http.read(bulkAnswer, {
        method: 'POST',
        path: `${scim}/Bulk`,
        json: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
          Operations: operations.map((operation, index) => ({ ...operation, bulkId: String(index) })),
        },
      });
      return answer.Operations;
    },
    /** Shown once. */
    passwordLink: (id: string) =>
      readData(http, issuedPasswordLinkSchema, {
        method: 'POST',
        path: `${person(id)}/password-link`,
      }),
  };
}

export type PeopleAdministration = ReturnType<typeof createPeopleAdministration>;
