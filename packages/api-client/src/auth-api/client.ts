/** The calls that Auth UI makes to Auth API. */
import {
  type AuthScheme,
  type AuthSchemeQuestion,
  authSchemeAnswerSchema,
  visitorAddressHeader,
} from '@gatehouse/contracts/auth-api/auth-scheme';
import {
  type FirstPasswordView,
  firstPasswordViewSchema,
} from '@gatehouse/contracts/auth-api/first-password';
import {
  browserHeader,
  type InteractionView,
  interactionViewSchema,
} from '@gatehouse/contracts/auth-api/interaction';
import { type LogoutView, logoutViewSchema } from '@gatehouse/contracts/auth-api/logout';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { envelopeOf } from '@gatehouse/contracts/envelope';
import type { HttpClient } from '../http-client.ts';

export interface CallOptions {
  signal?: AbortSignal;
  /** Id of the browser's request, so that both services log the same one. */
  requestId?: string;
}

/** `expired`: unknown, used or too old; `wrong_browser`: it belongs to another browser, show nothing of it. */
export type InteractionAnswer =
  | { found: true; interaction: InteractionView }
  | { found: false; reason: 'expired' | 'wrong_browser' };

export type AuthApiClient = ReturnType<typeof createAuthApiClient>;

const interactionAnswerSchema = envelopeOf(interactionViewSchema);
const logoutAnswerSchema = envelopeOf(logoutViewSchema);
const firstPasswordAnswerSchema = envelopeOf(firstPasswordViewSchema);
const schemeAnswerSchema = envelopeOf(authSchemeAnswerSchema);

/** `http` authenticates with the service client (`basicAuthorization`). All calls throw UpstreamError. */
export function createAuthApiClient(http: HttpClient) {
  const headersOf = (browser: string | undefined, { requestId }: CallOptions) =>
    definedOnly({ [browserHeader]: browser, 'x-request-id': requestId }) as Record<string, string>;

  return {
    /** `browser` is the value of the browser-binding cookie. */
    async readInteraction(
      id: string,
      browser: string | undefined,
      options: CallOptions = {},
    ): Promise<InteractionAnswer> {
      const response = await http.send({
        path: `/auth/v3/internal/interactions/${encodeURIComponent(id)}`,
        headers: headersOf(browser, options),
        alsoStatuses: [403, 404],
        signal: options.signal,
      });
      if (response.status === 404) return { found: false, reason: 'expired' };
      if (response.status === 403) return { found: false, reason: 'wrong_browser' };
      return { found: true, interaction: interactionAnswerSchema.parse(JSON.parse(response.text)).data };
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
        alsoStatuses: [404],
        signal: options.signal,
      });
      if (response.status === 404) return undefined;
      return logoutAnswerSchema.parse(JSON.parse(response.text)).data;
    },
    /** Whose first password a link is for; undefined: the link is unknown, used or too old. */
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
