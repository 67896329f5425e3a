/** The figures for people. */
import type { RowResult } from './measure.ts';
import type { Row } from './rows/row.ts';

export function printTable(results: readonly RowResult[], rows: readonly Row[]): void {
  const lines = results.map((result) => {
    const row = rows.find(({ name }) => name === result.name) as Row;
    return {
      row: result.name,
      'per second': result.perSecond,
      'of floor': result.ratioToFloor,
      aim: row.aimToFloor,
      'of form post': result.ratioToFormPost,
      must: row.mustToFormPost ?? '',
      'p50 ms': result.p50Ms,
      'p99 ms': result.p99Ms,
      'RSS MiB': result.rssMiB,
      'CPU us': result.cpuUs,
      'times the peer': result.ratioToPeer ?? '',
    };
  });
  console.table(lines);
}
