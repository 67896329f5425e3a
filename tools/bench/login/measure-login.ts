/**
 * Whole logins through the public host, and what each costs the servers that serve them: the CPU time of the product's own
 * processes is compared with that of oidc-provider, behind pages that do the same work (`peers/interactions.mjs`). How many
 * a second there are depends on the browser that the bench plays, too.
 */
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';
import { disturbedIn, medianOf, sampled } from '../samples.ts';
import { createLoginDriver, type LoginDriver, type LoginTarget } from './whole-login.ts';

export const loginRowName = 'login_code_flow';

export interface LoginResult {
  name: typeof loginRowName;
  flowsPerSecond: number;
  /** Of Auth API and Auth UI together. */
  cpuMsPerFlow: number;
  p50Ms: number;
  p99Ms: number;
  peers: { 'oidc-provider': { flowsPerSecond: number; cpuMsPerFlow: number } };
  /** CPU time of the peer over ours: above 1 we are ahead. */
  ratioToPeer: number;
}

/** Three attempts on one account are made at once; further ones would wait for their answers. */
export const concurrency = 3;
/**
 * Of each server. A login runs through much code: the first two hundred cost twice as much as those after a thousand, because the
 * hot parts of it are not compiled yet. By number, because in the same time a busy machine gets to fewer.
 */
const warmUpFlows = 600;

export async function measureLogin(
  stack: BenchStack,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<{ result: LoginResult; disturbedRounds: number }> {
  const ours = createLoginDriver(targetOf(stack), concurrency);
  const theirs = createLoginDriver(peerTargetOf(stack), concurrency);
  const samples: Record<'ours' | 'theirs', Round[]> = { ours: [], theirs: [] };
  try {
    for (const driver of [ours, theirs]) await warmUp(driver);
    for (let round = 0; round < rounds; round += 1) {
      samples.theirs.push(await measured(stack, seconds, theirs, [stack.peer.pid]));
      samples.ours.push(await measured(stack, seconds, ours, stack.loginPids));
    }
  } finally {
    await Promise.all([ours.close(), theirs.close()]);
  }
  const [our, their] = [samples.ours, samples.theirs].map((rounds) =>
    medianOf(rounds, ({ cpuMsPerFlow }) => cpuMsPerFlow),
  ) as [Round, Round];
  return {
    disturbedRounds: disturbedIn([...samples.ours, ...samples.theirs]),
    result: {
      name: loginRowName,
      flowsPerSecond: rounded(our.perSecond),
      cpuMsPerFlow: rounded(our.cpuMsPerFlow),
      p50Ms: our.p50Ms,
      p99Ms: our.p99Ms,
      peers: {
        'oidc-provider': {
          flowsPerSecond: rounded(their.perSecond),
          cpuMsPerFlow: rounded(their.cpuMsPerFlow),
        },
      },
      ratioToPeer: rounded(their.cpuMsPerFlow / our.cpuMsPerFlow),
    },
  };
}

type Round = Awaited<ReturnType<typeof measured>>;

async function measured(stack: BenchStack, seconds: number, driver: LoginDriver, servers: readonly number[]) {
  const round = await sampled([...stack.pids, process.pid], () => flowsFor(seconds, driver), servers);
  return { ...round, cpuMsPerFlow: (1000 * round.cpuSeconds) / round.flows };
}

/** How a login by the pages of this stack goes. */
export function targetOf(stack: BenchStack): LoginTarget {
  const { id, authorization } = stack.loginClient;
  return {
    origin: new URL(stack.publicUrl).origin,
    authorizePath: '/auth/v3/oauth/authorize',
    tokenPath: '/auth/v3/oauth/token',
    client: { id, authorization, redirectUri: loginRedirectUri },
    fields: { username: stack.user.name, password: stack.user.password, tenant: stack.user.tenant },
  };
}

export function peerTargetOf({ peer, user }: BenchStack): LoginTarget {
  return {
    origin: peer.url,
    authorizePath: '/auth',
    tokenPath: '/token',
    client: { id: 'bench', authorization: peer.authorization, redirectUri: peer.redirectUri },
    fields: { username: user.name, password: user.password },
  };
}

export async function warmUp(driver: LoginDriver): Promise<void> {
  let left = warmUpFlows;
  const oneAfterAnother = async () => {
    while (left-- > 0) await driver.run();
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
}

export async function flowsFor(seconds: number, driver: LoginDriver) {
  const durationsMs: number[] = [];
  const startMs = performance.now();
  const oneAfterAnother = async () => {
    while (performance.now() < startMs + seconds * 1000) {
      const startedMs = performance.now();
      await driver.run();
      durationsMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  const sorted = durationsMs.toSorted((left, right) => left - right);
  const at = (share: number) => rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const perSecond = (1000 * durationsMs.length) / (performance.now() - startMs);
  return { flows: durationsMs.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function printLogin({ peers, ...result }: LoginResult): void {
  console.table([{ ...result, 'peer CPU ms per flow': peers['oidc-provider'].cpuMsPerFlow }]);
}
