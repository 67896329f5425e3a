/** Finds folders of sources with more files than a reader takes in at a glance. */
import { dirname } from 'node:path';
import { sourceFiles } from '../source-files.ts';

/** With the README. Tests, migrations and pages of documentation are found by their names, however many there are. */
const most = 25;
const sources = /^(?:(?:packages|services)\/[^/]+\/src|tools|lab)\/(?!.*(?:^|\/)test\/)/;

/** One sentence for each folder; empty when all is well. */
export const fullFolders = (root: string) => tooFull(sourceFiles(root, sources));

export function tooFull(paths: readonly string[]): string[] {
  return [...Map.groupBy(paths, (path) => dirname(path))]
    .filter(([, files]) => files.length > most)
    .map(([folder, files]) => `${folder} has ${files.length} files: at most ${most}, so give some a folder`);
}
