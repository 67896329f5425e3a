/** Names the commit of the release before, and unpacks its sources. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { attempt, run } from '../../../tools/programs/execute.ts';
import { repository } from '../places.ts';
import { Skipped } from '../step.ts';

/** The full hash of the commit that the file names. @throws Skipped where this clone does not have it */
export async function previousCommit(): Promise<string> {
  const commit = readFileSync(path.join(repository, 'lab/cluster/previous-release'), 'utf8').trim();
  const { exitCode } = await attempt('git', ['-C', repository, 'cat-file', '-e', `${commit}^{commit}`]);
  if (exitCode !== 0)
    throw new Skipped(`this clone does not have the commit ${commit.slice(0, 12)}: fetch the whole history`);
  return commit;
}

/** The files of a commit, as they were, in a new folder; a folder that is there already is left as it is. */
export async function unpackTree(commit: string, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const draft = `${folder}.${process.pid}`;
  const archive = `${draft}.tar`;
  mkdirSync(draft, { recursive: true });
  await run('git', ['-C', repository, 'archive', '--output', archive, commit]);
  await run('tar', ['-C', draft, '-xf', archive]);
  rmSync(archive);
  // Whole or not at all.
  renameSync(draft, folder);
}
