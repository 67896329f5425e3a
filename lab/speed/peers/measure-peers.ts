/** Measures the same work at each server, in turns: every server once in each round, for single requests after a bare server's form post. */
import type { BenchStack } from '../bench-stack.ts';
import { fire, type LoadOptions, type LoadPlan } from '../load.ts';
import { flowsOf, loginsFor, warmUp } from '../login/compare-logins.ts';
import { concurrency } from '../login/sides.ts';
import { createLoginDriver, type LoginDriver } from '../login/whole-login.ts';
import { residentTreeMiB } from '../machine.ts';
import type { Row } from '../rows/row.ts';
import { disturbedIn, medianOf, type Sample, sampled } from '../samples.ts';
import { type Figure, formPost, loginRowName, ours } from './figure.ts';
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
  /** The processes that do the work. */
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
  const leftOut: string[] = [];
  let [rounds, disturbedRounds] = [0, 0];
  const measureRow = async (row: string, contestants: readonly Contestant[]) => {
    const samples = await inTurns(contestants, options.rounds, allPids);
    for (const [server, taken] of samples) figures.push(figureOf(row, server, taken));
    const all = [...samples.values()].flat();
    rounds += all.length;
    disturbedRounds += disturbedIn(all);
  };
  for (const row of rows) {
    console.log(`measuring ${row.name} …`);
    await measureRow(row.name, [form, ...(await contestantsOf(row, servers, options))]);
  }
  if (withLogin) {
    console.log(`measuring ${loginRowName} …`);
    const drivers = await loginDrivers(servers, leftOut);
    const contestants = drivers.map(({ name, loginPids, driver }) => ({
      name,
      pids: loginPids,
      run: () => countLogins(driver, options.seconds),
    }));
    await measureRow(loginRowName, contestants);
    await Promise.all(drivers.map(({ driver }) => driver.close()));
  }
  const residentMiB = servers.map(
    ({ name, loginPids }) => [name, residentTreeMiB(loginPids)] as [string, number],
  );
  return { figures, leftOut, residentMiB, rounds, disturbedRounds };
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

/** Warm. A peer whose login does not come to its end goes to `leftOut`; @throws Error when ours does not. */
async function loginDrivers(servers: readonly Server[], leftOut: string[]) {
  const drivers: (Server & { driver: LoginDriver })[] = [];
  for (const server of servers) {
    const driver = createLoginDriver(server.loginTarget, concurrency);
    try {
      await warmUp(driver.run);
      drivers.push({ ...server, driver });
    } catch (error) {
      await driver.close();
      if (server.name === ours) throw error;
      const reason = (error as Error).message.replace(/\s+/g, ' ').slice(0, 200);
      leftOut.push(`the login of ${server.name}, because it did not end: ${reason}`);
    }
  }
  return drivers;
}

/** Each from the authorization request to the ID token for its code. */
async function countLogins(driver: LoginDriver, seconds: number): Promise<Round> {
  const { flows: count, ...round } = await flowsOf(loginsFor(seconds, driver.run));
  return { ...round, count };
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
