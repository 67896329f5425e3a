/** Copies the sources, so that guards are removed from the copy. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

/** The folder of a copy, outside of the repository. */
export function copySources(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-guards-'));
  const files = sourceFiles(root, /./).filter((path) => existsSync(join(root, path)));
  for (const path of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  // The links of a package lead to its neighbours: copied as they are, they lead to the copies of these.
  for (const workspace of files
    .filter((path) => /^[^/]+(\/[^/]+)?\/package\.json$/.test(path))
    .map(dirname)) {
    const modules = join(workspace, 'node_modules');
    if (existsSync(join(root, modules))) {
      cpSync(join(root, modules), join(copy, modules), { recursive: true, verbatimSymlinks: true });
    }
  }
  return copy;
}
