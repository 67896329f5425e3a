/** Runs the checks of one kind of server, each a row, and waits for what a person holds to end. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import type { Row } from './row.ts';

type People = ReturnType<Installation['peopleOf']>;
type Expect = (what: string, found: unknown, wanted: unknown) => void;
type Check<Server> = (people: People, server: Server, expect: Expect) => Promise<void>;

export type Checks<Server> = Record<string, Check<Server>>;

/** Of the environments: the fewest that one may have. */
export const pollSeconds = 5;

export async function runChecks<Server>(
  title: string,
  checks: Checks<Server>,
  { people, server, report }: { people: People; server: Server; report: (row: Row) => void },
): Promise<void> {
  for (const [name, check] of Object.entries(checks)) {
    const faults: string[] = [];
    const figures: string[] = [];
    const expect: Expect = (what, found, wanted) => {
      if (found === wanted) figures.push(`${what}: ${found}`);
      else faults.push(`${what}: ${found} instead of ${wanted}`);
    };
    await check(people, server, expect).catch(({ message }: Error) => faults.push(message));
    report({ name: `${title}: ${name}`, figures, faults });
  }
}

/** The person's token ends within the poll interval. */
export function endsAfter<Server>(
  name: string,
  password: string,
  change: (server: Server) => Promise<void>,
): Check<Server> {
  return async ({ token, isActive }, server, expect) => {
    const held = await token(name, password);
    // The watch over people has seen them once.
    await wait((pollSeconds + 1) * 1_000);
    expect('token before', await isActive(held), true);
    await change(server);
    const changedMs = performance.now();
    const left = () => performance.now() - changedMs < 2 * pollSeconds * 1_000;
    while ((await isActive(held)) && left()) await wait(50);
    expect(
      `token after ${((performance.now() - changedMs) / 1_000).toFixed(1)} s`,
      await isActive(held),
      false,
    );
  };
}
