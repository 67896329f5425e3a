/** The calls that show and restore clients that were deleted. */
import {
  type ClientRestoration,
  clientWithSecretSchema,
  deletedClientSchema,
} from '@gatehouse/contracts/auth-administration';
import { readData, readRows } from '../administration/administration-calls.ts';
import type { HttpClient } from '../http/http-client.ts';

/** All calls throw UpstreamError. */
export function createDeletedClientAdministration(http: HttpClient) {
  const all = '/auth/v3/ops/deleted-clients';
  const one = (id: string) => `${all}/${encodeURIComponent(id)}`;
  return {
    /** `search`: a part of the client id or the name. */
    list: (filter: { search?: string | undefined } = {}) => readRows(http, deletedClientSchema, all, filter),
    read: (id: string) => readData(http, deletedClientSchema, { path: one(id) }),
    /** Only this answer shows the new secret. */
    restore: (id: string, anew: ClientRestoration) =>
      readData(http, clientWithSecretSchema, {
        method: 'POST',
        path: `${one(id)}/restore`,
        json: { data: anew },
      }),
  };
}
