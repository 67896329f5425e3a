/** Describes a row: the work that it measures, and the floor that it is compared with. */
import type { BenchStack, FloorName } from '../bench-stack.ts';
import type { ChainedBody, LoadPlan } from '../load.ts';

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

export function tokenRequest(stack: BenchStack, authorization: string, body: LoadPlan['body']): LoadPlan {
  return { url: `${stack.authApiUrl}/auth/v3/oauth/token`, headers: { authorization }, body };
}

export function peerRequest({ peer }: BenchStack, path: string, body: LoadPlan['body']): LoadPlan {
  return { url: `${peer.url}/${path}`, headers: { authorization: peer.authorization }, body };
}

/** A form of its own for each request. */
export function madeAnew(make: () => string): ChainedBody {
  return { first: make, next: make };
}

export function formOf(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}
