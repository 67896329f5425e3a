/** Says how each kind of request fared in each phase of an upgrade and its roll-back. */
import { percentile } from '../../harness/percentile.ts';
import type { Sent } from '../../harness/record.ts';
import { type Columns, tableOf } from '../../harness/table.ts';

export const phases = [
  'N−1 alone',
  'upgrading',
  'side by side',
  'N alone',
  'rolling back',
  'N−1 on the migrated schema',
] as const;
export type Phase = (typeof phases)[number];

/** A phase lasts until the next one begins, and may come more than once. */
export interface Begun {
  phase: Phase;
  beganMs: number;
}

interface Row {
  kind: string;
  requests: Record<Phase, number>;
  failed: number;
  p99Ms: number;
}

const columns: Columns<Row> = {
  kind: ({ kind }) => kind,
  ...Object.fromEntries(phases.map((phase) => [phase, ({ requests }: Row) => String(requests[phase])])),
  failed: ({ failed }) => String(failed),
  'p99, ms': ({ p99Ms }) => String(Math.round(p99Ms)),
};

/** @param begun in the order of time; what was sent belongs to the phase in which it was begun */
export function phaseTable(sent: readonly Sent[], begun: readonly Begun[]): string {
  const phaseOf = ({ startedMs }: Sent) => begun.findLast(({ beganMs }) => beganMs <= startedMs)?.phase;
  const rowOf = (kind: string, ones: readonly Sent[]): Row => {
    const groups = Map.groupBy(ones, phaseOf);
    const counts = phases.map((phase) => [phase, groups.get(phase)?.length ?? 0] as const);
    return {
      kind,
      requests: Object.fromEntries(counts) as Row['requests'],
      failed: ones.filter(({ isRight }) => !isRight).length,
      p99Ms: percentile(
        ones.map(({ startedMs, endedMs }) => endedMs - startedMs),
        0.99,
      ),
    };
  };
  const kinds = [...Map.groupBy(sent, ({ kind }) => kind)].map(([kind, ones]) => rowOf(kind, ones));
  return tableOf(columns, [...kinds, rowOf('all', sent)]);
}
