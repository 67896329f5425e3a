/** Prints what is known of the plans: one table with each line of the sources that sends a statement, then what is wrong. */

export interface ExaminedLine {
  /** With a plan: those that begin and end a transaction have none. */
  statements: number;
  slowestMs: number;
  /** How its plans read each table. */
  reads: Set<string>;
  findings: Set<string>;
}

/** Of a line that no test reaches; `source`: what stands in it. */
export function unsentLine(source: string): ExaminedLine {
  const finding = `no test of the suites sends this statement, so nothing is known of its plan\n  ${source}`;
  return { statements: 0, slowestMs: 0, reads: new Set(), findings: new Set([finding]) };
}

/** `unsent`: lines of the sources that were not reached. Returns the exit code. */
export function report(lines: ReadonlyMap<string, ExaminedLine>, unsent: number): number {
  const slowestFirst = [...lines].sort(([, one], [, other]) => other.slowestMs - one.slowestMs);
  console.table(
    slowestFirst.map(([line, { statements, slowestMs, findings }]) => ({
      line,
      statements,
      'slowest ms': Math.round(10 * slowestMs) / 10,
      findings: [...findings].map((finding) => finding.split('\n')[0]).join('; '),
    })),
  );
  const findings = slowestFirst.flatMap(([line, found]) =>
    [...found.findings].map((finding) => `${line}: ${finding}`),
  );
  console.log('How each line reads its tables, over all of its forms:');
  for (const [line, { reads }] of lines)
    if (reads.size > 0) console.log(`${line}: ${[...reads].sort().join(', ')}`);
  for (const finding of findings) console.log(finding);
  const examined = slowestFirst.reduce((sum, [, { statements }]) => sum + statements, 0);
  console.log(
    `${examined} statements were examined: ${findings.length} findings. Lines of the sources that send one and were not reached: ${unsent}.`,
  );
  return findings.length === 0 ? 0 : 1;
}
