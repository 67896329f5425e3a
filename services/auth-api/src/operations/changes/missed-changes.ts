/** Reads the changes of Environment API from the saved position on, and decides what to do where the log does not continue it. */
import type { EnvironmentChangesPage } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { SeenChange } from '../../registry/contact-centers/service.ts';
import { everyContactCenter } from './deactivated.ts';
import type { DeactivationPosition, Position } from './deactivation-position.ts';

export interface MissedChangesOptions {
  position: Pick<DeactivationPosition, 'read' | 'save'>;
  changesSince(seq: number, limit?: number): Promise<EnvironmentChangesPage>;
  /** Revokes the tokens and sessions that end by changes. */
  revoke(changes: readonly SeenChange[]): Promise<void>;
  /** Ends the reading: nothing is saved any more. */
  signal: AbortSignal;
  now: Clock;
  log: Logger;
}

/** A log that does not reach the saved position may be that of a copy of the database that lags, for so long. */
const maxLagMs = 60_000;

/** Returns the function that reads; after a failure it is called again. */
export function createMissedChanges(options: MissedChangesOptions) {
  const { position, changesSince, revoke, signal, now, log } = options;
  let lagsSinceMs: number | undefined;

  function lagsTooLong(): boolean {
    lagsSinceMs ??= now();
    return now() - lagsSinceMs >= maxLagMs;
  }

  /** Nobody knows which changes are missing: all that they could be about is revoked. */
  async function revokeAll(at: Position, latest: number): Promise<Position> {
    log.error(
      { event: 'ends_unknown', seq: at.seq, latest },
      'the change log of Environment API has a gap: everybody signs in again',
    );
    await revoke([everyContactCenter]);
    signal.throwIfAborted();
    await position.save({ seq: latest }, true);
    return { seq: latest };
  }

  /** @returns the newest change; it and all before it are in force */
  return async function readMissed(): Promise<Position> {
    const saved = await position.read();
    // Before the first start of this release no position was saved: the log is read from its beginning.
    let at: Position = saved ?? { seq: ((await changesSince(0, 1)).changes[0]?.seq ?? 1) - 1 };
    for (;;) {
      // The change at the position is read again, for its stamp.
      const page = await changesSince(Math.max(0, at.seq - 1));
      const continuation = continuationOf(page, at);
      if (continuation === 'lags' && !lagsTooLong())
        throw new Error(`change ${at.seq} was followed before, and ${page.latest} is the newest there`);
      if (continuation !== 'continues') return revokeAll(at, page.latest);
      const { seq } = at;
      await revoke(page.changes.filter((one) => one.seq > seq));
      const newest = page.changes.at(-1);
      if (newest !== undefined) at = { seq: newest.seq, stamp: newest.stamp };
      if (at.seq >= page.latest) break;
    }
    signal.throwIfAborted();
    if (saved === undefined) await position.save(at);
    return at;
  };
}

/** Whether the changes follow the position; `lags`: they do not reach it. */
function continuationOf({ changes, latest }: EnvironmentChangesPage, { seq, stamp }: Position) {
  if (latest < seq) return 'lags';
  const known = changes.find((one) => one.seq === seq)?.stamp;
  // A restored database has given the number to another change.
  if (known !== undefined && stamp !== undefined && known !== stamp) return 'restored';
  const next = changes.find((one) => one.seq > seq);
  return next === undefined || next.seq === seq + 1 ? 'continues' : 'gap';
}
