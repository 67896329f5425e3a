/** Runs a statement against the large database, takes it back, and returns the plans that PostgreSQL used, those of foreign keys included. */
import type pg from 'pg';
import type { Statement } from './statement.ts';

export interface PlanNode {
  'Node Type': string;
  Schema?: string;
  'Relation Name'?: string;
  'Index Cond'?: string;
  'Rows Removed by Filter'?: number;
  /** Of one loop. */
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  Plans?: PlanNode[];
}

interface Explained {
  plans: PlanNode[];
  longestMs: number;
}

/** From the sixth time on PostgreSQL may use one plan of a prepared statement for all values. */
const timesOfNamed = 7;

/** A statement that takes longer is planned and not run. */
const limitSeconds = 60;

/** `replica`: without triggers and foreign keys, for values that name no row of this database. */
const roles = ['origin', 'replica'] as const;

export function createExplainer(client: pg.Client) {
  let plans: PlanNode[] = [];
  let longestMs = 0;
  let prepared = 0;
  client.on('notice', ({ message = '' }) => {
    const [, tookMs, json] = /duration: ([\d.]+) ms {2}plan:\n([\s\S]*)/.exec(message) ?? [];
    if (json === undefined) return;
    plans.push(JSON.parse(json).Plan);
    longestMs = Math.max(longestMs, Number(tookMs));
  });

  async function run({ text, values, isNamed }: Statement, role: string): Promise<Explained> {
    prepared += 1;
    const name = isNamed ? { name: `plan_${prepared}` } : {};
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL session_replication_role = ${role}`);
      plans = [];
      longestMs = 0;
      for (let time = 0; time < (isNamed ? timesOfNamed : 1); time += 1) {
        await client.query('SAVEPOINT before');
        await client.query({ ...name, text, values });
        await client.query('ROLLBACK TO before');
      }
      return { plans, longestMs };
    } finally {
      await client.query('ROLLBACK');
    }
  }

  return {
    async start(): Promise<void> {
      await client.query(`LOAD 'auto_explain'`);
      const settings = [
        'min_duration = 0',
        'analyze = on',
        'verbose = on',
        'nested_statements = on',
        'format = json',
      ];
      for (const setting of settings) await client.query(`SET auto_explain.log_${setting}`);
      await client.query('SET auto_explain.log_timing = off');
      await client.query('SET client_min_messages = log');
      await client.query(`SET statement_timeout = '${limitSeconds} s'`);
    },
    /** @throws Error when PostgreSQL has no plan for it */
    async plansOf(statement: Statement): Promise<Explained> {
      for (const role of roles) {
        try {
          return await run(statement, role);
        } catch {
          // Its values break a rule of this database, such as a name that is taken.
        }
      }
      const { rows } = await client.query({
        text: `EXPLAIN (VERBOSE, FORMAT JSON) ${statement.text}`,
        values: statement.values,
      });
      return { plans: [rows[0]['QUERY PLAN'][0].Plan], longestMs: 0 };
    },
  };
}
