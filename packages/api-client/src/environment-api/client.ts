/** The calls that Auth API makes to Environment API, with the service client's Bearer token. */

import type {
  BrandImage,
  EnvironmentChangesPage,
  SingleSignOnView,
} from '@gatehouse/contracts/environment-api';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import type { HttpClient } from '../http/http-client.ts';
import {
  brandingAnswer,
  changesAnswer,
  contactCenterAnswer,
  corsAnswer,
  environmentAnswer,
  environmentContactCentersAnswer,
  imageAnswer,
  imageContentAnswer,
  problemsAnswer,
  singleSignOnAnswer,
} from './internal-answers.ts';
import {
  createInternalCalls,
  type InternalCalls,
  internalPath,
  type ReadOptions,
  type SignOnPlan,
} from './internal-calls.ts';
import { peopleCalls } from './people-calls.ts';

export type EnvironmentApiClient = ReturnType<typeof createEnvironmentApiClient>;

/** `http` authenticates with a token of the service client. All calls throw UpstreamError. */
export function createEnvironmentApiClient(http: HttpClient) {
  const calls = createInternalCalls(http);
  return {
    ...configurationCalls(calls),
    ...peopleCalls(http, calls),
    ...pageCalls(http, calls),
    /** Of the installation: what its overview tells. */
    problems: async () =>
      (await http.read(problemsAnswer, { path: `${internalPath}/problems` })).data.problems,
  };
}

const contactCenter = (id: string) => `/contact-centers/${encodeURIComponent(id)}`;

function configurationCalls({ fetch, write }: InternalCalls) {
  return {
    /** By a tenant name, in any case. `location`: whose settings are effective. */
    contactCenterByDomain: (domain: string, location: string, options?: ReadOptions) =>
      fetch(contactCenterAnswer, '/contact-centers', { domain, location }, options),
    contactCenterById: (id: string, location: string, options?: ReadOptions) =>
      fetch(contactCenterAnswer, contactCenter(id), { location }, options),
    /** Single sign-on of a contact centre, effective at the location. */
    singleSignOnOf: (contactCenterId: string, location: string, options?: ReadOptions) =>
      fetch(singleSignOnAnswer, `${contactCenter(contactCenterId)}/single-sign-on`, { location }, options),
    /** The settings as the change would store them. 400 for what cannot be stored. */
    planSingleSignOn: (
      contactCenterId: string,
      protocol: SignOnProtocol,
      data: SignOnPlan,
    ): Promise<SingleSignOnView> =>
      write(
        singleSignOnAnswer,
        'POST',
        `${contactCenter(contactCenterId)}/single-sign-on/${protocol}-plan`,
        data,
        { maySendTwice: true },
      ),
    environmentById: (id: string, options?: ReadOptions) =>
      fetch(environmentAnswer, `/environments/${encodeURIComponent(id)}`, {}, options),
    contactCentersOfEnvironment: (id: string, options?: ReadOptions) =>
      fetch(
        environmentContactCentersAnswer,
        `/environments/${encodeURIComponent(id)}/contact-centers`,
        {},
        options,
      ),
  };
}

function pageCalls(http: HttpClient, { fetch }: InternalCalls) {
  return {
    /** Origins whose pages may call; the change event `cors` tells when they differ. */
    allowedOrigins: (options?: ReadOptions) => fetch(corsAnswer, '/cors', {}, options),
    /** How pages look that belong to no contact centre. */
    installationBranding: (location: string, options?: ReadOptions) =>
      fetch(brandingAnswer, '/branding', { location }, options),
    /** A stored picture; undefined: there is none with that digest. */
    async image(digest: string, signal?: AbortSignal) {
      const answer = await fetch(imageContentAnswer, `/images/${encodeURIComponent(digest)}`, {}, { signal });
      return answer.outcome === 'found' ? answer.data : undefined;
    },
    /** Decodes and stores a picture of a client, beside the one that it has. 400 for what is no picture. */
    async addClientLogo(clientId: string, bytes: Uint8Array): Promise<BrandImage> {
      const answer = await http.read(imageAnswer, {
        method: 'PUT',
        path: `${internalPath}/client-logos/${encodeURIComponent(clientId)}`,
        content: { type: 'application/octet-stream', text: bytes },
        maySendTwice: true,
      });
      return answer.data;
    },
    /** Deletes the pictures of a client but that one. */
    async keepClientLogo(clientId: string, digest: string | undefined): Promise<void> {
      await http.send({
        method: 'DELETE',
        path: `${internalPath}/client-logos/${encodeURIComponent(clientId)}`,
        query: { except: digest },
        maySendTwice: true,
      });
    },
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
