/** Refuses imports against the order of packages, folders and files that layers.json sets, types included. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileCycles, folderCycles, type Import, readSources } from './import-graph.ts';
import { isLabAway, labUses } from './lab.ts';
import {
  folderOfPlace,
  type Layers,
  layerOf,
  layersFile,
  ownerOf,
  type Place,
  rankOf,
  readLayers,
} from './layers.ts';

/** Drivers that only stores may import for more than their types. */
const drivers = new Set(['pg', 'ioredis']);
const mayImportDrivers = /(^|\/)[a-z-]*store\.ts$/;

/** One sentence for each broken rule; empty when all is well. */
export function wrongImports(root: string): string[] {
  const { pending, places } = readLayers(root);
  const sources = readSources(root);
  const ordered = sources.filter(({ path }) => !pending.includes(ownerOf(path, places)));
  const imports = ordered.flatMap((source) => source.imports);
  return [
    ...wrongPlaces(places),
    ...Object.entries(places).flatMap(([name, place]) =>
      pending.includes(name) ? [] : missingLayers(root, name, place),
    ),
    ...sources.flatMap((source) =>
      source.imports.flatMap((one) => [
        ...wrongPackage(one, places),
        ...leavesPlace(one, places),
        ...wrongDomain(one, places),
        ...wrongDriver(one),
      ]),
    ),
    ...ordered.flatMap(({ path }) => unlisted(path, places)),
    ...imports.flatMap((one) => wrongLayer(one, places)),
    ...fileCycles(imports).map((cycle) => refusedCycle('files', cycle)),
    ...folderCycles(imports).map((cycle) => refusedCycle('folders', cycle)),
    ...labUses(root),
  ];
}

/** A place may only name packages listed before it, so packages have no cycle either. */
function wrongPlaces(places: Layers['places']): string[] {
  const names = Object.keys(places);
  return names.flatMap((name, index) =>
    (places[name]?.packages ?? [])
      .filter((target) => !names.slice(0, index).some((before) => packageOf(before) === target))
      .map((target) => `${layersFile}: ${name} names the package ${target}, which is not listed before it.`),
  );
}

function missingLayers(root: string, name: string, place: Place): string[] {
  if (name === 'lab' && isLabAway(root)) return [];
  const folder = folderOfPlace(name, place);
  return place.layers
    .filter((layer) => layer !== '*.ts' && !existsSync(join(root, folder, layer)))
    .map((layer) => `${layersFile}: ${folder}/${layer} is listed and does not exist.`);
}

function wrongPackage({ path, specifier }: Import, places: Layers['places']): string[] {
  const name = ownerOf(path, places);
  const place = places[name];
  if (place === undefined) return [`${path}: ${layersFile} does not list ${name}.`];
  const [scope, target = ''] = specifier.split('/');
  if (scope !== '@gatehouse' || place.packages.includes(target)) return [];
  return [
    `${path} imports ${specifier}: ${name} may import ${place.packages.join(', ') || 'no package'} (${layersFile}).`,
  ];
}

function leavesPlace({ path, target }: Import, places: Layers['places']): string[] {
  const name = ownerOf(path, places);
  const place = places[name];
  if (target === undefined || place === undefined) return [];
  const within = ownerOf(target, places);
  if (within in places && [name, ...(place.beside ?? [])].includes(within)) return [];
  const others = (place.beside ?? []).map((other) => ` or of ${other}`).join('');
  return [
    `${path} imports ${target}: a relative import stays inside ${folderOfPlace(name, place)}${others}.`,
  ];
}

function unlisted(path: string, places: Layers['places']): string[] {
  const name = ownerOf(path, places);
  const layer = layerOf(path, name, places);
  if (!(name in places) || rankOf(layer, name, places) >= 0) return [];
  return [`${path}: ${layersFile} does not list ${layer} in ${name}.`];
}

/** The order inside a place: a folder or file imports only from those listed before it. */
function wrongLayer({ path, target }: Import, places: Layers['places']): string[] {
  const name = ownerOf(path, places);
  if (target === undefined || name !== ownerOf(target, places)) return [];
  const [from, to] = [layerOf(path, name, places), layerOf(target, name, places)];
  if (from === to || rankOf(to, name, places) <= rankOf(from, name, places)) return [];
  return [
    `${path} imports ${target}: ${from} may import only what ${layersFile} lists before it, and ${to} comes after it.`,
  ];
}

/** A domain calls another one through its service, never through its store or its routes; types of a row are free. */
function wrongDomain({ path, target, isTypeOnly }: Import, places: Layers['places']): string[] {
  if (target === undefined || isTypeOnly || !path.startsWith('services/')) return [];
  const name = ownerOf(path, places);
  const isInFolder = path.split('/').length > 4 && target.split('/').length > 4;
  const isOfOther = layerOf(path, name, places) !== layerOf(target, name, places);
  const isOtherRoute = isInFolder && isOfOther && /(^|[-/])routes\.ts$/.test(target);
  const isOtherStore = isInFolder && isApart(path, target) && /(^|[-/])store\.ts$/.test(target);
  if (!isOtherRoute && !isOtherStore) return [];
  return [
    `${path} imports ${target}: ${dirname(path)} must use the service of ${dirname(target)}, not its store or routes.`,
  ];
}

/** An area has several domains: files are of one domain where the folder of one holds the other. */
function isApart(path: string, target: string): boolean {
  const [from, to] = [`${dirname(path)}/`, `${dirname(target)}/`];
  return !from.startsWith(to) && !to.startsWith(from);
}

function wrongDriver({ path, specifier, isTypeOnly }: Import): string[] {
  if (isTypeOnly || !path.startsWith('services/') || !drivers.has(specifier)) return [];
  return mayImportDrivers.test(path) ? [] : [`${path} imports ${specifier}: only stores import a driver.`];
}

/** The name by which other places import it. */
function packageOf(name: string) {
  return name.replace('packages/', '');
}

function refusedCycle(kind: 'files' | 'folders', [first, ...rest]: string[]) {
  return `${first} imports ${rest.join(', which imports ')}: no ${kind} may import each other in a cycle, types included.`;
}
