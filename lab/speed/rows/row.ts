/** Describes a row: the work that it measures, and the floor that it is compared with. */
import type { BenchStack, FloorName } from '../bench-stack.ts';
import type { LoadPlan } from '../load.ts';

export interface Row {
  name: string;
  floor: FloorName;
  /** Least ratio to the bare form post that the product promises, where it promises one. */
  mustToFormPost?: number;
  /** Ratio to the floor that the product aims at. */
  aimToFloor: number;
  plan(stack: BenchStack): Promise<LoadPlan>;
  /** The same work by oidc-provider; absent where it has no such thing. */
  peer?(stack: BenchStack): Promise<LoadPlan>;
}

/** `authorization`: that of the main client unless it is given. */
export function tokenRequest(
  stack: BenchStack,
  body: LoadPlan['body'],
  authorization = stack.authorization,
): LoadPlan {
  return { url: `${stack.authApiUrl}/auth/v3/oauth/token`, headers: { authorization }, body };
}

export function peerRequest({ peer }: BenchStack, path: string, body: LoadPlan['body']): LoadPlan {
  return { url: `${peer.url}/${path}`, headers: { authorization: peer.authorization }, body };
}
