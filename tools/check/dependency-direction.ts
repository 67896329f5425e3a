/** Refuses imports against the order of packages, folders and files that layers.json sets, types included. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileCycles, type Import, readSources } from './import-graph.ts';

const layersFile = 'tools/check/layers.json';

/** The one file with the order. A place is a package or a service, such as `packages/cli`. */
interface Layers {
  /** Places whose folders and files are not in order yet: only the package and driver rules apply there. */
  pending: string[];
  /** In the order of the places: one may import the packages it names, all of them listed before it. */
  places: Record<string, Place>;
}

interface Place {
  packages: string[];
  /** Folders and files of `src`, and folders in these, lowest first. `*.ts` stands for the files that the list does not name. */
  layers: string[];
}

/** Drivers that only stores and the composition root may import for more than their types. */
const drivers = new Set(['pg', 'ioredis']);
const mayImportDrivers = /(^|\/)(deps|store|[a-z-]*store)\.ts$/;

/** One sentence for each broken rule; empty when all is well. */
export function wrongImports(root: string): string[] {
  const { pending, places } = JSON.parse(readFileSync(join(root, layersFile), 'utf8')) as Layers;
  const sources = readSources(root);
  const ordered = sources.filter(({ path }) => !pending.includes(placeOf(path)));
  return [
    ...wrongPlaces(places),
    ...Object.entries(places).flatMap(([name, place]) =>
      pending.includes(name) ? [] : missingLayers(root, name, place),
    ),
    ...sources.flatMap(({ imports }) =>
      imports.flatMap((one) => [
        ...wrongPackage(one, places),
        ...leavesPlace(one),
        ...wrongDomain(one),
        ...wrongDriver(one),
      ]),
    ),
    ...ordered.flatMap(({ path, imports }) => {
      const layers = places[placeOf(path)]?.layers ?? [];
      return [...unlisted(path, layers), ...imports.flatMap((one) => wrongLayer(one, layers))];
    }),
    ...fileCycles(ordered.flatMap(({ imports }) => imports)).map(
      ([first, ...rest]) =>
        `${first} imports ${rest.join(', which imports ')}: no files may import each other in a cycle, types included.`,
    ),
  ];
}

/** A place may only name packages listed before it, so packages have no cycle either. */
function wrongPlaces(places: Layers['places']): string[] {
  const names = Object.keys(places);
  return names.flatMap((name, index) =>
    (places[name]?.packages ?? [])
      .filter((target) => !names.slice(0, index).includes(`packages/${target}`))
      .map((target) => `${layersFile}: ${name} names the package ${target}, which is not listed before it.`),
  );
}

function missingLayers(root: string, name: string, { layers }: Place): string[] {
  return layers
    .filter((layer) => layer !== '*.ts' && !existsSync(join(root, name, 'src', layer)))
    .map((layer) => `${layersFile}: ${name}/src/${layer} is listed and does not exist.`);
}

function wrongPackage({ path, specifier }: Import, places: Layers['places']): string[] {
  const place = places[placeOf(path)];
  if (place === undefined) return [`${path}: ${layersFile} does not list ${placeOf(path)}.`];
  const [scope, target = ''] = specifier.split('/');
  if (scope !== '@gatehouse' || place.packages.includes(target)) return [];
  return [
    `${path} imports ${specifier}: ${placeOf(path)} may import ${place.packages.join(', ') || 'no package'} (${layersFile}).`,
  ];
}

function leavesPlace({ path, target }: Import): string[] {
  if (target === undefined || target.startsWith(`${placeOf(path)}/src/`)) return [];
  return [`${path} imports ${target}: a relative import stays inside ${placeOf(path)}/src.`];
}

function unlisted(path: string, layers: readonly string[]): string[] {
  const layer = layerOf(path, layers);
  if (rankOf(layer, layers) >= 0) return [];
  return [`${path}: ${layersFile} does not list ${layer} in ${placeOf(path)}.`];
}

/** The order inside a place: a folder or file imports only from those listed before it. */
function wrongLayer({ path, target }: Import, layers: readonly string[]): string[] {
  if (target === undefined || placeOf(path) !== placeOf(target)) return [];
  const [from, to] = [layerOf(path, layers), layerOf(target, layers)];
  if (from === to || rankOf(to, layers) <= rankOf(from, layers)) return [];
  return [
    `${path} imports ${target}: ${from} may import only what ${layersFile} lists before it, and ${to} comes after it.`,
  ];
}

/** A domain calls another one through its service, never through its store or its routes; types of a row are free. */
function wrongDomain({ path, target, isTypeOnly }: Import): string[] {
  if (target === undefined || isTypeOnly || !path.startsWith('services/')) return [];
  const isInFolder = path.split('/').length > 4 && target.split('/').length > 4;
  if (!isInFolder || folderOf(path) === folderOf(target) || !/(^|[-/])(store|routes)\.ts$/.test(target))
    return [];
  return [
    `${path} imports ${target}: ${folderOf(path)} must use the service of ${folderOf(target)}, not its store or routes.`,
  ];
}

function wrongDriver({ path, specifier, isTypeOnly }: Import): string[] {
  if (isTypeOnly || !path.startsWith('services/') || !drivers.has(specifier)) return [];
  return mayImportDrivers.test(path)
    ? []
    : [`${path} imports ${specifier}: only stores and deps.ts import a driver.`];
}

/** `packages/cli` of `packages/cli/src/output/table.ts`. */
function placeOf(path: string) {
  return path.split('/').slice(0, 2).join('/');
}

/** `output` of `packages/cli/src/output/table.ts`, `main.ts` of `packages/cli/src/main.ts`. */
function folderOf(path: string) {
  return path.split('/')[3] ?? '';
}

/** The folder or file; a folder in it that is listed by itself, such as `environment-api/administration`. */
function layerOf(path: string, layers: readonly string[]) {
  const inner = path.split('/').slice(3, 5).join('/');
  return layers.includes(inner) ? inner : folderOf(path);
}

function rankOf(layer: string, layers: readonly string[]) {
  const rank = layers.indexOf(layer);
  return rank < 0 && layer.endsWith('.ts') ? layers.indexOf('*.ts') : rank;
}
