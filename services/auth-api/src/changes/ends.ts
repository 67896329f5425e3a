/** Revokes what ends by a change at Environment API: a contact centre is disabled, a domain removed, single sign-on switched off. */
import type { EnvironmentChangesPage, EnvironmentEnd } from '@gatehouse/contracts/environment-api/changes';
import { covers, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { createRepeatingWork } from '@gatehouse/service-kit/background/repeating-work';
import { untilDone } from '@gatehouse/service-kit/background/until-done';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { canonicalTenant } from '../contact-centers/fold-name.ts';
import type { SeenChange } from '../contact-centers/service.ts';
import { reasonUnsettled } from '../revocation/keeper.ts';
import { allContactCenters, domainAt, type Revocation, signOnAt } from '../revocation/revocation.ts';
import type { Revocations } from '../revocation/revocations.ts';
import type { EndsPosition } from './ends-position.ts';

export interface EndsOptions {
  revocations: Pick<Revocations, 'revokeAll' | 'noteEndsKnown'>;
  position: EndsPosition;
  changesSince(seq: number): Promise<EnvironmentChangesPage>;
  /** Of this installation. */
  location: string;
  now: Clock;
  log: Logger;
}

type Ended = Pick<Revocation, 'kind' | 'id'>;

const retry = { firstRetryMs: 250, maxRetryMs: 5_000 };
const saveIntervalMs = 10_000;
/** What ended in the last minute before the saved position is revoked again by whoever starts. */
const repeatedMs = 60_000;

const endedBy: Record<EnvironmentEnd, (change: SeenChange, here: string) => Ended[]> = {
  'contact-center-end': ({ id }) => [{ kind: 'contact-center', id }],
  'environment-end': ({ id }) => [{ kind: 'environment', id }],
  'domain-end': ({ id, contactCenterId = '' }) => [
    { kind: 'domain', id: domainAt(contactCenterId, canonicalTenant(id)) },
    // Of some it is not known by which domain they came: perhaps by this one.
    { kind: 'domain', id: domainAt(contactCenterId) },
  ],
  'single-sign-on-end': ({ id, contactCenterId = '' }, here) => {
    const [protocol, place = ''] = id.split(' ');
    const names = [id];
    // The settings of a wider place counted here until this place got its own. Of some it is not known how they came.
    if (covers(place, here)) names.push(...widerThan(place).map((wider) => `${protocol} ${wider}`), '');
    return names.map((name) => ({ kind: 'sign-on', id: signOnAt(contactCenterId, name) }));
  },
};

export function createEnds({ revocations, position, changesSince, location, now, log }: EndsOptions) {
  const closing = new AbortController();
  const repeated = { ...retry, log, signal: closing.signal };
  /** The newest change whose ends, and those of all before, are in force. Undefined: some may have been missed. */
  let appliedSeq: number | undefined;
  let savedSeq = 0;
  /** Positions that are not saved yet, oldest first. */
  let recent: { seq: number; atMs: number }[] = [];
  let tail = Promise.resolve();

  /**
   * Every replica revokes up to the moment at which it heard of the end itself: until then it may have issued by a copy
   * from before.
   */
  async function revoke(ended: readonly Ended[]): Promise<void> {
    if (ended.length === 0) return;
    const revokeNow = async () => {
      // Anew for each attempt: what was issued while it could not be revoked ends too.
      const atMs = now();
      await reasonUnsettled(revocations.revokeAll(ended.map((one) => ({ ...one, atMs }))));
    };
    await untilDone(revokeNow, {
      ...repeated,
      failing: 'what ended at Environment API could not be revoked',
    });
  }

  /** What ended while no replica followed, or while this one missed changes. */
  async function readMissed(): Promise<void> {
    const from = await position.read();
    // Before the first start of this release nothing was noted, and there is nothing to go by.
    const isFirst = from === undefined;
    let seq = from ?? (await changesSince(0)).latest;
    for (;;) {
      const { changes, latest } = await changesSince(seq);
      const [next] = changes;
      if (latest < seq || (next !== undefined && next.seq !== seq + 1)) {
        log.error(
          { event: 'ends_unknown', seq, latest },
          'the change log of Environment API has a gap: everybody signs in again',
        );
        await revoke([{ kind: 'contact-center', id: allContactCenters }]);
        seq = latest;
        closing.signal.throwIfAborted();
        await position.save(seq, true);
        break;
      }
      await revoke(changes.flatMap((change) => endsOf(change, location)));
      seq = changes.at(-1)?.seq ?? seq;
      if (seq >= latest) break;
    }
    closing.signal.throwIfAborted();
    if (isFirst) await position.save(seq);
    savedSeq = seq;
    recent = [];
    appliedSeq = seq;
    revocations.noteEndsKnown();
  }

  const saving = createRepeatingWork({
    log,
    intervalMs: saveIntervalMs,
    /**
     * The position is shared, but each replica revokes by its own clock what it issued itself. One that stopped before it
     * heard of an end must find it when it starts, although another one has applied it.
     */
    async round() {
      const beforeMs = now() - repeatedMs;
      const seq = recent.findLast(({ atMs }) => atMs <= beforeMs)?.seq ?? 0;
      if (seq > savedSeq) await position.save(seq);
      savedSeq = Math.max(savedSeq, seq);
      recent = recent.filter(({ atMs }) => atMs > beforeMs);
      if (appliedSeq !== undefined) recent.push({ seq: appliedSeq, atMs: now() });
      return false;
    },
    failing: 'the position in the changes of Environment API could not be saved',
    recovered: 'the position in the changes of Environment API is saved again',
  });

  return {
    /** In force in a moment, and repeated until it is. Changes come in their order. */
    apply(change: SeenChange & { seq: number }): void {
      const revoked = revoke(endsOf(change, location));
      tail = tail.then(async () => {
        await revoked;
        if (closing.signal.aborted) return;
        if (appliedSeq !== undefined) appliedSeq = Math.max(appliedSeq, change.seq);
      });
    },
    /** Changes were missed, or may have been. */
    catchUp(): void {
      tail = tail.then(async () => {
        appliedSeq = undefined;
        await untilDone(readMissed, { ...repeated, failing: 'the ends that were missed could not be read' });
      });
    },
    /** Resolves when what was missed is revoked. */
    caughtUp: () => tail,
    start: () => saving.start(),
    async close(): Promise<void> {
      closing.abort();
      await saving.stop();
    },
  };
}

function endsOf(change: SeenChange, here: string): Ended[] {
  return Object.hasOwn(endedBy, change.entity) ? endedBy[change.entity as EnvironmentEnd](change, here) : [];
}

/** The locations that cover the given one, without itself. */
function widerThan(location: string): string[] {
  const parts = location === rootLocation ? [] : location.split('/').slice(1);
  return parts.map((_part, index) => `/${parts.slice(0, index).join('/')}`);
}
