/** Single sign-on within the installation: a person who is signed in opens a second application, which gets its code without a page. */
import type { BenchStack } from '../bench-stack.ts';
import { compareLogins, flowsOf, type LoginComparison } from './compare-logins.ts';

export const secondApplicationRowName = 'second_application';

/** People sign in before each round; each of them opens the second application once. */
const people = 400;

export async function measureSecondApplication(
  stack: BenchStack,
  { rounds }: { rounds: number },
): Promise<{ result: LoginComparison; disturbedRounds: number }> {
  return compareLogins(stack, {
    name: secondApplicationRowName,
    rounds,
    async prepare({ driver, second }) {
      const browsers = Array.from({ length: people }, () => driver.open());
      const waiting = [...browsers];
      await flowsOf(() => waiting.pop()?.signIn());
      return () => browsers.pop()?.signIn(second);
    },
  });
}
