/** `npm run test:guards [name…]`: removes each guard from a copy of the sources and requires that its tests fail. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Attack, readAttacks } from './attacks.ts';
import { copySources } from './copy.ts';
import { type Guard, readGuards, textsWithout } from './guards.ts';
import { problemsOf } from './problems.ts';
import { isTestOf, patternOf } from './test-names.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const attacks = readAttacks(root);
const guards = readGuards(root);
const wanted = process.argv.slice(2);

let failures = 0;
for (const problem of problemsOf(root, attacks, guards)) fail(problem);

const chosen = guards.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
for (const name of wanted.filter((name) => guards.every((guard) => guard.name !== name)))
  fail(`There is no guard ${name}`);

const copy = copySources(root);
try {
  const shown = attacksOf(chosen);
  const before = runTests(shown);
  for (const attack of shown.filter((attack) => before.of(attack) !== 'passed'))
    fail(`With every guard in place "${attack.title}" ${before.of(attack)}: ${attack.path}`);
  for (const guard of chosen) show(guard);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length} guards removed, ${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;

function fail(sentence: string): void {
  failures += 1;
  console.log(`FAIL ${sentence}`);
}

function attacksOf(some: readonly Guard[]): Attack[] {
  const names = new Set(some.flatMap(({ shownBy }) => shownBy));
  return attacks.filter(({ name }) => names.has(name));
}

function show(guard: Guard): void {
  const inCopy = (file: string) => readFileSync(join(copy, file), 'utf8');
  const without = textsWithout(guard, inCopy);
  const before = new Map([...without.keys()].map((file) => [file, inCopy(file)]));
  const startedMs = performance.now();
  const shown = attacksOf([guard]);
  write(without);
  const after = runTests(shown);
  write(before);
  // Several tests may play one attack: one of them must notice.
  const unshown = [...Map.groupBy(shown, ({ name }) => name).values()]
    .filter((tests) => tests.every((attack) => after.of(attack) !== 'failed'))
    .flat();
  for (const attack of unshown)
    fail(`${guard.name}: without the guard "${attack.title}" ${after.of(attack)}: ${attack.path}`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (unshown.length === 0) console.log(`ok   ${guard.name}: ${shown.length} attacks succeed (${seconds} s)`);
}

function write(texts: ReadonlyMap<string, string>): void {
  for (const [file, text] of texts) writeFileSync(join(copy, file), text);
}

interface TestResults {
  testResults: { name: string; assertionResults: { title: string; status: string }[] }[];
}

/** Runs the tests of the attacks in the copy, and no others. */
function runTests(some: readonly Attack[]) {
  // Without a path vitest would run every test there is.
  if (some.length === 0) return { of: () => 'missing' as const };
  const paths = [...new Set(some.map(({ path }) => path))];
  // As vitest.config.ts says.
  const report = join(copy, '.gatehouse/test-results/test.json');
  rmSync(report, { force: true });
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...paths, '-t', patternOf(some)];
  const { stdout } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { testResults } = readReport(report, stdout);
  return {
    /** `missing`: the file could not be loaded, or its preparation failed; that proves nothing. */
    of(attack: Attack): 'passed' | 'failed' | 'missing' {
      const statuses = testResults
        .filter(({ name }) => name.endsWith(`/${attack.path}`))
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ title, status }) => isTestOf(attack, title) && ['passed', 'failed'].includes(status))
        .map(({ status }) => status);
      if (statuses.length === 0) return 'missing';
      return statuses.includes('failed') ? 'failed' : 'passed';
    },
  };
}

function readReport(path: string, output: string): TestResults {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestResults;
  } catch (error) {
    throw new Error(`The tests have left no report:\n${output.slice(-2000)}`, { cause: error });
  }
}
