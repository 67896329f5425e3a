/** Puts the version of the root package.json into every other file that says it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourceFiles } from '../source-files.ts';

/** Programs and OpenAPI documents read the package.json of their own folder; a chart's image has its appVersion. */
const places: readonly { files: RegExp; said: RegExp }[] = [
  { files: /^.+\/package\.json$/, said: /(?<=^ {2}"version": ")[^"]+/m },
  { files: /^charts\/[^/]+\/Chart\.yaml$/, said: /(?<=^(?:version|appVersion| {4}version): ).+$/gm },
  { files: /^docker\/Dockerfile$/, said: /(?<=^ARG VERSION=).+$/m },
  {
    files: /^docs\/(?:guides|start)\/.*\.md$/,
    said: /(?<=registry\.example\.com\/gatehouse\/[\w$-]+:|\b(?:auth-api|gatehouse-docs)-|documentation\.example\.com\/|charts\/[\w-]+ --version |^environment-api )\d+\.\d+\.\d+\b/gm,
  },
];

export function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Every file that says the version, as it has to be. */
export function versionFiles(root: string): { path: string; content: string }[] {
  const version = versionOf(root);
  return places.flatMap(({ files, said }) =>
    sourceFiles(root, files).map((path) => ({
      path,
      content: readFileSync(join(root, path), 'utf8').replace(said, version),
    })),
  );
}
