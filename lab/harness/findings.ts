/** Collects what was expected and what was seen, and prints it. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Finding {
  what: string;
  expected: unknown;
  seen: unknown;
}

export type Findings = ReturnType<typeof createFindings>;

const patienceMs = 20_000;

export function createFindings() {
  const found: Finding[] = [];
  const record = (what: string, expected: unknown, seen: unknown) => found.push({ what, expected, seen });
  /** A question that fails is one more thing to see, and those after it are asked all the same. */
  const seenBy = (ask: () => Promise<unknown>) => ask().catch(({ message }: Error) => message);
  return {
    async expect(what: string, expected: unknown, ask: () => Promise<unknown>): Promise<void> {
      record(what, expected, await seenBy(ask));
    },
    /** As expect, but it may take a while; says how long it took. */
    async eventually(what: string, expected: unknown, ask: () => Promise<unknown>): Promise<void> {
      const startedMs = performance.now();
      let seen = await seenBy(ask);
      while (!same(expected, seen) && performance.now() - startedMs < patienceMs) {
        await wait(100);
        seen = await seenBy(ask);
      }
      record(`${what} (after ${Math.round(performance.now() - startedMs)} ms)`, expected, seen);
    },
    /** Prints what was found since the last time. Resolves whether all of it was expected. */
    print(title: string): boolean {
      const rows = found.splice(0).map((finding) => ({ ...finding, '': isRight(finding) ? 'ok' : 'WRONG' }));
      console.log(`\n${title}`);
      console.table(rows);
      return rows.every(isRight);
    },
  };
}

const isRight = ({ expected, seen }: Finding) => same(expected, seen);
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
