/** The calls that Auth API makes to Environment API, with the service client's Bearer token. */
import type { z } from 'zod';
import { envelopeOf } from '../envelope.ts';
import type { HttpClient, HttpRequest } from '../http-client.ts';
import { type EnvironmentChangesPage, environmentChangesPageSchema } from './changes.ts';
import { type ContactCenterView, contactCenterViewSchema } from './contact-center.ts';
import { type CorsView, corsViewSchema } from './cors.ts';
import { type EnvironmentView, environmentViewSchema } from './environment.ts';
import { type SingleSignOnView, singleSignOnViewSchema } from './single-sign-on.ts';

export const internalPath = '/environment/v3/internal';

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

/** Every call throws UpstreamError when Environment API cannot answer. */
export interface EnvironmentApiClient {
  /** By a tenant name, in any case. `location`: whose settings are effective. */
  contactCenterByDomain(
    domain: string,
    location: string,
    options?: ReadOptions,
  ): Promise<Fetched<ContactCenterView>>;
  contactCenterById(id: string, location: string, options?: ReadOptions): Promise<Fetched<ContactCenterView>>;
  /** Single sign-on of a contact centre, effective at the location. */
  singleSignOnOf(
    contactCenterId: string,
    location: string,
    options?: ReadOptions,
  ): Promise<Fetched<SingleSignOnView>>;
  environmentById(id: string, options?: ReadOptions): Promise<Fetched<EnvironmentView>>;
  /** Origins whose pages may call; the change event `cors` tells when they differ. */
  allowedOrigins(options?: ReadOptions): Promise<Fetched<CorsView>>;
  /** Changes after `since`, oldest first. */
  changesSince(since: number, limit?: number): Promise<EnvironmentChangesPage>;
}

const contactCenterAnswer = envelopeOf(contactCenterViewSchema);
const environmentAnswer = envelopeOf(environmentViewSchema);
const singleSignOnAnswer = envelopeOf(singleSignOnViewSchema);
const corsAnswer = envelopeOf(corsViewSchema);
const changesAnswer = envelopeOf(environmentChangesPageSchema);

/** `http` authenticates with a token of the service client. */
export function createEnvironmentApiClient(http: HttpClient): EnvironmentApiClient {
  async function fetch<T>(
    schema: z.ZodType<{ data: T }>,
    path: string,
    query: NonNullable<HttpRequest['query']>,
    { etag, requestId, signal }: ReadOptions = {},
  ): Promise<Fetched<T>> {
    const response = await http.send({
      method: 'GET',
      path: `${internalPath}${path}`,
      query,
      headers: {
        ...(etag === undefined ? {} : { 'if-none-match': etag }),
        ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
      },
      accept: [304, 404],
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status === 304) return { outcome: 'unchanged' };
    if (response.status === 404) return { outcome: 'unknown' };
    const { data } = schema.parse(JSON.parse(response.text));
    return { outcome: 'found', data, etag: String(response.headers['etag'] ?? '') };
  }

  return {
    contactCenterByDomain: (domain, location, options) =>
      fetch(contactCenterAnswer, '/contact-centers', { domain, location }, options),
    contactCenterById: (id, location, options) =>
      fetch(contactCenterAnswer, `/contact-centers/${encodeURIComponent(id)}`, { location }, options),
    singleSignOnOf: (id, location, options) =>
      fetch(
        singleSignOnAnswer,
        `/contact-centers/${encodeURIComponent(id)}/single-sign-on`,
        { location },
        options,
      ),
    environmentById: (id, options) =>
      fetch(environmentAnswer, `/environments/${encodeURIComponent(id)}`, {}, options),
    allowedOrigins: (options) => fetch(corsAnswer, '/cors', {}, options),
    async changesSince(since, limit = 1000) {
      const answer = await http.read(changesAnswer, {
        method: 'GET',
        path: `${internalPath}/changes`,
        query: { since: String(since), limit: String(limit) },
      });
      return answer.data;
    },
  };
}
