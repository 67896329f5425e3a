/** Finds promises of later work and tests that do not run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

// Built from parts, so that this file does not find itself.
const promise = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'not ' + 'implemented'].join('|')})\\b`,
);
const silenced = /\b(?:test|it|describe)\.(?:skip|only|todo)\(/;

/** `path:line text` for each place. */
export function unfinishedWork(root: string): string[] {
  return sourceFiles(root, /\.(ts|mjs|sql|eta|ya?ml|css)$/)
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) =>
      readFileSync(join(root, path), 'utf8')
        .split('\n')
        .flatMap((line, index) =>
          promise.test(line) || silenced.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [],
        ),
    );
}
