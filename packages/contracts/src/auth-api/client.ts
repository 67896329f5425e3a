/** The calls that Auth UI makes to Auth API. */
import { envelopeOf } from '../envelope.ts';
import type { HttpClient } from '../http-client.ts';
import {
  type AuthScheme,
  type AuthSchemeQuestion,
  authSchemeAnswerSchema,
  visitorAddressHeader,
} from './auth-scheme.ts';
import { browserHeader, type InteractionView, interactionViewSchema } from './interaction.ts';
import { type LogoutView, logoutViewSchema } from './logout.ts';

export interface CallOptions {
  signal?: AbortSignal;
  /** Id of the browser's request, so that both services log the same one. */
  requestId?: string;
}

/** `expired`: unknown, used or too old; `wrong_browser`: it belongs to another browser, show nothing of it. */
export type InteractionAnswer =
  | { found: true; interaction: InteractionView }
  | { found: false; reason: 'expired' | 'wrong_browser' };

export interface AuthApiClient {
  /** `browser` is the value of the browser-binding cookie. @throws UpstreamError when Auth API cannot answer */
  readInteraction(id: string, browser: string | undefined, options?: CallOptions): Promise<InteractionAnswer>;
  /** A sign-out; undefined when it is gone or belongs to another browser. @throws UpstreamError */
  readLogout(id: string, browser: string | undefined, options?: CallOptions): Promise<LogoutView | undefined>;
  /** @throws UpstreamError 429 when the visitor asks too often */
  authScheme(
    question: AuthSchemeQuestion,
    visitorAddress: string,
    options?: CallOptions,
  ): Promise<AuthScheme>;
}

const interactionAnswerSchema = envelopeOf(interactionViewSchema);
const logoutAnswerSchema = envelopeOf(logoutViewSchema);
const schemeAnswerSchema = envelopeOf(authSchemeAnswerSchema);

/** `http` authenticates with the service client (`basicAuthorization`). */
export function createAuthApiClient(http: HttpClient): AuthApiClient {
  return {
    async readInteraction(id, browser, options = {}) {
      const response = await http.send({
        method: 'GET',
        path: `/auth/v3/internal/interactions/${encodeURIComponent(id)}`,
        headers: { ...(browser === undefined ? {} : { [browserHeader]: browser }), ...headersOf(options) },
        accept: [403, 404],
        ...signalOf(options),
      });
      if (response.status === 404) return { found: false, reason: 'expired' };
      if (response.status === 403) return { found: false, reason: 'wrong_browser' };
      return { found: true, interaction: interactionAnswerSchema.parse(JSON.parse(response.text)).data };
    },
    async readLogout(id, browser, options = {}) {
      const response = await http.send({
        method: 'GET',
        path: `/auth/v3/internal/logouts/${encodeURIComponent(id)}`,
        headers: { ...(browser === undefined ? {} : { [browserHeader]: browser }), ...headersOf(options) },
        accept: [404],
        ...signalOf(options),
      });
      if (response.status === 404) return undefined;
      return logoutAnswerSchema.parse(JSON.parse(response.text)).data;
    },
    async authScheme(question, visitorAddress, options = {}) {
      const answer = await http.read(schemeAnswerSchema, {
        method: 'POST',
        path: '/auth/v3/auth-scheme',
        json: { data: question },
        headers: { [visitorAddressHeader]: visitorAddress, ...headersOf(options) },
        ...signalOf(options),
      });
      return answer.data.scheme;
    },
  };
}

function headersOf({ requestId }: CallOptions): Record<string, string> {
  return requestId === undefined ? {} : { 'x-request-id': requestId };
}

function signalOf({ signal }: CallOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
