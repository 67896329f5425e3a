/** Knows up to which change a replica has followed the log, reads the changes that it missed, and notices a log that is another one. */
import type { Change } from './log.ts';

export interface ChangePositionOptions {
  latest(): Promise<number>;
  since(seq: number): Promise<Change[]>;
  onChange(change: Change): void;
  /** Changes may have been missed and cannot be listed: drop all caches. */
  onGap(): void;
}

/** How many changes are remembered, to recognise a copy of the log that lags. */
const maxStamps = 1000;

export function createChangePosition(options: ChangePositionOptions) {
  let lastSeq = -1;
  const stamps = new Map<number, string | undefined>();

  function remember({ seq, stamp }: Change): void {
    stamps.set(seq, stamp);
    stamps.delete(seq - maxStamps);
  }

  /** A restored database counts from an earlier number again, and its changes would pass for known ones. */
  function isOfAnotherHistory({ seq, stamp }: Change): boolean {
    const known = stamps.get(seq);
    return known !== undefined && stamp !== undefined && known !== stamp;
  }

  function apply(change: Change): void {
    if (change.seq <= lastSeq) return;
    lastSeq = change.seq;
    remember(change);
    options.onChange(change);
  }

  async function readMissed(): Promise<void> {
    // The position was never known, so everything cached may be old.
    if (lastSeq < 0) return await beginAgain();
    for (;;) {
      // Changes announced meanwhile are applied immediately and are in the answer too.
      const from = lastSeq;
      // The newest known one is read again, for its stamp.
      const page = await options.since(Math.max(0, from - 1));
      const [first] = page;
      if (first === undefined && from > 0) return await readBehind(from);
      if (first?.seq === from) {
        if (isOfAnotherHistory(first)) return await beginAgain();
        remember(first);
      }
      const missed = page.filter(({ seq }) => seq > from);
      const [next] = missed;
      if (next === undefined) return;
      // The retention job has deleted the changes in between.
      if (next.seq !== from + 1) return await beginAgain();
      missed.forEach(apply);
    }
  }

  /** The service that answers does not have the newest known change: its copy of the database lags, or was restored. */
  async function readBehind(from: number): Promise<void> {
    const latest = await options.latest();
    // It has caught up.
    if (latest >= from) return;
    const [newest] = latest > 0 ? await options.since(latest - 1) : [];
    // As far as it goes it is the same history: what is missing there is known here.
    if (newest?.seq === latest && newest.stamp !== undefined && stamps.get(latest) === newest.stamp) return;
    await beginAgain();
  }

  async function beginAgain(): Promise<void> {
    lastSeq = await options.latest();
    stamps.clear();
    options.onGap();
  }

  return {
    /** The newest change that was followed; negative: none is known. */
    get lastSeq(): number {
      return lastSeq;
    },
    apply,
    readMissed,
  };
}
