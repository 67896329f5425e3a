/** Calls the endpoints of OAuth 2.0 as applications and resource servers do. */
import { demoClient } from '../../tools/stack/provisioning/demo.ts';
import { basic, type Http } from './http.ts';

/** One of those that may introspect every token. */
export const service = basic('gauth_client', demoClient('gauth_client').client_secret);

type Form = Record<string, string>;

export function createOAuth(http: Http) {
  const introspect = (token: string) =>
    http('/auth/v3/oauth/introspect', { authorization: service, form: { token } });
  return {
    token: (authorization: string, form: Form) => http('/auth/v3/oauth/token', { authorization, form }),
    refresh: (authorization: string, token: string) =>
      http('/auth/v3/oauth/token', {
        authorization,
        form: { grant_type: 'refresh_token', refresh_token: token },
      }),
    revoke: (authorization: string, token: string) =>
      http('/auth/v3/oauth/revoke', { authorization, form: { token } }),
    introspect,
    isActive: async (token: string) => (await introspect(token)).body?.['active'] === true,
  };
}
