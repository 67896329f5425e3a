/** Looks at known people again and again and reports who was disabled, is gone, or has another password. */

import { type Clock, type Logger, pause } from '@gatehouse/config-server-client/surroundings';
import { definedOnly } from '@gatehouse/contracts/values';
import { CfgObjectState, type PersonChange, type PersonListener } from '@gatehouse/people-directory';
import type { KnownPerson } from './known-people.ts';

export interface WatchOptions {
  look(): AsyncIterable<KnownPerson[]>;
  pollMs: number;
  clock: Clock;
  log: Logger;
}

type Seen = Pick<KnownPerson, 'isEnabled' | 'isGone' | 'passwordChangedAt'>;

export function createPersonWatch({ look, pollMs, clock, log }: WatchOptions) {
  const listeners = new Set<PersonListener>();
  const closing = new AbortController();
  /** Of everybody with a number. A look that fails leaves it as it is, so the next one misses nothing. */
  let seen: Map<number, Seen> | undefined;
  let isRunning = false;
  let historyId = 0;

  const announce = (change: PersonChange) => {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        log.error({ err: error, kind: change.kind }, 'a listener for person changes failed');
      }
    }
  };

  const compare = (now: KnownPerson, before: Seen | undefined) => {
    const { dbid, isEnabled, isGone, passwordChangedAt } = now;
    const wasEnabled = before?.isEnabled ?? true;
    if (isGone) {
      if (before?.isGone !== true) announce({ kind: 'deleted', dbid, historyId: ++historyId });
      return;
    }
    const passwordChanged =
      before !== undefined &&
      passwordChangedAt !== undefined &&
      before.passwordChangedAt !== passwordChangedAt;
    if (isEnabled === wasEnabled && !passwordChanged) return;
    const state = isEnabled ? CfgObjectState.enabled : CfgObjectState.disabled;
    const set = definedOnly({
      state: isEnabled === wasEnabled ? undefined : state,
      PasswordUpdatingDate: passwordChanged ? passwordChangedAt : undefined,
    });
    announce({ kind: 'updated', dbid, delta: { set, passwordChanged }, historyId: ++historyId });
  };

  const round = async () => {
    const isFirst = seen === undefined;
    const known = seen ?? new Map<number, Seen>();
    for await (const people of look()) {
      if (closing.signal.aborted) return;
      for (const person of people) {
        if (!isFirst) compare(person, known.get(person.dbid));
        const { isEnabled, isGone, passwordChangedAt } = person;
        known.set(person.dbid, { isEnabled, isGone, passwordChangedAt });
      }
    }
    seen = known;
    // Nobody can tell what changed before the first look: listeners read who is disabled.
    if (isFirst) announce({ kind: 'resync' });
  };

  const run = async () => {
    while (!closing.signal.aborted && listeners.size > 0) {
      const startedMs = clock.monotonicMs();
      await round().catch((error: unknown) =>
        log.warn({ err: error }, 'the people of a directory could not be looked at'),
      );
      // From beginning to beginning, so that a change is seen within the interval. A long look leaves logins some time.
      const leftMs = pollMs - (clock.monotonicMs() - startedMs);
      await pause(clock, Math.max(leftMs, pollMs / 2), closing.signal);
    }
    isRunning = false;
  };

  return {
    subscribe(listener: PersonListener): () => void {
      listeners.add(listener);
      if (!isRunning) {
        isRunning = true;
        void run();
      }
      return () => listeners.delete(listener);
    },
    close: () => closing.abort(),
  };
}
