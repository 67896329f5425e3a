/** The operator's folder: a copy of this tree as a clean checkout has it, in which the files of the documentation may be written. */
import { copyFileSync, existsSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../tools/programs/execute.ts';
import { repository, runFolder } from './places.ts';

export const workplace = path.join(runFolder, 'workplace');

export async function copyTree(): Promise<void> {
  const args = ['-C', repository, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = (await run('git', args)).split('\0').filter((file) => file !== '');
  for (const file of files) {
    const from = path.join(repository, file);
    // One that is deleted and not yet committed.
    if (!existsSync(from)) continue;
    mkdirSync(path.dirname(path.join(workplace, file)), { recursive: true });
    copyFileSync(from, path.join(workplace, file));
    // As it was: a build takes what it built from the same files before.
    const { atime, mtime } = statSync(from);
    utimesSync(path.join(workplace, file), atime, mtime);
  }
}
