/** A resource server asks about an opaque token, over and over. */
import { formOf, sendForm } from '../requests.ts';
import { peerRequest, type Row } from './row.ts';

export const introspectRow: Row = {
  name: 'introspect',
  floor: 'redis-get',
  mustToFormPost: 0.5,
  aimToFloor: 0.7,
  async plan(stack) {
    const { access_token: token } = await stack.token({ grant_type: 'client_credentials' });
    return {
      url: `${stack.authApiUrl}/auth/v3/oauth/introspect`,
      headers: { authorization: stack.authorization },
      body: formOf({ token }),
    };
  },
  async peer(stack) {
    const { url, authorization } = stack.peer;
    const form = { grant_type: 'client_credentials' };
    const { access_token: token } = await sendForm(`${url}/token`, form, authorization);
    return peerRequest(stack, 'token/introspection', formOf({ token }));
  },
};
