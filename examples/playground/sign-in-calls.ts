/** Describes the calls of the ordinary sign-in, for the list on the page; the OAuth library makes two of them itself. */
import type { Call } from './calls/call.ts';
import { type Secret, secret } from './calls/secret.ts';
import type { Issuer } from './issuer.ts';
import type { PlaygroundOptions } from './options.ts';

const tokenType = 'urn:ietf:params:oauth:token-type:access_token';

export function createSignInCalls(
  { token_endpoint: url, userinfo_endpoint: userinfoUrl, introspection_endpoint: introspectionUrl }: Issuer,
  { url: ownUrl, client, service }: PlaygroundOptions,
) {
  return {
    code: (query: Record<string, string>, verifier: string, nonce: string): Call => ({
      kind: 'code',
      what: 'Code for tokens',
      method: 'POST',
      url,
      client,
      form: {
        grant_type: 'authorization_code',
        code: secret('CODE', query['code'] ?? ''),
        redirect_uri: `${ownUrl}/callback`,
        code_verifier: secret('CODE_VERIFIER', verifier),
      },
      arrival: {
        address: `${ownUrl}/callback`,
        query: {
          code: secret('CODE', query['code'] ?? ''),
          state: secret('STATE', query['state'] ?? ''),
          iss: query['iss'] ?? '',
        },
        state: secret('STATE', query['state'] ?? ''),
        nonce: secret('NONCE', nonce),
      },
    }),
    refresh: (refreshToken: string): Call => ({
      kind: 'refresh',
      what: 'Refresh',
      method: 'POST',
      url,
      client,
      form: { grant_type: 'refresh_token', refresh_token: secret('REFRESH_TOKEN', refreshToken) },
    }),
    userinfo: (accessToken: string): Call => ({
      kind: 'userinfo',
      what: 'Who is this?',
      method: 'GET',
      url: userinfoUrl,
      client,
      token: { scheme: 'Bearer', secret: secret('ACCESS_TOKEN', accessToken) },
    }),
    exchange: (userToken: Secret): Call => ({
      kind: 'exchange',
      what: 'Token exchange',
      method: 'POST',
      url,
      client: service,
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: userToken,
        subject_token_type: tokenType,
        audience: service.audience,
        scope: service.scope,
      },
    }),
    introspection: (accessToken: string): Call => ({
      kind: 'introspection',
      what: 'Introspection',
      method: 'POST',
      url: introspectionUrl,
      client: service,
      form: { token: secret('SERVICE_TOKEN', accessToken) },
    }),
  };
}
