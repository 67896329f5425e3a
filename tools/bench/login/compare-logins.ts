/** Compares what browsers do at our servers with the same at the peer: interleaved rounds, medians of the clean ones. */
import type { BenchStack } from '../bench-stack.ts';
import { disturbedIn, medianOf, percentile, rounded, sampled } from '../samples.ts';
import { type CostsOfSides, costsByRequest, printRequests } from './request-costs.ts';
import { concurrency, type Side, sidesOf } from './sides.ts';

export interface LoginComparison<Name extends string> {
  name: Name;
  flowsPerSecond: number;
  /** Of Auth API and Auth UI together. */
  cpuMsPerFlow: number;
  p50Ms: number;
  p99Ms: number;
  peers: { 'oidc-provider': { flowsPerSecond: number; cpuMsPerFlow: number } };
  /** CPU time of the peer over ours: above 1 we are ahead. */
  ratioToPeer: number;
  requests: CostsOfSides;
}

/** Begins the next flow; undefined when the round is over. */
type NextFlow = () => Promise<unknown> | undefined;

/** Makes what a round of this side needs, unmeasured. */
type PrepareRound = (side: Side) => Promise<NextFlow>;

/**
 * Of each server. A login runs through much code: the first two hundred cost twice as much as those after a thousand, because the
 * hot parts of it are not compiled yet, and after 600 it still became cheaper. By number, because in the same time a busy machine
 * gets to fewer.
 */
const warmUpFlows = 2_000;

export async function compareLogins<Name extends string>(
  stack: BenchStack,
  options: { name: Name; rounds: number; prepare: PrepareRound; ofSecondApplication: boolean },
): Promise<{ result: LoginComparison<Name>; disturbedRounds: number }> {
  const { name, rounds, prepare, ofSecondApplication } = options;
  const sides = sidesOf(stack);
  const samples: Record<keyof typeof sides, Round[]> = { ours: [], theirs: [] };
  try {
    for (const side of [sides.ours, sides.theirs]) await warmUp(() => bothFlows(side));
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ['theirs', 'ours'] as const)
        samples[kind].push(await measured(stack, sides[kind], await prepare(sides[kind])));
    }
  } finally {
    await Promise.all(Object.values(sides).map(({ driver }) => driver.close()));
  }
  const [our, their] = [medianOf(samples.ours, byCpu), medianOf(samples.theirs, byCpu)];
  const result: LoginComparison<Name> = {
    name,
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
    requests: await costsByRequest(stack, ofSecondApplication),
  };
  return { result, disturbedRounds: disturbedIn([...samples.ours, ...samples.theirs]) };
}

type Round = Awaited<ReturnType<typeof measured>>;

async function measured(stack: BenchStack, side: Side, next: NextFlow) {
  const round = await sampled([...stack.pids, process.pid], () => flowsOf(next), Object.values(side.servers));
  return { ...round, cpuMsPerFlow: (1000 * round.cpuSeconds) / round.flows };
}

function byCpu({ cpuMsPerFlow }: Round): number {
  return cpuMsPerFlow;
}

/** A login, and a sign-in by its session. */
async function bothFlows({ driver, second }: Side): Promise<void> {
  const browser = driver.open();
  await browser.signIn();
  await browser.signIn(second);
}

export async function warmUp(flow: () => Promise<unknown>): Promise<void> {
  let left = warmUpFlows;
  await flowsOf(() => (left-- > 0 ? flow() : undefined));
}

/** Logins until the time is over, which begins with the first. */
export function loginsFor(seconds: number, logIn: () => Promise<unknown>): NextFlow {
  let endMs: number | undefined;
  return () => {
    endMs ??= performance.now() + seconds * 1000;
    return performance.now() < endMs ? logIn() : undefined;
  };
}

export async function flowsOf(next: NextFlow) {
  const durationsMs: number[] = [];
  const startMs = performance.now();
  const oneAfterAnother = async () => {
    for (;;) {
      const startedMs = performance.now();
      const flow = next();
      if (flow === undefined) return;
      await flow;
      durationsMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  const at = (share: number) => rounded(percentile(durationsMs, share));
  const perSecond = (1000 * durationsMs.length) / (performance.now() - startMs);
  return { flows: durationsMs.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function printComparison({ peers, requests, ...result }: LoginComparison<string>): void {
  console.table([{ ...result, 'peer CPU ms per flow': peers['oidc-provider'].cpuMsPerFlow }]);
  printRequests(requests);
}
