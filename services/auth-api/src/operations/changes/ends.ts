/** Revokes what ends by a change at Environment API: a contact centre is disabled, a domain removed, single sign-on switched off. */
import type { EnvironmentChangesPage, EnvironmentEnd } from '@gatehouse/contracts/environment-api/changes';
import { covers, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { readPersonChangeId } from '@gatehouse/contracts/environment-api/people';
import { createRepeatingWork, untilDone } from '@gatehouse/service-kit/background';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import {
  allContactCenters,
  domainAt,
  type Revocation,
  signOnAt,
} from '../../records/revocation/revocation.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import { canonicalTenant } from '../../registry/contact-centers/fold-name.ts';
import type { ContactCenterService, SeenChange } from '../../registry/contact-centers/service.ts';
import { subjectsIn } from '../../registry/contact-centers/subjects.ts';
import type { EndsPosition, Position } from './ends-position.ts';

export interface EndsOptions {
  revocations: Pick<Revocations, 'revokeAll' | 'noteEnding' | 'noteEndsKnown'>;
  contactCenters: Pick<ContactCenterService, 'ofEnvironment'>;
  /** Deletes what is stored of the people of those that were deleted. */
  forgetDeleted(contactCenterIds: readonly string[]): Promise<void>;
  position: EndsPosition;
  changesSince(seq: number, limit?: number): Promise<EnvironmentChangesPage>;
  /** Of this installation. */
  location: string;
  now: Clock;
  /** Only then the shared position moves. */
  trust: Trust;
  log: Logger;
}

type Ended = Pick<Revocation, 'kind' | 'id'>;
type EndedPerson = NonNullable<ReturnType<typeof readPersonChangeId>>;

const retry = { firstRetryMs: 250, maxRetryMs: 5_000 };
const saveIntervalMs = 5_000;
/** A log that does not reach the saved position may be that of a copy of the database that lags, for so long. */
const maxLagMs = 60_000;
/** Environment API asks this service who calls it: with no replica in service it could never answer. */
const maxUnreadyMs = 30_000;
/** What ended in the last minute before the saved position is revoked again by whoever starts. */
const repeatedMs = 60_000;

/** As if everything had been switched off, because it is not known what was. */
const everyContactCenter: SeenChange = { entity: 'contact-center-end', id: allContactCenters };

const endedBy: Record<
  Exclude<EnvironmentEnd, 'person-end'>,
  (change: SeenChange, here: string) => Ended[]
> = {
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

export function createEnds(options: EndsOptions) {
  const { revocations, contactCenters, forgetDeleted, position, changesSince, location, now, trust, log } =
    options;
  const closing = new AbortController();
  const repeated = { ...retry, log, signal: closing.signal };
  /** Since when what ended can be asked for. */
  let startedAtMs = Number.POSITIVE_INFINITY;
  /** The newest change whose ends, and those of all before, are in force. Undefined: some may have been missed. */
  let applied: Position | undefined;
  /** Whether every end that could be heard of is in force here. */
  let isCurrent = false;
  let isKnown = false;
  /** Since when this replica has been waiting for another one that is current, by PostgreSQL's clock. */
  let waitingSince: string | undefined;
  let behindSinceMs: number | undefined;
  let savedSeq = 0;
  /** Positions that are not saved yet, oldest first. */
  let recent: (Position & { atMs: number })[] = [];
  let tail = Promise.resolve();

  function noteCurrent(): void {
    isCurrent = true;
    isKnown = true;
    revocations.noteEndsKnown();
  }

  /** The people store says it of the person in every contact centre. @throws while these cannot be read: it is tried again */
  async function subjectsOf({ environmentId, dbid }: EndedPerson): Promise<Ended[]> {
    const places = await contactCenters.ofEnvironment(environmentId);
    return subjectsIn(environmentId, places, dbid).map(({ sub }) => ({ kind: 'sub', id: sub }));
  }

  /**
   * Every replica revokes up to the moment at which it heard of the end itself: until then it may have issued by a copy
   * from before.
   */
  async function revoke(changes: readonly SeenChange[]): Promise<void> {
    const ended = changes.flatMap((change) => endsOf(change, location));
    const persons = changes.flatMap(personIn);
    if (ended.length + persons.length === 0) return;
    revocations.noteEnding(ended);
    const revokeNow = async () => {
      const subjects = (await Promise.all(persons.map(subjectsOf))).flat();
      // Anew for each attempt: what was issued while it could not be revoked ends too.
      const atMs = now();
      await reasonUnsettled(revocations.revokeAll([...ended, ...subjects].map((one) => ({ ...one, atMs }))));
    };
    await untilDone(revokeNow, {
      ...repeated,
      failing: 'what ended at Environment API could not be revoked',
    });
    const places = ended.filter(({ kind, id }) => kind === 'contact-center' && id !== allContactCenters);
    if (places.length === 0) return;
    // Nobody waits for it: what is left names a contact centre that nobody signs in to.
    void untilDone(() => forgetDeleted(places.map(({ id }) => id)), {
      ...repeated,
      failing: 'what was stored of the people of a deleted contact centre could not be deleted',
    });
  }

  /** What ended while no replica followed, or while this one missed changes. */
  async function readMissed(): Promise<void> {
    const saved = await position.read();
    // Before the first start of this release nothing was noted: the log is read from its beginning.
    let at: Position = saved ?? { seq: ((await changesSince(0, 1)).changes[0]?.seq ?? 1) - 1 };
    for (;;) {
      // The change at the position is read again, for its stamp.
      const page = await changesSince(Math.max(0, at.seq - 1));
      const continuation = continuationOf(page, at);
      if (continuation === 'lags' && !lagsTooLong())
        throw new Error(`change ${at.seq} was followed before, and ${page.latest} is the newest there`);
      if (continuation !== 'continues') {
        log.error(
          { event: 'ends_unknown', seq: at.seq, latest: page.latest },
          'the change log of Environment API has a gap: everybody signs in again',
        );
        await revoke([everyContactCenter]);
        at = { seq: page.latest };
        closing.signal.throwIfAborted();
        await position.save(at, true);
        break;
      }
      const { seq } = at;
      await revoke(page.changes.filter((one) => one.seq > seq));
      const newest = page.changes.at(-1);
      if (newest !== undefined) at = { seq: newest.seq, stamp: newest.stamp };
      if (at.seq >= page.latest) break;
    }
    closing.signal.throwIfAborted();
    if (saved === undefined) await position.save(at);
    behindSinceMs = undefined;
    savedSeq = at.seq;
    recent = [];
    applied = at;
    noteCurrent();
  }

  function lagsTooLong(): boolean {
    behindSinceMs ??= now();
    return now() - behindSinceMs >= maxLagMs;
  }

  /**
   * While Environment API does not answer: another replica that knew every end after this one had begun to listen has
   * put it where this one reads it, so this one knows as much.
   */
  async function askOthers(): Promise<void> {
    waitingSince ??= await position.moment();
    const since = waitingSince;
    if ((await position.isConfirmedSince(since)) && since === waitingSince) noteCurrent();
  }

  const saving = createRepeatingWork({
    log,
    when: trust,
    intervalMs: saveIntervalMs,
    /**
     * The position is shared, but each replica revokes by its own clock what it issued itself. One that stopped before it
     * heard of an end must find it when it starts, although another one has applied it.
     */
    async round() {
      if (!isCurrent) await askOthers();
      if (isCurrent) await position.confirm();
      const beforeMs = now() - repeatedMs;
      const oldest = recent.findLast(({ atMs }) => atMs <= beforeMs);
      if (oldest !== undefined && oldest.seq > savedSeq) {
        await position.save(oldest);
        savedSeq = oldest.seq;
      }
      recent = recent.filter(({ atMs }) => atMs > beforeMs);
      if (applied !== undefined) recent.push({ ...applied, atMs: now() });
      return false;
    },
    failing: 'the position in the changes of Environment API could not be saved',
    recovered: 'the position in the changes of Environment API is saved again',
  });

  return {
    /** In force in a moment, and repeated until it is. Changes come in their order. */
    apply(change: SeenChange & Position): void {
      const revoked = revoke([change]);
      tail = tail.then(async () => {
        await revoked;
        if (closing.signal.aborted || applied === undefined || change.seq <= applied.seq) return;
        applied = { seq: change.seq, stamp: change.stamp };
      });
    },
    /** Changes were missed, or may have been. */
    catchUp(): void {
      tail = tail.then(async () => {
        applied = undefined;
        isCurrent = false;
        waitingSince = undefined;
        await untilDone(readMissed, { ...repeated, failing: 'the ends that were missed could not be read' });
      });
    },
    /** Resolves when what was missed is revoked. */
    caughtUp: () => tail,
    /** @throws AppError (503) while this replica, just started, does not know what ended before */
    assertKnown(): void {
      if (isKnown || performance.now() - startedAtMs > maxUnreadyMs) return;
      throw unavailable('Environment API', { detail: 'what ended before the start is not known yet' });
    },
    start(): void {
      startedAtMs = performance.now();
      saving.start();
    },
    async close(): Promise<void> {
      closing.abort();
      await saving.stop();
    },
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

function endsOf(change: SeenChange, here: string): Ended[] {
  return Object.hasOwn(endedBy, change.entity)
    ? endedBy[change.entity as keyof typeof endedBy](change, here)
    : [];
}

function personIn({ entity, id }: SeenChange): EndedPerson[] {
  const person = entity === 'person-end' ? readPersonChangeId(id) : undefined;
  return person === undefined ? [] : [person];
}

/** The locations that cover the given one, without itself. */
function widerThan(location: string): string[] {
  const parts = location === rootLocation ? [] : location.split('/').slice(1);
  return parts.map((_part, index) => `/${parts.slice(0, index).join('/')}`);
}
