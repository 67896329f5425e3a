/** Reads the order of packages, services and tools from layers.json, and says where a file stands in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const layersFile = 'tools/check/layers.json';

/** The one file with the order. A place is a package or a service, such as `packages/cli`, `tools` or `lab`. */
export interface Layers {
  /** Places whose folders and files are not in order yet: only the package and driver rules apply there. */
  pending: string[];
  /** In the order of the places: one may import the packages it names, all of them listed before it. */
  places: Record<string, Place>;
}

export interface Place {
  packages: string[];
  /** Where its layers are; `src` of its own folder if it does not say so. */
  folder?: string;
  /** Places whose files it may import by their path. */
  beside?: string[];
  /** Folders and files, lowest first. `*.ts` stands for the files that the list does not name. */
  layers: string[];
}

export function readLayers(root: string): Layers {
  return JSON.parse(readFileSync(join(root, layersFile), 'utf8'));
}

export function folderOfPlace(name: string, { folder = `${name}/src` }: Place): string {
  return folder;
}

/** `packages/cli` of `packages/cli/src/output/table.ts`. */
export function ownerOf(path: string, places: Layers['places']): string {
  const holder = Object.keys(places).find((name) => isIn(path, name, places));
  return holder ?? path.split('/').slice(0, 2).join('/');
}

/** `output` of `packages/cli/src/output/table.ts`, `main.ts` of `packages/cli/src/main.ts`. */
export function layerOf(path: string, name: string, places: Layers['places']): string {
  const place = places[name];
  if (place === undefined) return '';
  return path.slice(folderOfPlace(name, place).length + 1).split('/')[0] ?? '';
}

/** Its number in the list of the place; -1 where the list does not have it. */
export function rankOf(layer: string, name: string, places: Layers['places']): number {
  const layers = places[name]?.layers ?? [];
  const rank = layers.indexOf(layer);
  return rank < 0 && layer.endsWith('.ts') ? layers.indexOf('*.ts') : rank;
}

/** Those of packages and services are outside of `src`. A configuration of vitest belongs to the tests that it starts. */
export function isTest(path: string): boolean {
  return /^(?:tools|examples|lab)\/(?:(?:.*\/)?test\/|vitest\.config\.ts$)/.test(path);
}

function isIn(path: string, name: string, places: Layers['places']): boolean {
  const place = places[name];
  return place !== undefined && !isTest(path) && path.startsWith(`${folderOfPlace(name, place)}/`);
}
