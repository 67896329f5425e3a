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
  const note = (what: string, expected: unknown, seen: unknown) => found.push({ what, expected, seen });
  return {
    async expect(what: string, expected: unknown, ask: () => Promise<unknown>): Promise<void> {
      note(what, expected, await ask());
    },
    /** As expect, but it may take a while; says how long it took. */
    async eventually(what: string, expected: unknown, ask: () => Promise<unknown>): Promise<void> {
      const startedMs = performance.now();
      let seen = await ask();
      while (!same(expected, seen) && performance.now() - startedMs < patienceMs) {
        await wait(100);
        seen = await ask();
      }
      note(`${what} (after ${Math.round(performance.now() - startedMs)} ms)`, expected, seen);
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
