/**
 * Whole logins through the public host, and what each costs the servers that serve them: the CPU time of the product's own
 * processes is compared with that of oidc-provider, behind pages that do the same work (`peers/interactions.mjs`). How many
 * a second there are depends on the browser that the bench plays, too.
 */
import type { BenchStack } from '../bench-stack.ts';
import { compareLogins, type LoginComparison, loginsFor, printComparison } from './compare-logins.ts';
import { printRequests, type RequestCosts, requestCosts } from './request-costs.ts';
import { sidesOf } from './sides.ts';

export const loginRowName = 'login_code_flow';

export interface LoginResult extends LoginComparison<typeof loginRowName> {
  /** What each request of a login costs. */
  requests: { ours: RequestCosts; theirs: RequestCosts };
}

export async function measureLogin(
  stack: BenchStack,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<{ result: LoginResult; disturbedRounds: number }> {
  const compared = await compareLogins(stack, {
    name: loginRowName,
    rounds,
    prepare: async ({ driver }) => loginsFor(seconds, driver),
  });
  const { ours, theirs } = sidesOf(stack);
  try {
    const requests = { theirs: await requestCosts(stack, theirs), ours: await requestCosts(stack, ours) };
    return { ...compared, result: { ...compared.result, requests } };
  } finally {
    await Promise.all([ours.driver.close(), theirs.driver.close()]);
  }
}

export function printLogin({ requests, ...comparison }: LoginResult): void {
  printComparison(comparison);
  console.log('one login after the other, by request, CPU in milliseconds:');
  printRequests(requests.ours);
  printRequests(requests.theirs);
}
