/** Reads the imports of source files and finds files and folders that import each other in a cycle. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { sourceFiles } from '../source-files.ts';
import { isTest } from './layers.ts';

export interface Import {
  /** The importing file, from the root of the repository. */
  path: string;
  specifier: string;
  /** The imported file, when the specifier is relative. */
  target: string | undefined;
  isTypeOnly: boolean;
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
/** `import('./x.ts')` in code and in types. */
const expression = /\bimport\(\s*['"]([^'"]+)['"]/g;

/** The sources of all packages, services and tools, tests excluded. */
export function readSources(root: string) {
  return sourceFiles(
    root,
    /^(?:(?:services|packages)\/[^/]+\/src\/.*\.ts|(?:tools|examples|lab)\/.*\.(?:ts|mjs))$/,
  )
    .filter((path) => !isTest(path))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, imports: importsOf(path, readFileSync(join(root, path), 'utf8')) }));
}

function importsOf(path: string, text: string): Import[] {
  const found = [
    ...[...text.matchAll(statement)].map(([, type, specifier = '']) => ({ type, specifier })),
    ...[...text.matchAll(expression)].map(([, specifier = '']) => ({ type: undefined, specifier })),
  ];
  return found.map(({ type, specifier }) => ({
    path,
    specifier,
    target: specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : undefined,
    isTypeOnly: type !== undefined,
  }));
}

/** One path for each group of files that import each other: it starts and ends with the same file. */
export function fileCycles(imports: readonly Import[]): string[][] {
  return cyclesOf(
    imports.flatMap(({ path, target }) => (target === undefined ? [] : [[path, target] as const])),
  );
}

/** The same of folders that stand side by side, at any depth. */
export function folderCycles(imports: readonly Import[]): string[][] {
  return cyclesOf(
    imports.flatMap(({ path, target }) => (target === undefined ? [] : siblings(path, target))),
  );
}

/** The two folders, in the last folder that holds both files, that lead to them. */
function siblings(path: string, target: string): [string, string][] {
  const [from, to] = [path.split('/'), target.split('/')];
  const depth = from.findIndex((name, index) => name !== to[index]);
  const isInFolders = depth >= 0 && from.length > depth + 1 && to.length > depth + 1;
  return isInFolders ? [[from.slice(0, depth + 1).join('/'), to.slice(0, depth + 1).join('/')]] : [];
}

function cyclesOf(imports: readonly (readonly [string, string])[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const [from, to] of imports) edges.set(from, [...(edges.get(from) ?? []), to]);

  const reported = new Set<string>();
  return [...edges.keys()].flatMap((start) => {
    const cycle = reported.has(start) ? undefined : minCycle(start, edges);
    for (const path of cycle ?? []) reported.add(path);
    return cycle === undefined ? [] : [cycle];
  });
}

/** Breadth first from the file until an import leads back to it. */
function minCycle(start: string, edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const paths = new Map<string, string[]>([[start, [start]]]);
  for (const [file, path] of paths)
    for (const next of edges.get(file) ?? []) {
      if (next === start) return [...path, start];
      if (!paths.has(next)) paths.set(next, [...path, next]);
    }
  return undefined;
}
