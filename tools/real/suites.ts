/** Gets real servers that slow suites need, runs the suites, and writes what they ran against. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeInteroperability } from './interoperability.ts';
import { type Needed, provide } from './provide.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `suites`: parts of the paths of those to run; none for all. Sets the exit code of this process. */
export async function runSuites(needed: readonly Needed[], suites: readonly string[]): Promise<void> {
  let hasFailed = false;
  for (const server of needed)
    await provide(server, `the suites that need ${server.name} are skipped`).catch((error: Error) => {
      // The suites of the other servers run all the same.
      console.error(error.message);
      hasFailed = true;
    });
  const vitest = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.real.config.ts', ...suites],
    { cwd: root, stdio: 'inherit' },
  );
  writeInteroperability();
  process.exitCode = vitest.status === 0 && !hasFailed ? 0 : vitest.status || 1;
}
