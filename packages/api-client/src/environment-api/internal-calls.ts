/** How Auth API calls Environment API: the path below which its calls lie, conditional reads, and writes of what a service may send. */

import type {
  numberPeopleBodySchema,
  passwordLinkCodeSchema,
  redeemPasswordLinkBodySchema,
  setPasswordBodySchema,
  signOnPersonBodySchema,
} from '@gatehouse/contracts/environment-api';
import type { OidcChange, SamlChange } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { z } from 'zod';
import type { HttpClient, HttpRequest } from '../http/http-client.ts';

export interface ReadOptions {
  /** Tag of the copy that the caller has; the answer is `unchanged` while it is right. */
  etag?: string | undefined;
  /** Id of the request this call is made for, so that both services log the same one. */
  requestId?: string | undefined;
  signal?: AbortSignal | undefined;
}

export type Fetched<T> =
  | { outcome: 'found'; data: T; etag: string }
  | { outcome: 'unchanged' }
  | { outcome: 'unknown' };

type InternalBody =
  | z.input<
      | typeof numberPeopleBodySchema
      | typeof passwordLinkCodeSchema
      | typeof redeemPasswordLinkBodySchema
      | typeof setPasswordBodySchema
      | typeof signOnPersonBodySchema
    >
  | SignOnPlan;

/** A change of the settings at a location. */
export type SignOnPlan = (SamlChange | OidcChange) & { location: string };

export const internalPath = '/environment/v3/internal';

export type InternalCalls = ReturnType<typeof createInternalCalls>;

export function createInternalCalls(http: HttpClient) {
  async function fetch<T>(
    schema: z.ZodType<{ data: T }>,
    path: string,
    query: NonNullable<HttpRequest['query']>,
    { etag, requestId, signal }: ReadOptions = {},
  ): Promise<Fetched<T>> {
    const response = await http.send({
      path: `${internalPath}${path}`,
      query,
      headers: definedOnly({ 'if-none-match': etag, 'x-request-id': requestId }) as Record<string, string>,
      alsoStatuses: [304, 404],
      signal,
    });
    if (response.status === 304) return { outcome: 'unchanged' };
    if (response.status === 404) return { outcome: 'unknown' };
    const { data } = schema.parse(JSON.parse(response.text));
    return { outcome: 'found', data, etag: String(response.headers['etag'] ?? '') };
  }

  async function write<T>(
    schema: z.ZodType<{ data: T }>,
    method: 'POST' | 'PUT',
    path: string,
    data: InternalBody,
    options: { signal?: AbortSignal | undefined; maySendTwice?: boolean } = {},
  ): Promise<T> {
    const answer = await http.read(schema, {
      method,
      path: `${internalPath}${path}`,
      json: { data },
      ...options,
    });
    return answer.data;
  }

  return { fetch, write };
}
