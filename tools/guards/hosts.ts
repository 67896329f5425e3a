/** Runs tests in a copy of the sources, some files of which may have other texts, by a process that starts anew when a run does not end. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from './attacks.ts';
import { copySources } from './copy.ts';
import type { TestRun, TestStatus } from './test-host.ts';
import { patternOf } from './test-names.ts';

export type Host = ReturnType<typeof createHost>;

/** A test without a guard may do something for ever. */
const longestRunMs = 600_000;
const longestEndMs = 30_000;

/** `interruption`: ends the run that is going on. */
export function createHost(root: string, interruption: AbortSignal) {
  const copy = copySources(root);
  let running: Promise<ChildProcess> | undefined;

  function write(texts: ReadonlyMap<string, string>): void {
    for (const [file, text] of texts) writeFileSync(join(copy, file), text);
  }

  const read = (file: string) => readFileSync(join(copy, file), 'utf8');

  return {
    read,
    /** Runs the tests of the attacks, and no others. Without a status for any when they do not end. */
    async run(
      attacks: readonly Attack[],
      texts: ReadonlyMap<string, string> = new Map(),
    ): Promise<TestStatus[]> {
      const before = new Map([...texts.keys()].map((file) => [file, read(file)]));
      const tests = [...Map.groupBy(attacks, ({ path }) => path)].map(([path, some]) => ({
        path,
        pattern: patternOf(some),
      }));
      write(texts);
      running ??= start(copy);
      const child = await running;
      try {
        // A single attack is shown by the first test that fails; others may wait long for what does not come.
        const isShort = texts.size > 0 && new Set(attacks.map(({ name }) => name)).size === 1;
        return await ask(child, { changed: [...texts.keys()], tests, isShort }, interruption);
      } catch (error) {
        if (interruption.aborted) return [];
        console.log(`FAIL the tests did not end: ${error instanceof Error ? error.message : String(error)}`);
        running = undefined;
        kill(child);
        return [];
      } finally {
        write(before);
      }
    },
    async close(): Promise<void> {
      const child = await running;
      if (child?.connected) {
        const ended = once(child, 'exit', { signal: AbortSignal.timeout(longestEndMs) });
        child.disconnect();
        await ended.catch(() => undefined);
        // A test without its guard may leave a process that it has started.
        kill(child);
      }
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

async function start(copy: string): Promise<ChildProcess> {
  const child = fork('tools/guards/test-host.ts', {
    cwd: copy,
    execArgv: ['--conditions=source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A group of its own, which ends with all that the tests have started.
    detached: true,
  });
  await once(child, 'message');
  return child;
}

function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended, and all that it had started.
  }
}

async function ask(child: ChildProcess, run: TestRun, interruption: AbortSignal): Promise<TestStatus[]> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, interruption, AbortSignal.timeout(longestRunMs)]);
  const death = once(child, 'exit', { signal }).then(() => {
    throw new Error('the process of the tests ended');
  });
  try {
    child.send(run);
    const [statuses] = await Promise.race([once(child, 'message', { signal }), death]);
    return statuses as TestStatus[];
  } finally {
    over.abort();
    death.catch(() => undefined);
  }
}
