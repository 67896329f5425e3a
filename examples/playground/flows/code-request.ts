/** Begins authorization requests that the flows make themselves, and redeems their codes. */
import { createHash, randomBytes } from 'node:crypto';
import type { Call } from '../calls/call.ts';
import { type Credentials, secret } from '../calls/secret.ts';
import type { Issuer } from '../issuer.ts';
import type { CodeRequest } from '../visit.ts';

export function beginCodeRequest(redirectUri: string): CodeRequest {
  const [state = '', nonce = '', verifier = ''] = [16, 16, 32].map((size) =>
    randomBytes(size).toString('base64url'),
  );
  return { state, nonce, verifier, redirectUri };
}

export function requestParameters(
  { state, nonce, verifier, redirectUri }: CodeRequest,
  client: Credentials,
  scope: string,
) {
  return {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
}

/** The call that turns the code into tokens; `query` is what the browser brought. */
export function redeemCall(
  { token_endpoint: url }: Issuer,
  client: Credentials,
  { state, nonce, verifier, redirectUri }: CodeRequest,
  code: string,
  query: NonNullable<Call['arrival']>['query'],
): Call {
  return {
    kind: 'code',
    what: 'Code for tokens',
    method: 'POST',
    url,
    client,
    form: {
      grant_type: 'authorization_code',
      code: secret('CODE', code),
      redirect_uri: redirectUri,
      code_verifier: secret('CODE_VERIFIER', verifier),
    },
    arrival: { address: redirectUri, query, state: secret('STATE', state), nonce: secret('NONCE', nonce) },
  };
}
