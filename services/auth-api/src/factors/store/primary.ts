/** Asks the PostgreSQL of the writable region, which alone decides whether a factor counts. */
import { AppError, normalizeError } from '@gatehouse/service-kit/errors';
import { inTransaction, type Pool, type PoolClient, type Queryable } from '@gatehouse/service-kit/postgres';

interface PrimaryOptions {
  writer: Pool;
  isWritable: boolean;
  writableLocation: string | undefined;
}

export type Primary = ReturnType<typeof createPrimary>;

/** Every function rejects with 503 while that server does not answer: no factor is accepted then, and none is skipped. */
export function createPrimary({ writer, isWritable, writableLocation }: PrimaryOptions) {
  const orNamed = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const failure = normalizeError(error);
      if (failure.status !== 503 || isWritable) throw failure;
      throw new AppError(
        failure.name,
        503,
        `PostgreSQL of the region ${writableLocation}, which decides about second factors, does not answer; try again`,
        { cause: error, retryAfterSeconds: 1, detail: 'PostgreSQL of the writable region is unavailable' },
      );
    }
  };
  /** `instead` answers in a read-only region while the server is away. */
  const askOr = async <T>(work: (db: Queryable) => Promise<T>, instead: () => T | Promise<T>): Promise<T> => {
    try {
      return await orNamed(() => work(writer));
    } catch (error) {
      if (isWritable || normalizeError(error).status !== 503) throw error;
      return instead();
    }
  };
  return {
    ask: <T>(work: (db: Queryable) => Promise<T>): Promise<T> => orNamed(() => work(writer)),
    askOr,
    /** For what decides nothing by itself: the copy of the region answers while the server is away. */
    askOrCopy: <T>(copy: Queryable, work: (db: Queryable) => Promise<T>): Promise<T> =>
      askOr(work, () => work(copy)),
    inTransaction: <T>(work: (client: PoolClient) => Promise<T>): Promise<T> =>
      orNamed(() => inTransaction(writer, work)),
  };
}
