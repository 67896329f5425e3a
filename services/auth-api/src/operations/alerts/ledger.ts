/** Keeps in PostgreSQL which problems were seen and said, and puts what is to be said into the outbox: one replica at a time. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { AlertChannel } from '@gatehouse/contracts/auth-administration';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { holdAdvisoryLock, inTransaction, type Pool, type Queryable } from '@gatehouse/service-kit/postgres';
import type { ProblemAlert } from './channel.ts';
import { decide, goneMs, type Rhythm } from './decision.ts';
import { addToOutbox } from './outbox.ts';

/** The API that tells of a problem. */
export type Source = 'auth-api' | 'environment-api';

export interface Seen {
  source: Source;
  problem: Problem;
}

export interface Look {
  seen: readonly Seen[];
  /** Those that could not tell: none of their problems is solved. */
  blind: readonly Source[];
}

/** Problems that were said while PostgreSQL was away, by their ids. */
export type SaidAlone = ReadonlyMap<string, { problem: Problem; atMs: number }>;

interface LedgerOptions {
  pool: Pool;
  location: string;
  channels: readonly AlertChannel[];
  rhythm: Rhythm;
}

interface Row {
  id: string;
  location: string;
  problem: Problem;
  first_seen_at: Date;
  last_seen_at: Date;
  said_at: Date | null;
  said_severity: string | null;
}

/** Beyond it the row of a solved problem is of no use, whatever the quiet time. */
const keptMs = 2 * 86_400_000;

export type Ledger = ReturnType<typeof createLedger>;

/** Regions see problems of their own; the subject names what has it. */
export const problemIdOf = (location: string, { runbook, subject }: Problem): string =>
  sha256(`${location}\n${runbook}\n${subject}`).slice(0, 32);

export function createLedger({ pool, location, channels, rhythm }: LedgerOptions) {
  async function record(db: Queryable, { seen, blind }: Look, nowMs: number): Promise<void> {
    const { rows } = await db.query<{ looked_at: Date }>(
      'SELECT looked_at FROM auth.alert_watches WHERE location = $1',
      [location],
    );
    const lookedAtMs = rows[0]?.looked_at.getTime() ?? 0;
    // Nobody has looked: that nobody has seen it says nothing.
    const unseen = lookedAtMs <= nowMs - goneMs ? ['auth-api', 'environment-api'] : blind;
    await db.query(
      'UPDATE auth.alerts SET last_seen_at = $3 WHERE location = $1 AND source = ANY ($2) AND solved_at IS NULL',
      [location, unseen, new Date(nowMs)],
    );
    await see(db, location, seen, nowMs);
    await db.query(
      `INSERT INTO auth.alert_watches (location, looked_at) VALUES ($1, $2)
        ON CONFLICT (location) DO UPDATE SET looked_at = $2`,
      [location, new Date(nowMs)],
    );
  }

  return {
    /** How many messages are to be sent. @throws Error while PostgreSQL does not answer */
    take: (look: Look, saidAlone: SaidAlone, nowMs: number): Promise<number> =>
      inTransaction(pool, async (db) => {
        await holdAdvisoryLock(db, 'alerts');
        for (const [id, said] of saidAlone) await admitSaid(db, location, id, said);
        await record(db, look, nowMs);
        return speak(db, channels, rhythm, nowMs);
      }),
  };
}

async function see(db: Queryable, location: string, seen: readonly Seen[], nowMs: number): Promise<void> {
  for (const [id, { source, problem }] of worstOf(location, seen)) {
    await db.query(
      `INSERT INTO auth.alerts (id, location, source, problem, first_seen_at, last_seen_at)
        VALUES ($1, $2, $3, $4, $5, $5)
        ON CONFLICT (id) DO UPDATE SET source = $3, problem = $4, last_seen_at = $5, solved_at = NULL,
          first_seen_at = CASE WHEN alerts.solved_at IS NULL THEN alerts.first_seen_at ELSE $5 END`,
      [id, location, source, JSON.stringify(problem), new Date(nowMs)],
    );
  }
}

/** Both APIs look at some of the same servers. */
function worstOf(location: string, seen: readonly Seen[]): ReadonlyMap<string, Seen> {
  const worst = new Map<string, Seen>();
  for (const one of seen) {
    const id = problemIdOf(location, one.problem);
    const known = worst.get(id);
    const isWorse = one.problem.severity === 'critical' && known?.problem.severity === 'warning';
    if (known === undefined || isWorse) worst.set(id, one);
  }
  return worst;
}

/** It is said to be solved later, as any other. */
async function admitSaid(
  db: Queryable,
  location: string,
  id: string,
  { problem, atMs }: { problem: Problem; atMs: number },
): Promise<void> {
  await db.query(
    `INSERT INTO auth.alerts (id, location, source, problem, first_seen_at, last_seen_at, said_at, said_severity)
      VALUES ($1, $2, 'auth-api', $3, $4, $4, $4, $5)
      ON CONFLICT (id) DO UPDATE SET said_at = $4, said_severity = $5, last_seen_at = $4, solved_at = NULL,
        first_seen_at = CASE WHEN alerts.solved_at IS NULL THEN LEAST(alerts.first_seen_at, $4) ELSE $4 END`,
    [id, location, JSON.stringify(problem), new Date(atMs), problem.severity],
  );
}

async function speak(
  db: Queryable,
  channels: readonly AlertChannel[],
  rhythm: Rhythm,
  nowMs: number,
): Promise<number> {
  const now = new Date(nowMs);
  await db.query('DELETE FROM auth.alerts WHERE solved_at < $1', [new Date(nowMs - keptMs)]);
  const { rows } = await db.query<Row>(
    `SELECT id, location, problem, first_seen_at, last_seen_at, said_at, said_severity
      FROM auth.alerts WHERE solved_at IS NULL ORDER BY first_seen_at, id`,
  );
  let count = 0;
  for (const row of rows) {
    const decision = decide(sightingOf(row), rhythm, nowMs);
    if (decision === undefined) continue;
    if (decision === 'resolved' || decision === 'forgotten')
      await db.query('UPDATE auth.alerts SET solved_at = $2 WHERE id = $1', [row.id, now]);
    else
      await db.query('UPDATE auth.alerts SET said_at = $2, said_severity = $3 WHERE id = $1', [
        row.id,
        now,
        row.problem.severity,
      ]);
    if (decision === 'forgotten') continue;
    const alert = alertOf(row, decision, nowMs);
    await addToOutbox(db, { id: `alert_${randomToken()}`, alert }, channels, nowMs);
    count += 1;
  }
  return count;
}

function sightingOf({ problem, first_seen_at, last_seen_at, said_at, said_severity }: Row) {
  return {
    firstSeenAtMs: first_seen_at.getTime(),
    lastSeenAtMs: last_seen_at.getTime(),
    severity: problem.severity,
    saidAtMs: said_at?.getTime(),
    saidSeverity: said_severity ?? undefined,
  };
}

function alertOf(row: Row, kind: ProblemAlert['kind'], nowMs: number): ProblemAlert {
  const { id, location, problem, first_seen_at, last_seen_at } = row;
  return {
    kind,
    at: new Date(nowMs).toISOString(),
    problemId: id,
    problem,
    location,
    beganAt: first_seen_at.toISOString(),
    ...(kind === 'resolved' ? { endedAt: last_seen_at.toISOString() } : {}),
  };
}
