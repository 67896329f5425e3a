/** Revokes what a person holds when the Configuration Server disables or deletes the person or changes the password. */

import { definedOnly } from '@gatehouse/contracts/values';
import { CfgObjectState, type PersonChange } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { subjectsIn } from '../../registry/contact-centers/subjects.ts';
import type { PersonSource } from '../directories/links-in-use.ts';
import type { CutOff, CutOffs } from './cut-offs.ts';
import { createPersonChangeQueue, type EndingChange } from './person-change-queue.ts';
import type { PersonChangeRecords } from './person-change-records.ts';

export interface PersonChangesOptions {
  contactCenters: Pick<ContactCenterService, 'ofEnvironment'>;
  revocations: Pick<Revocations, 'revokeAll'>;
  records: PersonChangeRecords;
  cutOffs: CutOffs;
  log: Logger;
  now: Clock;
}

/** The server alone decides how many it names. Those beyond lose what they hold at its next refresh. */
const maxDisabled = 100_000;

export function createPersonChanges(options: PersonChangesOptions) {
  const { contactCenters, revocations, records, cutOffs, log, now } = options;
  const closing = new AbortController();

  /**
   * The directory says it of the person in every contact centre of the environment. While these are not known, the change
   * waits: the queue repeats it.
   */
  const subjectsOf = async (environmentId: string, dbid: number) =>
    subjectsIn(environmentId, await contactCenters.ofEnvironment(environmentId), dbid);

  // In force: whoever has it on the stream carries it over to PostgreSQL.
  const revokeAll = (subs: readonly string[], atMs: number) =>
    reasonUnsettled(revocations.revokeAll(subs.map((id) => ({ kind: 'sub' as const, id, atMs }))));

  const revoke = async (environmentId: string, dbid: number, reason: CutOff['reason'], atMs = now()) => {
    const subjects = await subjectsOf(environmentId, dbid);
    // In parallel: the revocation must not wait for the audit trail.
    await Promise.all([
      revokeAll(
        subjects.map(({ sub }) => sub),
        atMs,
      ),
      cutOffs(subjects, {
        environmentId,
        reason,
        // Names nobody: it stays in the trail when the person is erased, and contact centres could compare their trails by a number.
        correlationIdOf: () => `person ${randomUuid()}`,
      }),
    ]);
  };

  const handle = async (
    environmentId: string,
    backend: PersonSource,
    change: EndingChange,
    keepPace: () => Promise<void>,
  ) => {
    if (change.kind === 'resync') return revokeDisabled(environmentId, backend, keepPace);
    if (change.kind === 'deleted') return revoke(environmentId, change.dbid, 'deleted');
    const { state, PasswordUpdatingDate } = change.delta.set;
    if (state !== undefined && state !== CfgObjectState.enabled)
      return revoke(environmentId, change.dbid, 'disabled');
    if (state !== undefined) await records.forgetDisabled(environmentId, change.dbid);
    if (!change.delta.passwordChanged) return;
    const person = { environmentId, dbid: change.dbid };
    const isOwn =
      typeof PasswordUpdatingDate === 'number' &&
      (await records.isOwnPasswordChange(person, PasswordUpdatingDate));
    // Not the date of the directory: where its clock is behind, the old password would keep what it got meanwhile.
    if (!isOwn) await revoke(environmentId, change.dbid, 'password', change.heardAtMs);
  };

  /**
   * After missed changes. Persons who were deleted or got a new password cannot be found: what they hold ends at the next
   * refresh.
   */
  const revokeDisabled = async (
    environmentId: string,
    backend: PersonSource,
    keepPace: () => Promise<void>,
  ) => {
    const disabled = (await backend.readPersonDbids({ state: CfgObjectState.disabled })).slice(
      0,
      maxDisabled,
    );
    for (const dbid of await records.newlyDisabled(environmentId, disabled)) {
      await keepPace();
      const subjects = await subjectsOf(environmentId, dbid);
      await revokeAll(
        subjects.map(({ sub }) => sub),
        now(),
      );
    }
    await records.replaceDisabled(environmentId, disabled);
  };

  const queues = new WeakMap<PersonSource, ReturnType<typeof createPersonChangeQueue>>();
  const queueOf = (environmentId: string, backend: PersonSource) => {
    const queue =
      queues.get(backend) ??
      createPersonChangeQueue({
        apply: (change, keepPace) => handle(environmentId, backend, change, keepPace),
        log,
        signal: closing.signal,
      });
    queues.set(backend, queue);
    return queue;
  };

  return {
    /** Returns at once; the change is applied in the background and repeated until it succeeds. */
    apply(environmentId: string, backend: PersonSource, change: PersonChange): void {
      const rest = withoutBallast(change, now());
      if (rest !== undefined) queueOf(environmentId, backend)(rest);
    },
    close: () => closing.abort(),
  };
}

/** A waiting change must not hold the values that a server wrote into it. Undefined for a change that ends nothing. */
function withoutBallast(change: PersonChange, heardAtMs: number): EndingChange | undefined {
  if (change.kind === 'created') return undefined;
  if (change.kind !== 'updated') return change;
  const { kind, dbid, historyId, delta } = change;
  const { state, PasswordUpdatingDate } = delta.set;
  if (state === undefined && !delta.passwordChanged) return undefined;
  const set = definedOnly({
    // Any other value counts as disabled.
    state: state === undefined || state === CfgObjectState.enabled ? state : CfgObjectState.disabled,
    PasswordUpdatingDate: typeof PasswordUpdatingDate === 'number' ? PasswordUpdatingDate : undefined,
  });
  return { kind, dbid, historyId, delta: { set, passwordChanged: delta.passwordChanged }, heardAtMs };
}
