/** Counts wrong answers of a person by kind, before they are compared, in the PostgreSQL that all replicas and regions share. */
import { AppError, tooManyRequests } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { FactorEvents } from '../store/factor-events.ts';
import type { AnsweringBrowser } from '../store/given-factor.ts';
import type { Primary } from '../store/primary.ts';
import type { KnownBrowsers } from './known-browsers.ts';
import { type AttemptKind, limitOf } from './limits.ts';

interface AttemptsOptions {
  primary: Primary;
  knownBrowsers: KnownBrowsers;
  events: Pick<FactorEvents, 'failed'>;
}

interface Counter {
  person: PersonKey;
  kind: AttemptKind;
  isKnown: boolean;
}

export type Attempts = ReturnType<typeof createAttempts>;

export function createAttempts({ primary, knownBrowsers, events }: AttemptsOptions) {
  return {
    /**
     * Counts a failure, compares, and forgets the failures if the answer was right. The statements are transactions of their own, so
     * nothing that fails later takes the count back, and answers at the same time get no more tries.
     * @throws AppError (403) after too many in a row, (429) during a wait: nothing is compared then; (503)
     */
    async counted<Right>(
      { person, kind }: Omit<Counter, 'isKnown'>,
      { mark }: AnsweringBrowser,
      compare: () => Promise<Right | undefined>,
    ): Promise<Right | undefined> {
      const counter = { person, kind, isKnown: knownBrowsers.isKnown(person, mark) };
      const { waitMs, isBlocked } = await primary.ask((db) => countFailure(db, counter));
      if (isBlocked) throw blocked();
      if (waitMs > 0)
        throw tooManyRequests(Math.ceil(waitMs / 1000), {
          detail: `${kind}: the person has to wait after wrong answers`,
        });
      const right = await compare();
      if (right === undefined) await events.failed(person, { factor: kind });
      else await primary.ask((db) => forgetFailures(db, counter));
      return right;
    },

    /** The person has a new factor of the kind: wrong answers of before were not about it. @throws AppError (503) */
    endRow: (person: PersonKey, kind: AttemptKind) => primary.ask((db) => endRow(db, person, kind)),
  };
}

const blocked = () =>
  new AppError(
    'totp_blocked',
    403,
    'Too many codes in a row were wrong: use another second factor, a browser in which you gave one before, or ask your administrator',
  );

/**
 * Resolves to a wait of 0, or to the wait that is left. A wait that is longer than the longest one comes from a clock that was wrong, and
 * keeps nobody out.
 */
async function countFailure(
  db: Queryable,
  { person, kind, isKnown }: Counter,
): Promise<{ waitMs: number; isBlocked: boolean }> {
  const { freeFailures, firstDelayMs, maxDelayMs, memoryMs, maxInRow = null } = limitOf(kind);
  const key = [person.contactCenterId, person.sub, kind, isKnown];
  const { rowCount } = await db.query(
    `INSERT INTO auth.factor_attempts AS known
        (contact_center_id, sub, kind, is_known, failures, in_a_row, counted_at, next_at)
      VALUES ($1, $2, $3, $4, 1, 1, clock_timestamp(), clock_timestamp())
      ON CONFLICT (contact_center_id, sub, kind, is_known) DO UPDATE SET
        failures = CASE WHEN known.counted_at < clock_timestamp() - make_interval(secs => $8) THEN 1 ELSE known.failures + 1 END,
        in_a_row = known.in_a_row + 1,
        counted_at = clock_timestamp(),
        next_at = clock_timestamp() + CASE
          WHEN known.counted_at < clock_timestamp() - make_interval(secs => $8) OR known.failures + 1 < $5 THEN interval '0'
          ELSE least(make_interval(secs => $6 * power(2, least(known.failures + 1 - $5, 20))), make_interval(secs => $7)) END
      WHERE (known.next_at <= clock_timestamp() OR known.next_at > clock_timestamp() + make_interval(secs => $7))
        AND ($9::integer IS NULL OR known.in_a_row < $9)`,
    [...key, freeFailures, firstDelayMs / 1000, maxDelayMs / 1000, memoryMs / 1000, maxInRow],
  );
  if (rowCount === 1) return { waitMs: 0, isBlocked: false };
  const { rows } = await db.query<{ waitMs: number; isBlocked: boolean }>(
    `SELECT greatest(extract(epoch FROM next_at - clock_timestamp()) * 1000, 1)::float8 AS "waitMs",
        $5::integer IS NOT NULL AND in_a_row >= $5 AS "isBlocked" FROM auth.factor_attempts
      WHERE contact_center_id = $1 AND sub = $2 AND kind = $3 AND is_known = $4`,
    [...key, maxInRow],
  );
  // A right answer has just forgotten the failures: the next try is let through.
  return rows[0] ?? { waitMs: 1, isBlocked: false };
}

/** A right answer ends the row of wrong ones at all browsers. The waits of the others stay. */
async function forgetFailures(db: Queryable, { person, kind, isKnown }: Counter): Promise<void> {
  await db.query(
    `WITH forgotten AS (DELETE FROM auth.factor_attempts
        WHERE contact_center_id = $1 AND sub = $2 AND kind = $3 AND is_known = $4)
      UPDATE auth.factor_attempts SET in_a_row = 0
        WHERE contact_center_id = $1 AND sub = $2 AND kind = $3 AND is_known <> $4`,
    [person.contactCenterId, person.sub, kind, isKnown],
  );
}

async function endRow(db: Queryable, { contactCenterId, sub }: PersonKey, kind: AttemptKind): Promise<void> {
  await db.query(
    'UPDATE auth.factor_attempts SET in_a_row = 0 WHERE contact_center_id = $1 AND sub = $2 AND kind = $3',
    [contactCenterId, sub, kind],
  );
}
