/** Describes what a part of the run found, and its columns in the table. */
import type { Columns } from '../../harness/table.ts';

export interface Row {
  name: string;
  /** In words, with their units. */
  figures: readonly string[];
  /** Findings that must not be; none when all is well. */
  faults: readonly string[];
  /** Why this machine cannot do it. */
  skipped?: string;
}

export const columns: Columns<Row> = {
  'what happens': ({ name }) => name,
  figures: ({ figures, skipped }) => (skipped === undefined ? figures.join('; ') : `skipped: ${skipped}`),
  'must not be': ({ faults, skipped }) => faults.join('; ') || (skipped === undefined ? 'none' : ''),
};
