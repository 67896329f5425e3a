/** Compares what browsers do at our servers with the same at the peer: interleaved rounds, medians of the clean ones. */
import type { BenchStack } from '../bench-stack.ts';
import { disturbedIn, medianOf, percentile, rounded, sampled } from '../samples.ts';
import { concurrency, type Side, sidesOf } from './sides.ts';

export interface LoginComparison {
  name: string;
  loads: ComparedLoad[];
}

interface ComparedLoad {
  atOnce: number;
  ours: LoadFigures;
  peers: { 'oidc-provider': LoadFigures };
  /** CPU time of the peer over ours: above 1 we are ahead. */
  ratioToPeer: number;
}

/** Of the round with the median CPU time. */
interface LoadFigures {
  perSecond: number;
  /** Of all servers of the side: of ours, Auth API and Auth UI. */
  cpuMsPerFlow: number;
  p50Ms: number;
  p99Ms: number;
}

/** Begins the next flow; undefined when the round is over. */
type NextFlow = () => Promise<unknown> | undefined;

/** Makes what a round of this side needs, unmeasured. */
type PrepareRound = (side: Side) => Promise<NextFlow>;

/**
 * Logins at each server before the measurement. It is a number and no time, because a busy machine gets to fewer in the same time.
 * The first two hundred logins cost twice as much as those after a thousand: their hot parts are not compiled yet. After 600 a
 * login still became cheaper. The last tier of V8 compiles code that runs once for each page at some 10 000 pages, which is in one
 * or two of the rounds.
 */
const warmUpFlows = 2_000;

/** How many flows run at once. One alone shows what a flow takes on an idle machine. */
const loadSizes = [concurrency, 1];

export async function compareLogins(
  stack: BenchStack,
  { name, rounds, prepare }: { name: string; rounds: number; prepare: PrepareRound },
): Promise<{ result: LoginComparison; disturbedRounds: number }> {
  const sides = sidesOf(stack);
  const samples = loadSizes.map((atOnce) => ({ atOnce, ours: [] as Round[], theirs: [] as Round[] }));
  try {
    for (const side of [sides.ours, sides.theirs]) await warmUp(() => bothFlows(side));
    for (let round = 0; round < rounds; round += 1) {
      for (const load of samples) {
        for (const kind of ['theirs', 'ours'] as const)
          load[kind].push(await measured(stack, sides[kind], await prepare(sides[kind]), load.atOnce));
      }
    }
  } finally {
    await Promise.all(Object.values(sides).map(({ driver }) => driver.close()));
  }
  const loads = samples.map(({ atOnce, ours, theirs }): ComparedLoad => {
    const [our, their] = [medianOf(ours, byCpu), medianOf(theirs, byCpu)];
    return {
      atOnce,
      ours: figuresOf(our),
      peers: { 'oidc-provider': figuresOf(their) },
      ratioToPeer: rounded(their.cpuMsPerFlow / our.cpuMsPerFlow),
    };
  });
  return {
    result: { name, loads },
    disturbedRounds: disturbedIn(samples.flatMap(({ ours, theirs }) => [...ours, ...theirs])),
  };
}

type Round = Awaited<ReturnType<typeof measured>>;

async function measured(stack: BenchStack, side: Side, next: NextFlow, atOnce: number) {
  const pids = [...stack.pids, process.pid];
  const round = await sampled(pids, () => flowsOf(next, atOnce), Object.values(side.servers));
  return { ...round, cpuMsPerFlow: (1000 * round.cpuSeconds) / round.flows };
}

function byCpu({ cpuMsPerFlow }: Round): number {
  return cpuMsPerFlow;
}

function figuresOf({ perSecond, cpuMsPerFlow, p50Ms, p99Ms }: Round): LoadFigures {
  return { perSecond: rounded(perSecond), cpuMsPerFlow: rounded(cpuMsPerFlow), p50Ms, p99Ms };
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

export async function flowsOf(next: NextFlow, atOnce = concurrency) {
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
  await Promise.all(Array.from({ length: atOnce }, oneAfterAnother));
  const at = (share: number) => rounded(percentile(durationsMs, share));
  const perSecond = (1000 * durationsMs.length) / (performance.now() - startMs);
  return { flows: durationsMs.length, perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
}

export function printComparison({ name, loads }: LoginComparison): void {
  console.log(`${name} beside oidc-provider, by the number of flows at once:`);
  console.table(
    loads.map(({ atOnce, ours, peers: { 'oidc-provider': theirs }, ratioToPeer }) => ({
      'at once': atOnce,
      'per second': ours.perSecond,
      'CPU ms': ours.cpuMsPerFlow,
      'CPU ms of the peer': theirs.cpuMsPerFlow,
      'times the peer by CPU': ratioToPeer,
      'p50 ms': ours.p50Ms,
      'p50 ms of the peer': theirs.p50Ms,
      'p99 ms': ours.p99Ms,
    })),
  );
}
