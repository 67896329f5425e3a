/** Measures what a second factor adds to a login: the CPU time of both servers, beside the same login without one. */
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { MeasureOptions } from '../measure.ts';
import { inTurns, rounded } from '../rounds.ts';
import { withFactor } from './factors.ts';
import { concurrency, flowsFor, perFlow, warmUp } from './flows.ts';
import { comparedTargetOf } from './targets.ts';
import { createLoginDriver } from './whole-login.ts';

export const factorRows = [
  { name: 'login_totp', factor: 'totp' },
  { name: 'login_passkey', factor: 'passkey' },
] as const;

type FactorRow = (typeof factorRows)[number];

export async function measureFactors(
  { name, factor }: FactorRow,
  stack: BenchStack,
  { seconds, rounds }: MeasureOptions,
) {
  const client = { ...stack.strongLoginClient, redirectUri: loginRedirectUri };
  const drivers = {
    without: createLoginDriver(comparedTargetOf(stack), concurrency),
    with: createLoginDriver({ ...(await withFactor(stack, factor)), client }, concurrency),
  };
  try {
    for (const { run } of Object.values(drivers)) await warmUp(run);
    const contestant = ({ run }: (typeof drivers)['with']) => ({
      pids: stack.loginPids,
      run: () => flowsFor(seconds, run),
    });
    const { figures, disturbedRounds } = await inTurns(
      { without: contestant(drivers.without), with: contestant(drivers.with) },
      rounds,
      [...stack.pids, process.pid],
    );
    const result = {
      name,
      without: perFlow(figures.without),
      with: perFlow(figures.with),
      // By CPU time.
      timesWithout: rounded(figures.with.cpuUs / figures.without.cpuUs),
    };
    return { result, disturbedRounds };
  } finally {
    await Promise.all(Object.values(drivers).map(({ close }) => close()));
  }
}

export function printFactors({
  name,
  timesWithout,
  ...both
}: Awaited<ReturnType<typeof measureFactors>>['result']): void {
  console.log(`${name}: ${timesWithout} times the CPU of a login without a factor`);
  console.table({ without: both.without, with: both.with });
}
