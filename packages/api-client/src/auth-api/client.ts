/** The calls that Auth UI makes to Auth API. */

import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  type AuthScheme,
  type AuthSchemeQuestion,
  authSchemeAnswerSchema,
  browserHeader,
  type FirstPasswordView,
  firstPasswordViewSchema,
  type InteractionView,
  interactionViewSchema,
  type LogoutView,
  logoutViewSchema,
  namedLoginSchema,
  type ReplicaNotice,
  replicasPath,
  type SecondStepView,
  secondStepHeader,
  secondStepViewSchema,
  visitorAddressHeader,
} from '@gatehouse/contracts/auth-api';
import { type BrandingView, brandingViewSchema } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { z } from 'zod';
import type { HttpClient, HttpResponse } from '../http/http-client.ts';

export interface CallOptions {
  signal?: AbortSignal;
  /** Id of the browser's request, so that both services log the same one. */
  requestId?: string;
}

/** Names a contact centre by a person who is signed in, or by an application that serves it alone. Empty: the installation. */
export interface BrandedPlace {
  contactCenterId?: string | undefined;
  clientId?: string | undefined;
}

/** `expired`: unknown, used or too old; `wrong_browser`: it belongs to another browser, show nothing of it. */
export type InteractionAnswer =
  | { found: true; interaction: InteractionView; scheme?: AuthScheme }
  | { found: false; reason: 'expired' | 'wrong_browser' };

export type AuthApiClient = ReturnType<typeof createAuthApiClient>;

const interactionAnswerSchema = envelopeOf(interactionViewSchema);
const namedLoginAnswerSchema = envelopeOf(namedLoginSchema);
const secondStepAnswerSchema = envelopeOf(secondStepViewSchema);
const logoutAnswerSchema = envelopeOf(logoutViewSchema);
const firstPasswordAnswerSchema = envelopeOf(firstPasswordViewSchema);
const brandingAnswerSchema = envelopeOf(z.object({ branding: brandingViewSchema.optional() }));
const schemeAnswerSchema = envelopeOf(authSchemeAnswerSchema);

/** `http` authenticates with the service client (`basicAuthorization`). All calls throw UpstreamError. */
export function createAuthApiClient(http: HttpClient) {
  return { ...loginCalls(http), ...pageCalls(http) };
}

const headersOf = (browser: string | undefined, { requestId }: CallOptions) =>
  definedOnly({ [browserHeader]: browser, 'x-request-id': requestId }) as Record<string, string>;

const interactionPath = (id: string) => `/auth/v3/internal/interactions/${encodeURIComponent(id)}`;

function loginCalls(http: HttpClient) {
  async function readInteraction(
    id: string,
    browser: string | undefined,
    options: CallOptions = {},
  ): Promise<InteractionAnswer> {
    const response = await http.send({
      path: interactionPath(id),
      headers: headersOf(browser, options),
      // 400: the text of the address makes a path that no interaction has, such as `../x`.
      alsoStatuses: [400, 403, 404],
      signal: options.signal,
    });
    const refusal = refusalOf(response);
    return (
      refusal ?? { found: true, interaction: interactionAnswerSchema.parse(JSON.parse(response.text)).data }
    );
  }

  return {
    /** `browser` is the value of the browser-binding cookie. */
    readInteraction,
    /**
     * Does the work of `readInteraction` and `authScheme` in one call. Without a `scheme` in the answer it must be asked for:
     * the release before knows no such call (405), and a name that nobody can have (400) has no scheme.
     */
    async readNamedLogin(
      id: string,
      browser: string | undefined,
      question: AuthSchemeQuestion,
      visitorAddress: string,
      options: CallOptions = {},
    ): Promise<InteractionAnswer> {
      const response = await http.send({
        method: 'POST',
        path: interactionPath(id),
        json: { data: question },
        headers: { [visitorAddressHeader]: visitorAddress, ...headersOf(browser, options) },
        alsoStatuses: [400, 403, 404, 405],
        // A question: it changes nothing.
        maySendTwice: true,
        signal: options.signal,
      });
      if (response.status === 400 || response.status === 405) return readInteraction(id, browser, options);
      const refusal = refusalOf(response);
      return refusal ?? { found: true, ...namedLoginAnswerSchema.parse(JSON.parse(response.text)).data };
    },
    /** `step`, `browser`: the values of both cookies. Undefined: it has expired, or belongs to another browser. */
    async readSecondStep(
      step: string | undefined,
      browser: string | undefined,
      options: CallOptions = {},
    ): Promise<SecondStepView | undefined> {
      const headers = headersOf(browser, options);
      const response = await http.send({
        path: '/auth/v3/internal/second-step',
        headers: step === undefined ? headers : { ...headers, [secondStepHeader]: step },
        alsoStatuses: [404],
        signal: options.signal,
      });
      if (response.status === 404) return undefined;
      return secondStepAnswerSchema.parse(JSON.parse(response.text)).data;
    },
  };
}

function pageCalls(http: HttpClient) {
  return {
    /**
     * How pages look that belong to no login. Undefined from the release before too; the release that knows no places answers
     * for the installation.
     */
    async readBranding(place: BrandedPlace, options: CallOptions = {}): Promise<BrandingView | undefined> {
      const response = await http.send({
        path: '/auth/v3/internal/branding',
        query: { ...place },
        headers: headersOf(undefined, options),
        alsoStatuses: [404],
        signal: options.signal,
      });
      if (response.status === 404) return undefined;
      return brandingAnswerSchema.parse(JSON.parse(response.text)).data.branding;
    },
    /** Undefined: the sign-out is gone or belongs to another browser. */
    async readLogout(
      id: string,
      browser: string | undefined,
      options: CallOptions = {},
    ): Promise<LogoutView | undefined> {
      const response = await http.send({
        path: `/auth/v3/internal/logouts/${encodeURIComponent(id)}`,
        headers: headersOf(browser, options),
        alsoStatuses: [400, 404],
        signal: options.signal,
      });
      if (response.status === 400 || response.status === 404) return undefined;
      return logoutAnswerSchema.parse(JSON.parse(response.text)).data;
    },
    /** The person whose first password a link is for. Undefined: the link is unknown, used or too old. */
    async readFirstPassword(code: string, options: CallOptions = {}): Promise<FirstPasswordView | undefined> {
      const response = await http.send({
        method: 'POST',
        path: '/auth/v3/internal/first-password',
        json: { data: { code } },
        headers: headersOf(undefined, options),
        alsoStatuses: [404],
        // A question: it changes nothing.
        maySendTwice: true,
        signal: options.signal,
      });
      if (response.status === 404) return undefined;
      return firstPasswordAnswerSchema.parse(JSON.parse(response.text)).data;
    },
    /** The release before takes none (404). */
    async announceReplica(data: ReplicaNotice): Promise<void> {
      await http.send({ method: 'POST', path: replicasPath, json: { data }, alsoStatuses: [404] });
    },
    /** Status 429: the visitor asks too often. */
    async authScheme(
      question: AuthSchemeQuestion,
      visitorAddress: string,
      options: CallOptions = {},
    ): Promise<AuthScheme> {
      const answer = await http.read(schemeAnswerSchema, {
        method: 'POST',
        path: '/auth/v3/internal/auth-scheme',
        json: { data: question },
        headers: { [visitorAddressHeader]: visitorAddress, ...headersOf(undefined, options) },
        signal: options.signal,
      });
      return answer.data.scheme;
    },
  };
}

function refusalOf({ status }: HttpResponse): Extract<InteractionAnswer, { found: false }> | undefined {
  if (status === 400 || status === 404) return { found: false, reason: 'expired' };
  return status === 403 ? { found: false, reason: 'wrong_browser' } : undefined;
}
