/** Describes the measured servers: Gatehouse and its peers, each with the work that it can do. */
import type { BenchStack } from '../bench-stack.ts';
import type { LoadPlan } from '../load.ts';
import { comparedTargetOf, peerTargetOf } from '../login/targets.ts';
import type { LoginTarget } from '../login/whole-login.ts';
import type { Row } from '../rows/row.ts';
import { versionOf } from './facts.ts';
import { ours } from './figure.ts';

export interface Server {
  name: string;
  version: string;
  /** The processes that serve tokens. */
  pids: readonly number[];
  /** The processes that serve a login: more than for tokens where the pages have one of their own. */
  loginPids: readonly number[];
  loginTarget: LoginTarget;
  /** How the work of the row is asked for; undefined where the server has no such thing. */
  plan(row: Row): Promise<LoadPlan | undefined>;
  stop(): Promise<void>;
}

/** The stack runs and stops it. */
export function oidcProviderOf(stack: BenchStack): Server {
  const pids = [stack.peer.pid];
  return {
    name: 'oidc-provider',
    version: versionOf('oidc-provider'),
    pids,
    loginPids: pids,
    loginTarget: peerTargetOf(stack),
    plan: async (row) => row.peer?.(stack),
    stop: async () => {},
  };
}

/** The stack runs and stops it. */
export function gatehouseOf(stack: BenchStack): Server {
  return {
    name: ours,
    version: '',
    pids: [stack.serverPid],
    loginPids: stack.loginPids,
    loginTarget: comparedTargetOf(stack),
    plan: (row) => row.plan(stack),
    stop: async () => {},
  };
}

/** Plans of a peer's own, by the name of the row. */
export function planOf(plans: Record<string, () => Promise<LoadPlan>>) {
  return async ({ name }: Row) => plans[name]?.();
}
