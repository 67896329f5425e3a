/** Says what is wrong between the attacks, the guards and the sources. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from './attacks.ts';
import { changedTexts } from './change.ts';
import { type Guard, testOf } from './guards.ts';

/** A sentence for each attack without a guard, guard that cannot be removed, and removal that belongs to no attack. */
export function problemsOf(root: string, attacks: readonly Attack[], guards: readonly Guard[]): string[] {
  const changed = new Set(guards.flatMap(({ changes }) => changes.map(({ file }) => file)));
  const files = [...new Set(attacks.map(({ guard }) => guard))];
  return [
    ...files.filter((file) => !existsSync(join(root, file))).map((file) => `There is no guard ${file}`),
    ...files.filter((file) => !changed.has(file)).map((file) => `Nothing removes the guard ${file}`),
    ...guards
      .filter(({ name }, at) => guards[at - 1]?.name === name)
      .map(({ name }) => `Two guards are called ${name}`),
    ...guards.flatMap((guard) => problemsOfGuard(root, attacks, guard)),
  ];
}

function problemsOfGuard(root: string, attacks: readonly Attack[], guard: Guard): string[] {
  const { name, path, shownBy } = guard;
  const played = attacks.filter((attack) => shownBy.includes(attack.name));
  const isBeside = played.some((attack) => attack.path === testOf(guard));
  return [
    ...shownBy
      .filter((attack) => played.every((one) => one.name !== attack))
      .map((attack) => `${name} is shown by an attack that no test has: ${attack}`),
    ...(isBeside ? [] : [`${name} is in ${path}, but ${testOf(guard)} plays none of its attacks`]),
    ...obstacleOf(root, guard),
  ];
}

/** Nothing when its changes fit the sources. */
function obstacleOf(root: string, guard: Guard): string[] {
  try {
    changedTexts(guard.changes, (file) => readFileSync(join(root, file), 'utf8'));
    return [];
  } catch (error) {
    return [`${guard.name} cannot be removed: ${error instanceof Error ? error.message : String(error)}`];
  }
}
