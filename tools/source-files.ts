/** The files that git knows or would add: what a clone has. */
import { spawnSync } from 'node:child_process';

/** Paths from the root, with forward slashes. */
export function sourceFiles(root: string, pattern: RegExp): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const result = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (result.status !== 0) throw new Error(`git ls-files failed: ${result.stderr}`);
  return [...new Set(result.stdout.split('\n'))].filter((path) => pattern.test(path)).sort();
}
