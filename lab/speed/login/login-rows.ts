/**
 * Measures the CPU time that whole logins cost the servers, beside oidc-provider behind pages that do the same work
 * (`peers/sign-in.mjs`). The number of logins a second also depends on the browser that the bench plays.
 */
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { MeasureOptions } from '../measure.ts';
import { type Contestant, type Figures, inTurns, rounded } from '../rounds.ts';
import { concurrency, flowsFor, flowsOf, perFlow, warmUp } from './flows.ts';
import { comparedTargetOf, peerTargetOf } from './targets.ts';
import { type Browser, createLoginDriver, type LoginClient, type LoginDriver } from './whole-login.ts';

/** One server of the comparison, with two applications. */
interface Side {
  driver: LoginDriver;
  second: LoginClient;
  pids: readonly number[];
}

interface LoginRow {
  name: string;
  /** The work of browsers at a side, so many at once. */
  flows(side: Side, atOnce: number, seconds: number): Pick<Contestant, 'prepare' | 'run'>;
}

/** How many flows run at once. One alone shows what a flow takes on an idle machine. */
const loadSizes = [concurrency, 1];
/** They sign in before each round of the second application, which each of them opens once. */
const people = 400;

export const loginRows: readonly LoginRow[] = [
  {
    name: 'login_code_flow',
    flows: ({ driver }, atOnce, seconds) => ({ run: () => flowsFor(seconds, driver.run, atOnce) }),
  },
  {
    // Single sign-on within the installation: a person who is signed in opens it, and it gets its code without a page.
    name: 'second_application',
    flows({ driver, second }, atOnce) {
      const signedIn: Browser[] = [];
      return {
        async prepare() {
          const waiting = Array.from({ length: people }, () => driver.open());
          signedIn.push(...waiting);
          await flowsOf(() => waiting.pop()?.signIn());
        },
        run: () => flowsOf(() => signedIn.pop()?.signIn(second), atOnce),
      };
    },
  },
];

export async function measureLogins({ name, flows }: LoginRow, stack: BenchStack, options: MeasureOptions) {
  const { ours, theirs } = sidesOf(stack);
  const loads = [];
  let disturbedRounds = 0;
  try {
    for (const side of [ours, theirs]) await warmUp(() => bothApplications(side));
    for (const atOnce of loadSizes) {
      const contestant = (side: Side) => ({ ...flows(side, atOnce, options.seconds), pids: side.pids });
      const contestants = { theirs: contestant(theirs), ours: contestant(ours) };
      const measured = await inTurns(contestants, options.rounds, [...stack.pids, process.pid]);
      disturbedRounds += measured.disturbedRounds;
      loads.push(comparisonOf(atOnce, measured.figures));
    }
  } finally {
    await Promise.all([ours, theirs].map(({ driver }) => driver.close()));
  }
  return { result: { name, loads }, disturbedRounds };
}

function sidesOf(stack: BenchStack): { ours: Side; theirs: Side } {
  const { peer, secondLoginClient, loginPids } = stack;
  return {
    ours: {
      driver: createLoginDriver(comparedTargetOf(stack), concurrency),
      second: { ...secondLoginClient, redirectUri: loginRedirectUri },
      pids: loginPids,
    },
    theirs: {
      driver: createLoginDriver(peerTargetOf(stack), concurrency),
      second: { ...peer.second, redirectUri: peer.redirectUri },
      pids: [peer.pid],
    },
  };
}

/** A login, and a sign-in by its session. */
async function bothApplications({ driver, second }: Side): Promise<void> {
  const browser = driver.open();
  await browser.signIn();
  await browser.signIn(second);
}

function comparisonOf(atOnce: number, { ours, theirs }: Record<'ours' | 'theirs', Figures>) {
  return {
    atOnce,
    ours: perFlow(ours),
    peers: { 'oidc-provider': perFlow(theirs) },
    // By CPU time: above 1 we are ahead.
    ratioToPeer: rounded(theirs.cpuUs / ours.cpuUs),
  };
}

export function printLogins({ name, loads }: Awaited<ReturnType<typeof measureLogins>>['result']): void {
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
