/** Calls SCIM as the program does that provisions the people of a contact centre. */
import { createPeopleStore } from './people-store.ts';
import type { Answer, Method, RunningApi } from './running-api.ts';

export type ScimClient = Awaited<ReturnType<typeof createScimClient>>;

/** Of a new contact centre, whose people are in the store. */
export async function createScimClient(api: RunningApi) {
  const { environmentId, contactCenterId } = await createPeopleStore(api);
  return { environmentId, contactCenterId, ...(await createScimCalls(api, contactCenterId)) };
}

/** With a key of the contact centre. */
export async function createScimCalls(api: RunningApi, contactCenterId: string) {
  const key = await scimKey(api, contactCenterId);
  const base = `/contact-centers/${contactCenterId}/scim/v2`;
  const call = (
    method: Method,
    path: string,
    payload?: object,
    headers?: Record<string, string>,
  ): Promise<Answer> =>
    api.call(method, `${base}${path}`, {
      headers: {
        authorization: `Bearer ${key}`,
        ...(payload === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload: withSchemas(method, path, payload) }),
    });
  return {
    key,
    base,
    call,
    /** Creates a user; returns it. */
    async user(fields: object) {
      const answer = await call('POST', '/Users', fields);
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.body;
    },
    patch: (path: string, Operations: object[], headers?: Record<string, string>) =>
      call('PATCH', path, { Operations }, headers),
  };
}

/** Programs name the schemas of what they send. A payload that has the key `schemas`, even as undefined, stays as it is. */
export function withSchemas(method: string, path: string, payload: object): object {
  if ('schemas' in payload) return payload;
  if (path.endsWith('/Bulk')) return { schemas: [urns.bulk], ...withSchemasInside(payload) };
  const resource = path.includes('/Groups') ? urns.group : urns.user;
  const posted = path.endsWith('/.search') ? urns.search : resource;
  return { schemas: [method === 'PATCH' ? urns.patch : posted], ...payload };
}

function withSchemasInside(payload: { Operations?: unknown }): object {
  if (!Array.isArray(payload.Operations)) return payload;
  const Operations = payload.Operations.map(({ data, ...operation }) =>
    typeof data === 'object'
      ? { ...operation, data: withSchemas(String(operation.method), String(operation.path), data) }
      : { ...operation, data },
  );
  return { ...payload, Operations };
}

export async function scimKey(api: RunningApi, contactCenterId: string): Promise<string> {
  const answer = await api.call('POST', `/contact-centers/${contactCenterId}/api-keys`, {
    payload: { data: { name: 'provisioning', purpose: 'scim' } },
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.data.key;
}

export const urns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  bulk: 'urn:ietf:params:scim:api:messages:2.0:BulkRequest',
  search: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
};
