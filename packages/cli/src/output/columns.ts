/** Derives the columns of a list from the description of its resource. */
import { described, type Fields, type Resource } from '@gatehouse/contracts/resource/resource';
import type { Columns } from './table.ts';

/** Those that the command does not show under a title of its own, or leaves out. */
export function columnsBeside<F extends Fields>(
  resource: Resource<F>,
  shown: readonly (keyof F)[],
): Columns<object> {
  const others = described(resource).filter(([name, , { isColumn }]) => isColumn && !shown.includes(name));
  return Object.fromEntries(
    others.map(([name, , { label }]) => [
      label.toLowerCase(),
      (row: object) => (row as Readonly<Record<string, unknown>>)[name],
    ]),
  );
}
