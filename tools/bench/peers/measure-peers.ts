/** Measures the same work at each server, in turns: in each round first a bare server's form post, then every server once. */
import type { BenchStack } from '../bench-stack.ts';
import { fire, type LoadOptions, type LoadPlan } from '../load.ts';
import { flowsOf, loginsFor, warmUp } from '../login/compare-logins.ts';
import { concurrency } from '../login/sides.ts';
import { createLoginDriver } from '../login/whole-login.ts';
import { residentTreeMiB } from '../machine.ts';
import type { Row } from '../rows/row.ts';
import { disturbedIn, medianOf, type Sample, sampled } from '../samples.ts';
import { type Figure, formPost, loginRowName } from './figure.ts';
import type { Server } from './server.ts';

export interface PeerOptions extends LoadOptions {
  rounds: number;
  /** Of each server before each row: one that compiles as it runs needs it most. */
  warmUpSeconds: number;
}

interface Round {
  perSecond: number;
  count: number;
  p50Ms: number;
  p99Ms: number;
}

interface Contestant {
  name: string;
  /** What does the work. */
  pids: readonly number[];
  run(): Promise<Round>;
}

export async function measurePeers(
  stack: BenchStack,
  servers: readonly Server[],
  rows: readonly Row[],
  withLogin: boolean,
  options: PeerOptions,
) {
  const allPids = [...stack.pids, ...servers.flatMap(({ loginPids }) => loginPids), process.pid];
  const form: Contestant = { name: formPost, pids: [], run: () => load(stack.floor('form'), options) };
  const figures: Figure[] = [];
  let [rounds, disturbedRounds] = [0, 0];
  const measureRow = async (row: string, contestants: readonly Contestant[]) => {
    const samples = await inTurns([form, ...contestants], options.rounds, allPids);
    for (const [server, taken] of samples) figures.push(figureOf(row, server, taken));
    const all = [...samples.values()].flat();
    rounds += all.length;
    disturbedRounds += disturbedIn(all);
  };
  for (const row of rows) {
    console.log(`measuring ${row.name} …`);
    await measureRow(row.name, await contestantsOf(row, servers, options));
  }
  if (withLogin) {
    console.log(`measuring ${loginRowName} …`);
    const { contestants, close } = await logins(servers, options);
    await measureRow(loginRowName, contestants);
    await close();
  }
  const residentMiB = servers.map(
    ({ name, loginPids }) => [name, residentTreeMiB(loginPids)] as [string, number],
  );
  return { figures, residentMiB, rounds, disturbedRounds };
}

async function inTurns(contestants: readonly Contestant[], rounds: number, allPids: readonly number[]) {
  const samples = new Map(contestants.map(({ name }) => [name, [] as Sample<Round>[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, run, pids } of contestants) samples.get(name)?.push(await sampled(allPids, run, pids));
  return samples;
}

/** Those that can do the work, warm. */
async function contestantsOf(row: Row, servers: readonly Server[], options: PeerOptions) {
  const contestants: Contestant[] = [];
  for (const server of servers) {
    const plan = await server.plan(row);
    if (plan === undefined) continue;
    await fire(plan, { ...options, seconds: options.warmUpSeconds });
    contestants.push({ ...server, run: () => load(plan, options) });
  }
  return contestants;
}

async function load(plan: LoadPlan, options: LoadOptions): Promise<Round> {
  const result = await fire(plan, options);
  if (result.perSecond === 0) throw new Error(`${plan.url} answered nothing in ${options.seconds} s`);
  return { ...result, count: result.perSecond * options.seconds };
}

async function logins(servers: readonly Server[], { seconds }: PeerOptions) {
  const drivers = servers.map((server) => ({
    ...server,
    driver: createLoginDriver(server.loginTarget, concurrency),
  }));
  for (const { driver } of drivers) await warmUp(driver.run);
  return {
    contestants: drivers.map(({ name, loginPids, driver }) => ({
      name,
      pids: loginPids,
      run: async () => {
        const { flows: count, ...round } = await flowsOf(loginsFor(seconds, driver));
        return { ...round, count };
      },
    })),
    close: () => Promise.all(drivers.map(({ driver }) => driver.close())),
  };
}

function figureOf(row: string, server: string, samples: readonly Sample<Round>[]): Figure {
  const { perSecond, p50Ms, p99Ms } = medianOf(samples, (sample) => sample.perSecond);
  const { cpuSeconds, count } = medianOf(samples, cpuOfOne);
  return {
    row,
    server,
    perSecond,
    cpuUs: (1e6 * cpuSeconds) / count,
    p50Ms,
    p99Ms,
    isHint: samples.every(({ isDisturbed }) => isDisturbed),
  };
}

function cpuOfOne({ cpuSeconds, count }: Sample<Round>): number {
  return cpuSeconds / count;
}
