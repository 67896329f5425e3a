/** Derives the columns of a list from the description of its resource. */
import { described, type Resource } from '@gatehouse/contracts/resource';
import type { Columns } from './table.ts';

/** First those of the command, then the described ones that it does not show. `hidden`: fields that it shows in a form of its own, or not. */
export function columnsOf<Row>(
  resource: Resource,
  own: Columns<Row>,
  hidden: readonly string[] = [],
): Columns<Row> {
  const shown: readonly unknown[] = [...Object.values(own), ...hidden];
  const others = described(resource).filter(([name, , { isColumn }]) => isColumn && !shown.includes(name));
  const further = others.map(([name, , { label }]) => [
    label.toLowerCase(),
    (row: Row) => (row as Readonly<Record<string, unknown>>)[name],
  ]);
  return { ...own, ...Object.fromEntries(further) };
}
