/** What every call to an endpoint of clients brings, read from its HTTP request. */

import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { invalidRequest } from '@gatehouse/service-kit/errors/oauth-error';
import { readParameters } from '../protocol/parameters.ts';
import type { ClientCall } from './client-authentication.ts';

interface FormRequest extends SenderRequest {
  readonly body: unknown;
  readonly ip: string;
  readonly id: string;
}

/** @throws OAuthError invalid_request for parameters that came twice or by the address */
export function callOf(request: FormRequest): ClientCall {
  refuseQuery(request.url);
  return {
    authorization: request.headers.authorization,
    parameters: readParameters(request.body),
    sender: request,
    clientAddress: request.ip,
    correlationId: request.id,
  };
}

/** Addresses end up in logs and histories: what belongs into the form is refused there (RFC 6749 section 2.3.1). */
function refuseQuery(url: string): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  const secrets =
    /(?:^|&)(?:client_secret|client_assertion|password|code|code_verifier|token|refresh_token|subject_token|actor_token|assertion)=/i;
  if (secrets.test(decodeNames(url.slice(start + 1)))) {
    throw invalidRequest('Send the parameters in the form, not in the address');
  }
}

function decodeNames(query: string): string {
  return [...new URLSearchParams(query).keys()].map((name) => `${name}=`).join('&');
}
