/** Saves the position in the changes of Environment API a minute late, for replicas that start. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { DeactivationPosition, Position } from './deactivation-position.ts';

/** A replica that starts revokes again what ended in the last minute before the saved position. */
const repeatedMs = 60_000;

/**
 * The position is shared, but each replica revokes by its own clock what it issued itself. A replica that stopped before it
 * heard of a change must find it when it starts, although another one has applied it.
 */
export function createLatePosition(position: Pick<DeactivationPosition, 'save'>, now: Clock) {
  let savedSeq = 0;
  /** Not saved yet, oldest first. */
  let recent: (Position & { atMs: number })[] = [];

  return {
    /** The position is saved already. */
    restart({ seq }: Position): void {
      savedSeq = seq;
      recent = [];
    },
    add(at: Position): void {
      recent.push({ ...at, atMs: now() });
    },
    async save(): Promise<void> {
      const beforeMs = now() - repeatedMs;
      const newestToSave = recent.findLast(({ atMs }) => atMs <= beforeMs);
      if (newestToSave !== undefined && newestToSave.seq > savedSeq) {
        await position.save(newestToSave);
        savedSeq = newestToSave.seq;
      }
      recent = recent.filter(({ atMs }) => atMs > beforeMs);
    },
  };
}
