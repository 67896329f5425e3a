/** Measures the same work at each server, in turns: every server once in each round, for single requests after a bare server's form post. */
import type { BenchStack } from '../bench-stack.ts';
import { fire, type LoadPlan } from '../load.ts';
import { concurrency, flowsFor, warmUp } from '../login/flows.ts';
import { createLoginDriver, type LoginDriver } from '../login/whole-login.ts';
import { residentMiB } from '../machine.ts';
import type { MeasureOptions } from '../measure.ts';
import { type Contestant, inTurns } from '../rounds.ts';
import type { Row } from '../rows/row.ts';
import { type Figure, formPost, loginRowName, ours } from './figure.ts';
import type { Server } from './server.ts';

export interface PeerOptions extends MeasureOptions {
  /** Of each server before each row: one that compiles as it runs needs it most. */
  warmUpSeconds: number;
}

export async function measurePeers(
  stack: BenchStack,
  servers: readonly Server[],
  rows: readonly Row[],
  withLogin: boolean,
  options: PeerOptions,
) {
  const pids = [...stack.pids, ...servers.flatMap(({ loginPids }) => loginPids), process.pid];
  const contestant = (own: readonly number[], plan: LoadPlan): Contestant => ({
    pids: own,
    run: () => fire(plan, options),
  });
  const figures: Figure[] = [];
  const leftOut: string[] = [];
  let [rounds, disturbedRounds] = [0, 0];
  const measureRow = async (row: string, contestants: readonly (readonly [string, Contestant])[]) => {
    const measured = await inTurns(Object.fromEntries(contestants), options.rounds, pids);
    for (const [server, figure] of Object.entries(measured.figures)) figures.push({ row, server, ...figure });
    rounds += measured.rounds;
    disturbedRounds += measured.disturbedRounds;
  };
  for (const row of rows) {
    console.log(`measuring ${row.name} …`);
    const contestants: [string, Contestant][] = [[formPost, contestant([], stack.floor('form'))]];
    for (const { name, pids: own, plan: planFor } of servers) {
      const plan = await planFor(row);
      if (plan === undefined) continue;
      await fire(plan, { ...options, seconds: options.warmUpSeconds });
      contestants.push([name, contestant(own, plan)]);
    }
    await measureRow(row.name, contestants);
  }
  if (withLogin) {
    console.log(`measuring ${loginRowName} …`);
    const drivers = await loginDrivers(servers, leftOut);
    // Each login goes from the authorization request to the ID token for its code.
    const run = ({ driver }: { driver: LoginDriver }) => flowsFor(options.seconds, driver.run);
    await measureRow(
      loginRowName,
      drivers.map((one) => [one.name, { pids: one.loginPids, run: () => run(one) }]),
    );
    await Promise.all(drivers.map(({ driver }) => driver.close()));
  }
  const memory = servers.map(({ name, loginPids }): [string, number] => [name, residentMiB(loginPids)]);
  return { figures, leftOut, residentMiB: memory, rounds, disturbedRounds };
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
