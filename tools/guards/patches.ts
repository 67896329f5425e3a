/** Reads the patches that remove a guard each, and what is wrong between them and the attacks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from './attacks.ts';

export interface Patch {
  name: string;
  /** From the root. */
  file: string;
  /** Files that it changes, from the root. */
  changes: string[];
  /** Names of the attacks that succeed with it: the tests of these must fail. */
  shownBy: string[];
}

const folder = 'tools/guards/patches';

export function readPatches(root: string): Patch[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, folder, file), 'utf8');
      const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
      return {
        name: file.slice(0, -'.patch'.length),
        file: join(folder, file),
        changes: all(/^\+\+\+ b\/(.*)$/gm),
        shownBy: all(/^Shown by: (.*)$/gm),
      };
    });
}

/** A sentence for each attack without a guard, guard without a patch, and patch without an attack. */
export function problemsOf(root: string, attacks: readonly Attack[], patches: readonly Patch[]): string[] {
  const names = new Set(attacks.map(({ name }) => name));
  const changed = new Set(patches.flatMap(({ changes }) => changes));
  const guards = [...new Set(attacks.map(({ guard }) => guard))];
  return [
    ...guards.filter((guard) => !existsSync(join(root, guard))).map((guard) => `There is no guard ${guard}`),
    ...guards
      .filter((guard) => !changed.has(guard))
      .map((guard) => `No patch in ${folder} removes the guard ${guard}`),
    ...patches.flatMap(({ name, shownBy }) => [
      ...(shownBy.length === 0 ? [`${name}.patch has no line "Shown by: attack"`] : []),
      ...shownBy
        .filter((attack) => !names.has(attack))
        .map((attack) => `${name}.patch is shown by an attack that no test has: ${attack}`),
    ]),
  ];
}
