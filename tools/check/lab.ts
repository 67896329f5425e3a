/** Refuses what names a file of the laboratory from outside: `.ci/run` passes without `lab/`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { sourceFiles } from '../source-files.ts';

/** It names the programs of all commands; a command whose program is missing says so when it is started. */
const commands = 'tools/bootstrap/commands.mjs';

/** Paths of files: in imports, in addresses made of `import.meta.url`, and in arguments of programs. */
const quoted = /['"`]((?:\.{1,2}|@?[\w-]+)\/[^'"`\s]*)['"`]/g;

const ofLab = /^(?:@gatehouse\/)?lab\/./;

/** A tree without it is whole, too. */
export function isLabAway(root: string): boolean {
  return !existsSync(join(root, 'lab'));
}

/** One sentence for each place: in tools, examples, tests, configurations and the product. */
export function labUses(root: string): string[] {
  return sourceFiles(root, /\.(?:ts|mjs)$/)
    .filter((path) => !ofLab.test(path) && path !== commands && existsSync(join(root, path)))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(quoted)]
        .map(([, named = '']) => (named.startsWith('.') ? normalize(join(dirname(path), named)) : named))
        .filter((named) => ofLab.test(named))
        .map((named) => `${path} names ${named}: only the laboratory may need a file of the laboratory.`),
    );
}
