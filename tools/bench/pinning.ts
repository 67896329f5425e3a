/** Server on one core, load and Redis on the other: so that a ratio compares work and not scheduling. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const serverCore = 0;
export const loadCore = 1;

/** Asked before anything is pinned: afterwards this process sees one core only. */
const cores = availableParallelism();

/** False where it cannot be done; the figures are then only a hint. */
export function pin(pid: number, core: number): boolean {
  if (cores < 2) return false;
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}
