/** Finds the files of a configuration, and keeps every path inside of the folder that was named. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, sep } from 'node:path';
import { maxApplyBytes } from '@gatehouse/contracts/documents';
import { DocumentProblems } from './problems.ts';

export interface SourceFile {
  /** As the person knows it. */
  path: string;
  text: string;
  /** Of the file itself, without links; undefined for standard input. */
  realPath: string | undefined;
  /** References of the file lead nowhere else. */
  root: string | undefined;
}

/** What was named by one -f. */
export type Layer = readonly SourceFile[];

const extensions = new Set(['.yaml', '.yml', '.json']);
/** The reader takes more than a hundred times the length of a file in memory. */
const maxFileBytes = 5 * 1000 * 1000;

/** In the order of their names, folders too: what counts must not depend on the file system. `stdin`: the text for `-`. @throws DocumentProblems */
export function sourcesOf(given: readonly string[], stdin: string | undefined): Layer[] {
  const problems = new DocumentProblems();
  let bytes = 0;
  const layers = given.map((path) => {
    const files = path === '-' ? [standardInput(stdin ?? '')] : layerOf(path, problems);
    for (const { text } of files) bytes += Buffer.byteLength(text);
    return files;
  });
  if (bytes > maxApplyBytes)
    problems.add(
      { file: given.join(', ') },
      `are ${bytes} bytes, and ${maxApplyBytes} can be applied at once`,
    );
  problems.end();
  return layers;
}

const standardInput = (text: string): SourceFile => ({
  path: 'standard input',
  text,
  realPath: undefined,
  root: undefined,
});

function layerOf(path: string, problems: DocumentProblems): SourceFile[] {
  const real = realPathOf(path);
  if (real === undefined) {
    problems.add({ file: path }, 'is not there: -f names a file, a folder, or - for standard input');
    return [];
  }
  if (!statSync(real).isDirectory()) return readInto([], { path, real, root: dirname(real) }, problems);
  const files = filesBelow({ path, real, root: real }, problems, new Set());
  if (files.length === 0) problems.add({ file: path }, 'has no file that ends with .yaml, .yml or .json');
  return files;
}

interface Place {
  path: string;
  real: string;
  root: string;
}

/** `seen`: a volume of Kubernetes and some repositories show a file under several names, and links can make a circle. */
function filesBelow(
  { path, real, root }: Place,
  problems: DocumentProblems,
  seen: Set<string>,
): SourceFile[] {
  const files: SourceFile[] = [];
  seen.add(real);
  for (const name of readdirSync(real).toSorted()) {
    // `.git`, and `..data` of a volume of Kubernetes.
    if (name.startsWith('.')) continue;
    const shown = join(path, name);
    const target = realPathOf(join(real, name));
    const isFolder = target !== undefined && statSync(target).isDirectory();
    if (!isFolder && !extensions.has(extname(name).toLowerCase())) continue;
    if (target === undefined || !isInside(root, target)) {
      problems.add({ file: shown }, `is a link that leaves ${basename(root)}: keep the file in the folder`);
      continue;
    }
    if (seen.has(target)) continue;
    const place = { path: shown, real: target, root };
    if (isFolder) files.push(...filesBelow(place, problems, seen));
    else readInto(files, place, problems);
    seen.add(target);
  }
  return files;
}

function readInto(
  files: SourceFile[],
  { path, real, root }: Place,
  problems: DocumentProblems,
): SourceFile[] {
  const stat = statSync(real);
  const { size } = stat;
  if (!stat.isFile()) problems.add({ file: path }, 'is no file: - reads standard input');
  else if (size > maxFileBytes)
    problems.add({ file: path }, `is ${size} bytes; ${maxFileBytes} can be read: use several files`);
  else files.push({ path, text: readFileSync(real, 'utf8'), realPath: real, root });
  return files;
}

/** Without links; undefined where nothing is. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Of two real paths. */
export const isInside = (root: string, target: string): boolean =>
  target === root || target.startsWith(root.endsWith(sep) ? root : root + sep);
