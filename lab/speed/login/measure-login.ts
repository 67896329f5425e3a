/**
 * Measures the CPU time that a whole login costs the servers. That of the product's own processes is compared with that of
 * oidc-provider, behind pages that do the same work (`peers/interactions.mjs`). The number of logins a second also depends on
 * the browser that the bench plays.
 */
import type { BenchStack } from '../bench-stack.ts';
import { compareLogins, type LoginComparison, loginsFor } from './compare-logins.ts';

export const loginRowName = 'login_code_flow';

export async function measureLogin(
  stack: BenchStack,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<{ result: LoginComparison; disturbedRounds: number }> {
  return compareLogins(stack, {
    name: loginRowName,
    rounds,
    prepare: async ({ driver }) => loginsFor(seconds, driver.run),
  });
}
