import { expect, onTestFinished, test, vi } from 'vitest';
import { type ExaminedLine, report, unsentLine } from '../report.ts';

function linesOf(...lines: [string, ExaminedLine][]) {
  const printed: unknown[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((text) => void printed.push(text));
  const table = vi.spyOn(console, 'table').mockImplementation((rows) => void printed.push(rows));
  onTestFinished(() => [log, table].forEach((spy) => void spy.mockRestore()));
  return { code: report(new Map(lines), 1), printed };
}

const examined: ExaminedLine = {
  statements: 2,
  slowestMs: 1.26,
  reads: new Set(['Index Scan of auth.b', 'Index Scan of auth.a']),
  findings: new Set(),
};

test('a line whose statement no test sends fails the check, and the report shows what stands there', () => {
  const { code, printed } = linesOf(['a.ts:1', examined], ['b.ts:2', unsentLine('await db.query(')]);

  expect(code).toBe(1);
  const finding = 'no test of the suites sends this statement, so nothing is known of its plan';
  expect(printed).toEqual([
    [
      { line: 'a.ts:1', statements: 2, 'slowest ms': 1.3, findings: '' },
      { line: 'b.ts:2', statements: 0, 'slowest ms': 0, findings: finding },
    ],
    'How each line reads its tables, over all of its forms:',
    'a.ts:1: Index Scan of auth.a, Index Scan of auth.b',
    `b.ts:2: ${finding}\n  await db.query(`,
    expect.stringContaining('2 statements were examined: 1 findings.'),
  ]);
});

test('lines that test files do not reach are counted, and do not fail what these send', () => {
  const { code, printed } = linesOf(['a.ts:1', examined]);

  expect(code).toBe(0);
  expect(printed.at(-1)).toContain('not reached: 1.');
});
