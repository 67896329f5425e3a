/** Gives the English texts of a resource's fields under the keys that other languages translate. */
import { inputsOf } from './inputs.ts';
import type { Resource } from './resource.ts';

export const labelKey = (resource: string, path: string) => `field.${resource}.${path}`;
export const helpKey = (resource: string, path: string) => `field.${resource}.${path}.help`;

export function englishTexts(resource: Resource): Record<string, string> {
  return Object.fromEntries(
    inputsOf(resource).flatMap(({ path, facts }) => [
      [labelKey(resource.name, path), facts.label],
      [helpKey(resource.name, path), facts.help],
    ]),
  );
}
