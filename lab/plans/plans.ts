/** `npm run check:plans`: runs every statement of both APIs against a large database, and fails where a plan reads all of a table that grows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Secret } from '@gatehouse/service-kit/crypto';
import { createLogger } from '@gatehouse/service-kit/observability';
import { migrate } from '@gatehouse/service-kit/postgres';
import { freePort } from '@gatehouse/testing/network';
import { startPostgresServer } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { experiment } from '../harness/experiment.ts';
import { createExplainer } from './explain.ts';
import { complaintsAbout, readGrowingTables, readsOf } from './judge.ts';
import { type ExaminedLine, report, unsentLine } from './report.ts';
import { seedPlans } from './seed.ts';
import { readStatements, type Statement, sendingLines, statementsVariable } from './statement.ts';

const usage = `Usage: npm run check:plans [-- options] [TEST FILE ...]

Runs the suites of both APIs, of the audit trail and of the changes, writes down what they send to PostgreSQL, and runs each statement
against 10 000 contact centres with 50 settings each, 10 000 clients, 50 000 people and 200 000 events. With test files: only what these send.

  --statements FILE   keep the statements there; where it exists they are taken from it, and no suite runs
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const suites = [
  'services/environment-api',
  'services/auth-api',
  'packages/audit-trail',
  'packages/service-kit/test/changes',
];

export const plans = experiment({
  usage,
  options: { statements: { type: 'string' } },
  takesFiles: true,
  async run({ statements }, closers, testFiles) {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-plans-'));
    closers.defer(() => rm(folder, { recursive: true, force: true }));
    const file = statements ?? join(folder, 'statements');
    const lines = await withLargeDatabase(folder, async (database) => {
      // First, because a table that nobody filled makes the minutes of the suites useless.
      const growing = await readGrowingTables(database);
      if (!existsSync(file)) await record(file, testFiles.length > 0 ? testFiles : suites);
      return examine(database, readStatements(file), growing);
    });
    const unsent = sendingLines(root).filter(({ at }) => !lines.has(at));
    // Test files send only some of them.
    if (testFiles.length === 0) for (const { at, source } of unsent) lines.set(at, unsentLine(source));
    return report(lines, unsent.length) === 0;
  },
});

/** A test that fails is no matter of plans; what it did not reach is found as unsent. */
async function record(file: string, tests: readonly string[]): Promise<void> {
  const preload = new URL('./record.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...tests], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: `--import=${preload}`, [statementsVariable]: file },
    stdio: 'inherit',
  });
  await once(child, 'exit');
  if (!existsSync(file)) throw new Error('the suites sent no statement');
}

async function withLargeDatabase<T>(folder: string, work: (database: pg.Client) => Promise<T>): Promise<T> {
  const port = await freePort();
  const server = await startPostgresServer({
    dataDir: join(folder, 'data'),
    port,
    persistent: true,
    password: 'plans',
    fast: true,
  });
  const database = new pg.Client({ connectionString: server.url });
  try {
    await database.connect();
    await migrateAll(server.url);
    await seedPlans(database);
    return await work(database);
  } finally {
    await database.end();
    await server.stop();
  }
}

async function migrateAll(url: string): Promise<void> {
  const log = createLogger('plans', { level: 'warn', format: 'json' });
  const limits = { poolSize: 1, poolCheckoutTimeoutMs: 10_000, statementTimeoutMs: 60_000 };
  const server = { host: '', port: 0, database: '', username: '', password: undefined, ssl: 'off' } as const;
  for (const [service, schema] of [
    ['environment-api', 'environment'],
    ['auth-api', 'auth'],
  ] as const) {
    const migrations = new URL(`../../services/${service}/migrations/`, import.meta.url);
    await migrate({ url: new Secret(url), ...server, ...limits }, { schema, folder: migrations, log });
  }
}

async function examine(
  database: pg.Client,
  statements: readonly Statement[],
  growing: ReadonlySet<string>,
): Promise<Map<string, ExaminedLine>> {
  const explainer = createExplainer(database);
  await explainer.start();
  const lines = new Map<string, ExaminedLine>();
  for (const statement of statements) {
    const { at } = statement;
    const line = lines.get(at) ?? {
      statements: 0,
      slowestMs: 0,
      reads: new Set<string>(),
      findings: new Set<string>(),
    };
    lines.set(at, line);
    if (!/^\s*(select|insert|update|delete|with)\b/i.test(statement.text)) continue;
    line.statements += 1;
    const text = statement.text.replace(/\s+/g, ' ').slice(0, 300);
    try {
      const { plans, longestMs } = await explainer.plansOf(statement);
      line.slowestMs = Math.max(line.slowestMs, longestMs);
      for (const read of plans.flatMap(readsOf)) line.reads.add(read);
      for (const complaint of complaintsAbout(statement, plans, growing))
        line.findings.add(`${complaint}\n  ${text}`);
    } catch (error) {
      // Class 22: a test sends a value that PostgreSQL refuses, to see the answer. Others of its kind have a plan.
      if ((error as { code?: string }).code?.startsWith('22')) continue;
      line.findings.add(`has no plan, because ${(error as Error).message}\n  ${text}`);
    }
  }
  return lines;
}
