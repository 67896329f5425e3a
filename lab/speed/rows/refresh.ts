/** Rotation of refresh tokens: every connection has a chain of its own. */
import type { ChainedBody } from '../load.ts';
import { formOf } from '../requests.ts';
import { peerRequest, type Row, tokenRequest } from './row.ts';

export const refreshRow: Row = {
  name: 'refresh',
  floor: 'redis-set-2',
  mustToFormPost: 0.15,
  aimToFloor: 0.5,
  async plan(stack) {
    const families: string[] = [];
    for (let index = 0; index < stack.chains; index++) {
      families.push((await stack.token(stack.login)).refresh_token ?? '');
    }
    return tokenRequest(stack, chainsOf(families));
  },
  async peer(stack) {
    const answer = await fetch(`${stack.peer.url}/refresh-tokens?count=${stack.chains}`);
    return peerRequest(stack, 'token', chainsOf((await answer.json()) as string[]));
  },
};

export function chainsOf(tokens: string[]): ChainedBody {
  return {
    first: () => refreshForm(tokens.pop() ?? ''),
    next: (answer) => refreshForm((JSON.parse(answer) as { refresh_token: string }).refresh_token),
  };
}

function refreshForm(token: string): string {
  return formOf({ grant_type: 'refresh_token', refresh_token: token });
}
