/** What a request costs in an installation that has grown: the same rows before and after, each beside the form post of its own time. */
import type { BenchStack } from '../bench-stack.ts';
import { type MeasureOptions, measure, type RowResult } from '../measure.ts';
import { clientCredentialsRows } from '../rows/client-credentials.ts';
import { introspectRow } from '../rows/introspect.ts';
import { refreshRow } from '../rows/refresh.ts';
import { fill, scale } from './fill.ts';

export const scaleRowName = 'scale';
/** Most that the cost of a request may grow by. */
export const scaleAim = 1.1;

export interface ScaleResult {
  name: typeof scaleRowName;
  size: typeof scale;
  rows: { name: string; small: RowResult; large: RowResult; costGrewBy: number }[];
}

export async function measureScale(
  stack: BenchStack,
  options: MeasureOptions,
): Promise<{ result: ScaleResult; disturbedRounds: number }> {
  const [clientCredentials] = clientCredentialsRows;
  // Of this question only the product and the floor matter.
  const rows = [clientCredentials, introspectRow, refreshRow].flatMap((row) => {
    if (row === undefined) return [];
    const { peer: _peer, ...alone } = row;
    return [alone];
  });
  let disturbedRounds = 0;
  const all = async () => {
    const results: RowResult[] = [];
    for (const row of rows) {
      const measured = await measure(row, stack, options);
      disturbedRounds += measured.disturbedRounds;
      results.push(measured.result);
    }
    return results;
  };
  const small = await all();
  await fill(stack);
  const large = await all();
  return {
    disturbedRounds,
    result: {
      name: scaleRowName,
      size: scale,
      rows: small.flatMap((before, index) => {
        const after = large[index];
        if (after === undefined) return [];
        const costGrewBy = Math.round((100 * before.ratioToFloor) / after.ratioToFloor) / 100;
        return [{ name: before.name, small: before, large: after, costGrewBy }];
      }),
    },
  };
}

export function printScale({ rows, size }: ScaleResult): void {
  console.log(
    `with ${size.tokens} tokens, ${size.sessions} sessions and ${size.contactCenters} contact centres:`,
  );
  console.table(
    rows.map(({ name, small, large, costGrewBy }) => ({
      row: name,
      'small per second': small.perSecond,
      'large per second': large.perSecond,
      'small of floor': small.ratioToFloor,
      'large of floor': large.ratioToFloor,
      'cost grew by': costGrewBy,
      aim: scaleAim,
    })),
  );
}
