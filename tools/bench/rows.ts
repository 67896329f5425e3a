/** What is measured: each row with its floor. */
import type { BenchStack, FloorName } from './bench-stack.ts';
import type { LoadPlan } from './load.ts';

export interface Row {
  name: string;
  floor: FloorName;
  /** Least ratio to the bare form post that the product promises. */
  mustToFormPost: number;
  /** Ratio to the floor that the product aims at. */
  aimToFloor: number;
  plan(stack: BenchStack): Promise<LoadPlan>;
}

export const rows: readonly Row[] = [
  {
    name: 'client_credentials_opaque',
    floor: 'redis-set',
    mustToFormPost: 0.35,
    aimToFloor: 0.6,
    async plan(stack) {
      return {
        url: `${stack.authApiUrl}/auth/v3/oauth/token`,
        headers: { authorization: stack.authorization },
        body: 'grant_type=client_credentials',
      };
    },
  },
  {
    name: 'introspect',
    floor: 'redis-get',
    mustToFormPost: 0.5,
    aimToFloor: 0.7,
    async plan(stack) {
      const { access_token: token } = await stack.token({ grant_type: 'client_credentials' });
      return {
        url: `${stack.authApiUrl}/auth/v3/oauth/introspect`,
        headers: { authorization: stack.authorization },
        body: new URLSearchParams({ token }).toString(),
      };
    },
  },
  {
    name: 'refresh',
    floor: 'redis-set',
    mustToFormPost: 0.15,
    aimToFloor: 0.5,
    async plan(stack) {
      // Without openid: an ID token would make this a row about signatures.
      const login = {
        grant_type: 'password',
        username: stack.user.name,
        password: stack.user.password,
        scope: 'calls:read',
      };
      // A chain of its own for every connection of every round.
      const families: string[] = [];
      for (let index = 0; index < stack.chains; index++) {
        families.push((await stack.token(login)).refresh_token ?? '');
      }
      return {
        url: `${stack.authApiUrl}/auth/v3/oauth/token`,
        headers: { authorization: stack.authorization },
        body: {
          first: () => refreshForm(families.pop() ?? ''),
          next: (answer) => refreshForm((JSON.parse(answer) as { refresh_token: string }).refresh_token),
        },
      };
    },
  },
];

function refreshForm(token: string): string {
  return new URLSearchParams({ grant_type: 'refresh_token', refresh_token: token }).toString();
}
