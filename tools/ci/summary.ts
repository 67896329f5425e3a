/** Adds up the JSON reports of the test runs: names what failed, then prints the one line that counts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

const folder = process.argv[2] ?? '';
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report);
const sum = (key: 'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numFailedTestSuites') =>
  reports.reduce((total, report) => total + report[key], 0);

// A reader who has kept only the end of the output finds the failures here.
for (const { name, status, message, assertionResults } of reports.flatMap((report) => report.testResults)) {
  const failures = assertionResults.filter((result) => result.status === 'failed');
  if (status === 'failed' && failures.length === 0) print(name, 'the whole file', message);
  for (const { fullName, failureMessages } of failures) print(name, fullName, failureMessages.join('\n'));
}

const passed = sum('numPassedTests');
// A file that could not even be read has no failed test of its own.
const failed = Math.max(sum('numFailedTests'), sum('numFailedTestSuites') > 0 ? 1 : 0);
const skipped = sum('numPendingTests');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function print(file: string, test: string, message: string): void {
  const lines = message.split('\n').slice(0, 12);
  console.log(`FAILED ${relative('', file)}: ${test}\n  ${lines.join('\n  ')}\n`);
}
