/** Numbers people for Auth API: what is known is read here, new numbers are given by the primary alone. */
import type { PersonNumber } from '@gatehouse/contracts/environment-api';
import { AppError } from '@gatehouse/service-kit/errors';
import { isOfStandby, type Pool } from '@gatehouse/service-kit/postgres';
import { findNumbers, numbersOf, without } from './numbers.ts';

export type PersonNumberService = ReturnType<typeof createPersonNumberService>;

/** `writer`: the pool itself where this region takes writes; undefined: no way leads to the primary. */
export function createPersonNumberService({ pool, writer }: { pool: Pool; writer: Pool | undefined }) {
  return {
    /** @throws AppError 404, 503 where a new number cannot be given */
    async number(environmentId: string, externalIds: readonly string[]): Promise<PersonNumber[]> {
      if (writer === pool) return fromPrimary(pool, environmentId, externalIds);
      const known = await findNumbers(pool, environmentId, externalIds);
      // The standby may not have them yet.
      const missing = without(externalIds, known);
      if (missing.length === 0) return known;
      if (writer === undefined) throw readOnly();
      return [...known, ...(await fromPrimary(writer, environmentId, missing))];
    },
  };
}

async function fromPrimary(
  primary: Pool,
  environmentId: string,
  externalIds: readonly string[],
): Promise<PersonNumber[]> {
  try {
    return await numbersOf(primary, environmentId, externalIds);
  } catch (error) {
    throw isOfStandby(error) ? readOnly(error) : error;
  }
}

function readOnly(cause?: unknown): AppError {
  return new AppError(
    'read_only_region',
    503,
    'A person who signs in for the first time gets a number at the primary, which this region does not reach: set GATEHOUSE_POSTGRES_PRIMARY_HOST, or let them sign in once in the writable region',
    { cause },
  );
}
