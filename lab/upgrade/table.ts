/** Prints how each kind of request of the load was answered. */
import type { Record as LoadRecord } from '../harness/record.ts';

/** Whether every request was answered as it must be. */
export function printLoad({ sent }: LoadRecord): boolean {
  const kinds = Map.groupBy(sent, ({ kind }) => kind);
  const rows = [...kinds].map(([kind, requests]) => {
    const wrong = requests.filter(({ isRight }) => !isRight);
    const times = requests.map(({ startedMs, endedMs }) => endedMs - startedMs);
    return {
      kind,
      sent: requests.length,
      failed: wrong.length,
      why: [...new Set(wrong.map(({ status, error }) => error ?? String(status)))].join('; ').slice(0, 300),
      'slowest, ms': Math.round(Math.max(...times)),
    };
  });
  console.log('\nThe load');
  console.table(rows);
  return rows.every(({ failed }) => failed === 0);
}
