/** Breaks an installation under load, one disturbance after the other. */
import { createCalls } from './calls.ts';
import { createHttp } from './http.ts';
import type { ChaosStack } from './installation.ts';
import { isCalm, longestCalmWaitMs, startLoad } from './load.ts';
import { createRecord, type Record as LoadRecord } from './record.ts';
import type { Row } from './verdict.ts';

/** The row of each, as far as the installation is well again after it; `once` does one of them, `lineOf` is the line of its row. */
export async function disturbAll<Disturbance, Judged extends Row>(
  stack: ChaosStack,
  disturbances: readonly Disturbance[],
  once: (disturbance: Disturbance, record: LoadRecord) => Promise<Judged>,
  lineOf: (row: Judged) => string,
): Promise<Judged[]> {
  const record = createRecord();
  const load = startLoad(await createCalls({ ...stack, http: createHttp(stack.publicUrl) }, record), record);
  const rows: Judged[] = [];
  try {
    if (!(await isCalm(record)))
      throw new Error('the installation does not answer the load even undisturbed');
    for (const disturbance of disturbances) {
      const row = await once(disturbance, record);
      rows.push(row);
      const calm = await isCalm(record);
      if (!calm) row.faults.push(`it is not well again after ${longestCalmWaitMs / 1_000} more seconds`);
      console.log(lineOf(row));
      if (!calm) break;
    }
  } finally {
    await load.stop();
  }
  return rows;
}
