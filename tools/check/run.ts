/** `npm run check`: types, lint, dependency direction, texts, dead code, generated files, OpenAPI documents. Every finding is printed, then it fails. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { staleFiles } from '../generate/files.ts';
import { unsaidLosses } from '../surface/check.ts';
import { wrongImports } from './dependency-direction.ts';
import { fullFolders } from './full-folders.ts';
import { isLabAway } from './lab.ts';
import { breakingMigrations } from './migrations/expand-contract.ts';
import { starsInNamedStatements } from './migrations/prepared-columns.ts';
import { missingTexts } from './missing-texts.ts';
import { movedPages } from './moved-pages.ts';
import { wrongEntries } from './package-entries.ts';
import { processClocks } from './process-clocks.ts';
import { unfinishedWork } from './unfinished-work.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Step {
  title: string;
  /** The findings, one a line; empty when all is well. */
  run(): Promise<string[]> | string[];
}

const steps: Step[] = [
  { title: 'types of the sources', run: () => program('typescript/bin/tsc', ['-b']) },
  {
    title: 'types of tests and tools',
    run: () => program('typescript/bin/tsc', ['-p', 'tsconfig.tests.json']),
  },
  {
    title: 'types of the laboratory',
    run: () => (isLabAway(root) ? [] : program('typescript/bin/tsc', ['-p', 'lab'])),
  },
  {
    title: 'lint and format',
    run: () => program('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '--colors=off']),
  },
  { title: 'dependency direction', run: () => wrongImports(root) },
  { title: 'entries of packages', run: () => wrongEntries(root) },
  {
    title: 'migrations beside the previous release',
    run: async () => [...(await breakingMigrations(root)), ...starsInNamedStatements(root)],
  },
  { title: 'clocks of the machine', run: () => processClocks(root) },
  { title: 'unfinished work', run: () => unfinishedWork(root) },
  { title: 'size of folders', run: () => fullFolders(root) },
  { title: 'paths of the documentation', run: () => movedPages(root) },
  { title: 'texts in every language', run: () => missingTexts(root) },
  { title: 'dead code', run: () => program('knip/bin/knip.js', ['--no-progress']) },
  { title: 'generated files', run: () => staleFiles(root) },
  { title: 'promises of the last release', run: () => unsaidLosses(root) },
  { title: 'OpenAPI documents', run: lintOpenApi },
];

let failed = 0;
for (const step of steps) {
  const startedMs = performance.now();
  const findings = await step.run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${step.title} (${seconds} s)`);
  for (const finding of findings) console.log(`     ${finding}`);
  if (findings.length > 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;

/** The recommended rules; what they call a warning is an error here. Nothing is told to the maker of the program. */
function lintOpenApi(): string[] {
  const documents = ['auth-api', 'environment-api'].map((service) => `services/${service}/openapi.json`);
  return program('@redocly/cli/bin/cli.js', ['lint', '--extends=recommended-strict', ...documents], {
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  });
}

function program(path: string, args: string[], env: Record<string, string> = {}): string[] {
  const result = spawnSync(process.execPath, [`node_modules/${path}`, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (result.status === 0) return [];
  return `${result.stdout}${result.stderr}`.split('\n').filter((line) => line.trim() !== '');
}
