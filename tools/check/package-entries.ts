/** Refuses entries of packages that are not doors: `index.ts` of a first folder, or a file of `src`. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sourceFiles } from '../source-files.ts';
import { type Import, readSources } from './import-graph.ts';

type Exports = Record<string, Record<'source' | 'types' | 'default', string>>;

const comments = /\/\*[\s\S]*?\*\//g;
/** `export { a, type B } from './x.ts'`: a star would open the whole file, and code has a file of its own. */
const named = /export (?:type )?\{[^}]*\} from '\.[^']*';/g;

/** One sentence for each broken rule; empty when all is well. */
export function wrongEntries(root: string): string[] {
  const manifests = sourceFiles(root, /^packages\/[^/]+\/package\.json$/);
  return [
    ...manifests.flatMap((manifest) => wrongManifest(root, manifest)),
    ...readSources(root).flatMap(({ imports }) => imports.flatMap(usedInside)),
  ];
}

function wrongManifest(root: string, manifest: string): string[] {
  const { exports = {} } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as { exports?: Exports };
  return Object.entries(exports).flatMap(([entry, conditions]) => {
    const source = sourcesOf(entry).find((path) => path === conditions.source);
    if (source === undefined)
      return [`${manifest}: ${entry} must be ${sourcesOf(entry).join(' or ')}, not ${conditions.source}.`];
    const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
    if (conditions.types !== `${built}.d.ts` || conditions.default !== `${built}.js`)
      return [`${manifest}: types and default of ${entry} must be ${built}.d.ts and ${built}.js.`];
    return wrongSource(root, join(dirname(manifest), source));
  });
}

/** Where the source of an entry may be; nowhere for an entry below a folder. */
function sourcesOf(entry: string): string[] {
  if (entry === '.') return ['./src/index.ts'];
  const [, name] = /^\.\/([^/]+)$/.exec(entry) ?? [];
  return name === undefined ? ['an entry of one name'] : [`./src/${name}/index.ts`, `./src/${name}.ts`];
}

function wrongSource(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [`${path} is an entry and does not exist.`];
  if (!path.endsWith('/index.ts')) return [];
  const rest = readFileSync(join(root, path), 'utf8').replaceAll(comments, '').replaceAll(named, '').trim();
  return rest === ''
    ? []
    : [`${path} may only name exports of other files, one by one: ${rest.split('\n')[0]}`];
}

/** A package does not enter by its own door: a cycle would be next. */
function usedInside({ path, target }: Import): string[] {
  const isEntry = target !== undefined && /^packages\/[^/]+\/src\/(?:[^/]+\/)?index\.ts$/.test(target);
  return isEntry
    ? [`${path} imports ${target}, which is for other packages: import the file that defines it.`]
    : [];
}
