/** Builds the release before in a folder of its own, with the Node and pnpm of this tree. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../tools/programs/execute.ts';
import { repositoryFolder } from '../../tools/stack/processes/node-program.ts';
import { previousCommit, unpackTree } from '../cluster/previous/release-before.ts';

/** Ignored by git; may be deleted at any time but while the command runs. */
const folder = path.join(repositoryFolder, '.gatehouse/previous');

/** The folder, which a later run finds built. @throws Skipped where this clone does not have the commit */
export async function buildPreviousTree(): Promise<string> {
  const commit = await previousCommit();
  const tree = path.join(folder, commit.slice(0, 12));
  await unpackTree(commit, tree);
  const own = path.join(tree, '.gatehouse');
  mkdirSync(own, { recursive: true });
  const toolchain = path.join(own, 'toolchain');
  // The same versions are the same programs; of others it installs its own in place of the link.
  if (!existsSync(toolchain)) symlinkSync(path.join(repositoryFolder, '.gatehouse/toolchain'), toolchain);
  await run(process.execPath, ['tools/bootstrap.mjs', 'build'], { cwd: tree });
  return tree;
}
