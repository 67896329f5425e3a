/** Refuses what names a file of the laboratory from outside: `.ci/run` passes without these folders. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { sourceFiles } from '../source-files.ts';
import { folderOfPlace, type Layers, layersFile } from './layers.ts';

/** It names the programs of all commands; a command whose program is missing says so when it is started. */
const commands = 'tools/bootstrap/commands.mjs';

/** Paths of files: in imports, in addresses made of `import.meta.url`, and in arguments of programs. */
const quoted = /['"`]((?:\.{1,2}|@?[\w-]+)\/[^'"`\s]*)['"`]/g;

/** What the laboratory's own packages import by name; files of `tools` import each other by path. */
const toolsAsPackage = /^@gatehouse\/tools\b/;

/** Its folders where the tree has none of them, which is right; otherwise none. */
export function foldersAway(root: string, places: Layers['places']): string[] {
  const folders = foldersOf(places);
  return folders.some((folder) => existsSync(join(root, folder))) ? [] : folders;
}

/** One sentence for each place: in tools, tests, configurations and the product. */
export function laboratoryUses(root: string, places: Layers['places']): string[] {
  const folders = foldersOf(places);
  const isLaboratory = (path: string) => folders.some((folder) => path.startsWith(folder));
  return sourceFiles(root, /\.(?:ts|mjs)$/)
    .filter((path) => !isLaboratory(path) && path !== commands && existsSync(join(root, path)))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(quoted)]
        .map(([, named = '']) => (named.startsWith('.') ? normalize(join(dirname(path), named)) : named))
        .filter((named) => isLaboratory(named) || toolsAsPackage.test(named))
        .map(
          (named) =>
            `${path} names ${named}: only the laboratory (${layersFile}) may need a file of the laboratory.`,
        ),
    );
}

function foldersOf({ laboratory }: Layers['places']): string[] {
  if (laboratory === undefined) return [];
  return laboratory.layers.map((layer) => `${folderOfPlace('laboratory', laboratory)}/${layer}/`);
}
