/** A resource server asks about an opaque token, over and over. */
import type { BenchStack } from '../bench-stack.ts';
import type { LoadPlan } from '../load.ts';
import { formOf, peerRequest, type Row } from './row.ts';

export const introspectRow: Row = {
  name: 'introspect',
  floor: 'redis-get',
  mustToFormPost: 0.5,
  aimToFloor: 0.7,
  async plan(stack) {
    const { access_token: token } = await stack.token({ grant_type: 'client_credentials' });
    return introspection(stack, formOf({ token }));
  },
  async peer(stack) {
    const answer = await fetch(`${stack.peer.url}/token`, {
      method: 'POST',
      headers: { authorization: stack.peer.authorization },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return peerRequest(stack, 'token/introspection', formOf({ token }));
  },
};

export function introspection(stack: BenchStack, body: LoadPlan['body']): LoadPlan {
  return {
    url: `${stack.authApiUrl}/auth/v3/oauth/introspect`,
    headers: { authorization: stack.authorization },
    body,
  };
}
