/** `npm run check:plans`: runs every statement of both APIs against a large database, and fails where a plan reads all of a table that grows. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLogger } from '@gatehouse/service-kit/logging/logger';
import { migrate } from '@gatehouse/service-kit/postgres/migrate';
import { Secret } from '@gatehouse/service-kit/secret';
import { freePort } from '@gatehouse/testing/ports';
import { startPostgresServer } from '@gatehouse/testing/postgres-server';
import pg from 'pg';
import { createExplainer } from './explain.ts';
import { complaintsAbout, readGrowingTables } from './judge.ts';
import { seedPlans } from './seed.ts';
import { readStatements, type Statement, sendingLines, statementsVariable } from './statement.ts';

const usage = `Usage: npm run check:plans [-- options] [TEST FILE ...]

Runs the suites of both APIs, writes down what they send to PostgreSQL, and runs each statement against 10 000 contact centres with 50
settings each, 10 000 clients, 50 000 people and 200 000 events. With test files: only what these send.

  --statements FILE   keep the statements there; where it exists they are taken from it, and no suite runs
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const suites = ['services/environment-api', 'services/auth-api'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { statements: { type: 'string' }, help: { type: 'boolean' } },
});
if (options.help) process.stdout.write(usage);
else process.exitCode = await run();

async function run(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-plans-'));
  try {
    const file = options.statements ?? join(folder, 'statements');
    if (!existsSync(file)) await record(file);
    const statements = readStatements(file);
    const findings = await withLargeDatabase(folder, (database) => examine(database, statements));
    if (positionals.length === 0 && options.statements === undefined) findings.push(...unsentIn(statements));
    for (const finding of findings) console.log(finding);
    const lines = new Set(statements.map(({ at }) => at)).size;
    console.log(
      `${statements.length} statements of ${lines} lines were examined: ${findings.length} findings.`,
    );
    return findings.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A test that fails is no matter of plans; what it did not reach is found as unsent. */
async function record(file: string): Promise<void> {
  const preload = new URL('./record.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', ...(positionals.length > 0 ? positionals : suites)],
    {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: `--import=${preload}`, [statementsVariable]: file },
      stdio: 'inherit',
    },
  );
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

async function examine(database: pg.Client, statements: readonly Statement[]): Promise<string[]> {
  const growing = await readGrowingTables(database);
  const explainer = createExplainer(database);
  await explainer.start();
  const findings = new Set<string>();
  const times: { ms: number; at: string }[] = [];
  for (const statement of statements) {
    if (!/^\s*(select|insert|update|delete|with)\b/i.test(statement.text)) continue;
    const text = statement.text.replace(/\s+/g, ' ').slice(0, 300);
    try {
      const { plans, longestMs } = await explainer.plansOf(statement);
      times.push({ ms: longestMs, at: statement.at });
      for (const complaint of complaintsAbout(statement, plans, growing))
        findings.add(`${statement.at}: ${complaint}\n  ${text}`);
    } catch (error) {
      findings.add(`${statement.at}: has no plan, because ${(error as Error).message}\n  ${text}`);
    }
  }
  times.sort((one, other) => other.ms - one.ms);
  console.log('The slowest statements:');
  for (const { ms, at } of times.slice(0, 10)) console.log(`  ${ms.toFixed(1)} ms  ${at}`);
  return [...findings];
}

function unsentIn(statements: readonly Statement[]): string[] {
  const sent = new Set(statements.map(({ at }) => at));
  return sendingLines(root)
    .filter((line) => !sent.has(line))
    .map((line) => `${line}: no test sends this statement, so nothing is known of its plan`);
}
