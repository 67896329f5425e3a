/** The calls that Auth API makes to Environment API, with the service client's Bearer token. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { envelopeOf } from '@gatehouse/contracts/envelope';
import {
  type EnvironmentChangesPage,
  environmentChangesPageSchema,
} from '@gatehouse/contracts/environment-api/changes';
import { contactCenterViewSchema } from '@gatehouse/contracts/environment-api/contact-center';
import { corsViewSchema } from '@gatehouse/contracts/environment-api/cors';
import { environmentViewSchema } from '@gatehouse/contracts/environment-api/environment';
import { singleSignOnViewSchema } from '@gatehouse/contracts/environment-api/single-sign-on';
import type { z } from 'zod';
import type { HttpClient, HttpRequest } from '../http-client.ts';

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

export type EnvironmentApiClient = ReturnType<typeof createEnvironmentApiClient>;

const internalPath = '/environment/v3/internal';
const contactCenterAnswer = envelopeOf(contactCenterViewSchema);
const environmentAnswer = envelopeOf(environmentViewSchema);
const singleSignOnAnswer = envelopeOf(singleSignOnViewSchema);
const corsAnswer = envelopeOf(corsViewSchema);
const changesAnswer = envelopeOf(environmentChangesPageSchema);

/** `http` authenticates with a token of the service client. All calls throw UpstreamError. */
export function createEnvironmentApiClient(http: HttpClient) {
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

  const contactCenter = (id: string) => `/contact-centers/${encodeURIComponent(id)}`;

  return {
    /** By a tenant name, in any case. `location`: whose settings are effective. */
    contactCenterByDomain: (domain: string, location: string, options?: ReadOptions) =>
      fetch(contactCenterAnswer, '/contact-centers', { domain, location }, options),
    contactCenterById: (id: string, location: string, options?: ReadOptions) =>
      fetch(contactCenterAnswer, contactCenter(id), { location }, options),
    /** Single sign-on of a contact centre, effective at the location. */
    singleSignOnOf: (contactCenterId: string, location: string, options?: ReadOptions) =>
      fetch(singleSignOnAnswer, `${contactCenter(contactCenterId)}/single-sign-on`, { location }, options),
    environmentById: (id: string, options?: ReadOptions) =>
      fetch(environmentAnswer, `/environments/${encodeURIComponent(id)}`, {}, options),
    /** Origins whose pages may call; the change event `cors` tells when they differ. */
    allowedOrigins: (options?: ReadOptions) => fetch(corsAnswer, '/cors', {}, options),
    /** Changes after `since`, oldest first. */
    async changesSince(since: number, limit = 1000): Promise<EnvironmentChangesPage> {
      const answer = await http.read(changesAnswer, {
        path: `${internalPath}/changes`,
        query: { since: String(since), limit: String(limit) },
      });
      return answer.data;
    },
  };
}
