/** Verifies a chain: computes every hash again, opens every seal, and reports the differences of each day. */
import type { VerifiedDay, VerifiedTrail } from '@gatehouse/contracts/answers';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { inTransaction, type Queryable } from '@gatehouse/service-kit/postgres';
import { type AuditDay, readDayBefore, readDays, sealPlace } from './days.ts';
import { isErasureSeal } from './erasure.ts';
import { chainHash, noHash, personalDigest } from './hash.ts';
import { type AuditTrail, type ChainedEvent, readChain } from './trail.ts';

interface VerifyOptions {
  trail: AuditTrail;
  secretBox: SecretBox;
  /** YYYY-MM-DD; events of earlier days may have been deleted after the retention time. */
  keptFrom: string;
  /** YYYY-MM-DD, inclusive; undefined: no bound. */
  from?: string | undefined;
  to?: string | undefined;
}

const pageSize = 1000;
/** The statement of `verifyRest` reads every event. */
const maxStatementMs = 300_000;
/** One break causes a problem for each event after it. */
const maxProblems = 10;

export async function verifyAuditTrail(options: VerifyOptions): Promise<VerifiedTrail> {
  return inTransaction(options.trail.pool, async (db) => {
    // One snapshot: events that are chained in the meantime must not look like inserted ones.
    await db.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await db.query(`SET LOCAL statement_timeout = ${maxStatementMs}`);
    const days = [...(await verifyDays(options, db)), ...(await verifyRest(options, db))];
    return { days, waiting: await countWaiting(options, db) };
  });
}

/** Events of these days that the chainer has yet to enter: nothing can be said of them. */
async function countWaiting({ trail, from, to }: VerifyOptions, db: Queryable): Promise<number> {
  const { schema, table, seqColumn } = trail;
  const { rows } = await db.query<{ count: string }>(
    `SELECT count(*) FROM ${schema}.audit_unchained waiting JOIN ${table} event ON event.${seqColumn} = waiting.seq
     WHERE event.at >= coalesce($1::date::timestamp AT TIME ZONE 'UTC', '-infinity')
       AND event.at < coalesce(($2::date + 1)::timestamp AT TIME ZONE 'UTC', 'infinity')`,
    [from, to],
  );
  return Number(rows[0]?.count);
}

async function verifyDays(options: VerifyOptions, db: Queryable): Promise<VerifiedDay[]> {
  const { trail, secretBox, keptFrom, to } = options;
  const { schema } = trail;
  const from = options.from !== undefined && options.from > keptFrom ? options.from : keptFrom;
  const days = await readDays(schema, db, { from, to });
  const verified: VerifiedDay[] = [];
  const [first] = days;
  const dayBefore = first && (await readDayBefore(schema, db, first.day));
  let before = dayBefore === undefined ? { position: 0, hash: noHash } : endOf(dayBefore);
  // The day before is not reported itself, but the first day must continue from its seal.
  let beginning = dayBefore === undefined ? [] : sealProblems(dayBefore, schema, secretBox);
  for (const day of days) {
    const found = await verifyDay(options, db, day, before);
    const problems = [...beginning, ...found.problems, ...sealProblems(day, schema, secretBox)].slice(
      0,
      maxProblems,
    );
    beginning = [];
    verified.push({
      day: day.day,
      events: found.events,
      lastPosition: day.lastPosition,
      hash: day.hash.toString('base64url'),
      problems,
    });
    before = endOf(day);
  }
  return verified;
}

/** Finds events that no seal covers: their day was deleted, or they were inserted without the chain. Reports them for any query. */
async function verifyRest({ trail, keptFrom }: VerifyOptions, db: Queryable): Promise<VerifiedDay[]> {
  const { schema, table, seqColumn } = trail;
  const statement = {
    text: `SELECT to_char(day, 'YYYY-MM-DD') AS day, count(*) AS events,
       'events ' || min(position) || ' to ' || max(position) || ' are of no sealed day' AS problem
     FROM ${schema}.audit_chain
     WHERE position > (SELECT coalesce(max(last_position), 0) FROM ${schema}.audit_days)
     GROUP BY day
     UNION ALL
     SELECT to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*), count(*) || ' events are not in the chain'
     FROM ${table} event
     WHERE event.at >= $1::date
       AND NOT EXISTS (SELECT 1 FROM ${schema}.audit_chain chain WHERE chain.event_seq = event.${seqColumn})
       AND NOT EXISTS (SELECT 1 FROM ${schema}.audit_unchained waiting WHERE waiting.seq = event.${seqColumn})
     GROUP BY 1 ORDER BY 1`,
    values: [keptFrom],
    query_timeout: maxStatementMs,
  };
  const { rows } = await db.query<{ day: string; events: string; problem: string }>(statement);
  return rows.map(({ day, events, problem }) => ({
    day,
    events: Number(events),
    hash: '',
    problems: [problem],
  }));
}

interface End {
  position: number;
  hash: Buffer;
}

function endOf({ lastPosition: position, hash }: AuditDay): End {
  return { position, hash };
}

async function verifyDay({ trail, secretBox }: VerifyOptions, db: Queryable, day: AuditDay, before: End) {
  const problems: string[] = [];
  let { position, hash } = before;
  let events = 0;
  for (;;) {
    const page = await readChain(trail, db, {
      after: position,
      until: day.lastPosition,
      limit: pageSize,
    });
    for (const event of page) {
      if (event.position !== position + 1) problems.push(`${missing(position + 1, event.position)} missing`);
      else problems.push(...eventProblems(event, hash), ...personProblems(event, trail.schema, secretBox));
      ({ position, hash } = event);
      events += 1;
    }
    if (page.length < pageSize) break;
  }
  if (position < day.lastPosition) problems.push(`${missing(position + 1, day.lastPosition + 1)} missing`);
  else if (!hash.equals(day.hash)) problems.push('the last event is not the one that the day ended with');
  return { events, problems };
}

function missing(first: number, next: number): string {
  return next - first === 1 ? `event ${first} is` : `events ${first} to ${next - 1} are`;
}

function eventProblems(event: ChainedEvent, before: Buffer): string[] {
  return chainHash(before, event, event.personalDigest).equals(event.hash)
    ? []
    : [`event ${event.position} was changed, or the one before it`];
}

function personProblems(event: ChainedEvent, schema: string, box: SecretBox): string[] {
  const { position, personal, personalSalt, personalDigest: digest, erasureSeal } = event;
  if (personal === undefined && personalSalt === undefined) {
    return isErasureSeal(erasureSeal, { schema, position, digest }, box)
      ? []
      : [`event ${position}: what it said of the person was taken out, and not by an erasure`];
  }
  return personalSalt && personalDigest(personalSalt, personal ?? {}).equals(digest)
    ? []
    : [`event ${position}: what it says of the person was changed`];
}

function sealProblems(day: AuditDay, schema: string, box: SecretBox): string[] {
  try {
    const isSealed = box.open(day.seal, sealPlace(schema, day.day)).equals(day.hash);
    return isSealed ? [] : [`the seal of ${day.day} was made for another end of it`];
  } catch (error) {
    return [`the seal of ${day.day} does not open: ${(error as Error).message}`];
  }
}
