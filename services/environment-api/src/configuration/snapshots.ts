/** Opens snapshots of the whole estate, few at a time. */
import { AppError } from '@gatehouse/service-kit/errors';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { openSnapshot, type Snapshot } from './estate.ts';

/** Each holds a connection for as long as its reader takes. */
const maxReaders = 2;

export type OpenSnapshot = ReturnType<typeof createSnapshots>;

/** Of the function that opens one, which the caller must close. @throws AppError 503 while too many are open */
export function createSnapshots(db: Pool) {
  /** Open snapshots, and those that are being opened. */
  const reading = new Set<object>();

  return async (): Promise<Snapshot> => {
    if (reading.size >= maxReaders) throw tooManyReaders();
    const place = {};
    reading.add(place);
    try {
      const { close, ...snapshot } = await openSnapshot(db);
      return { ...snapshot, close: () => close().finally(() => reading.delete(place)) };
    } catch (error) {
      reading.delete(place);
      throw error;
    }
  };
}

function tooManyReaders(): AppError {
  return new AppError(
    'temporarily_unavailable',
    503,
    `${maxReaders} exports are under way here: try again when one of them is done`,
    { retryAfterSeconds: 5 },
  );
}
