/** Revokes what ends by a change at Environment API: a contact centre is disabled, a domain removed, single sign-on switched off. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Trust } from '@gatehouse/service-kit/clock';
import { unavailable } from '@gatehouse/service-kit/errors';
import type { Logger } from '@gatehouse/service-kit/observability';
import { untilDone } from '../../core/until-done.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import type { SeenChange } from '../../registry/contact-centers/service.ts';
import type { DeactivationPosition, Position } from './deactivation-position.ts';
import { createLatePosition } from './late-position.ts';
import { createMissedChanges, type MissedChangesOptions } from './missed-changes.ts';
import { createRevokeDeactivated, type RevokeDeactivatedOptions } from './revoke-deactivated.ts';

export interface DeactivationOptions extends RevokeDeactivatedOptions {
  revocations: Pick<Revocations, 'revokeAll' | 'recordEnding' | 'recordEndsKnown'>;
  position: DeactivationPosition;
  changesSince: MissedChangesOptions['changesSince'];
  /** Only then the shared position moves. */
  trust: Trust;
  log: Logger;
}

/** How far this replica has applied the changes. */
type Progress =
  /** Changes may have been missed. `sinceMoment`: by PostgreSQL's clock, since when it waits for a replica that missed none. */
  | { state: 'behind'; sinceMoment?: string }
  /** As `behind`, but another replica knew every change, and this one reads the revocations of that one. */
  | { state: 'confirmed-by-another' }
  /** Every change up to this one is in force. */
  | { state: 'applied'; at: Position };

const retry = { firstRetryMs: 250, maxRetryMs: 5_000 };
const saveIntervalMs = 5_000;
/** Environment API asks this service who calls it: with no replica in service it could never answer. */
const maxUnreadyMs = 30_000;

export function createDeactivation(options: DeactivationOptions) {
  const { revocations, position, changesSince, now, trust, log } = options;
  const closing = new AbortController();
  const { signal } = closing;
  const repetition = { ...retry, log, signal };
  const revoke = createRevokeDeactivated(options, repetition);
  const latePosition = createLatePosition(position, now);
  const start = { atMs: Number.POSITIVE_INFINITY, isKnown: false };
  let progress: Progress = { state: 'behind' };
  /** Changes, and the reading of missed ones, one after another. */
  let tail = Promise.resolve();

  function moveTo(next: Exclude<Progress, { state: 'behind' }>): void {
    progress = next;
    start.isKnown = true;
    revocations.recordEndsKnown();
  }

  async function catchUpNow(): Promise<void> {
    progress = { state: 'behind' };
    const readMissed = createMissedChanges({ position, changesSince, revoke, signal, now, log });
    const work = async () => {
      const at = await readMissed();
      latePosition.restart(at);
      moveTo({ state: 'applied', at });
    };
    await untilDone(work, { ...repetition, failing: 'the ends that were missed could not be read' });
  }

  /**
   * For the time in which Environment API does not answer. Another replica that knew every change after this one had begun to
   * listen has written its revocations where this one reads them, so this one knows as much.
   */
  async function askOthers(behind: Progress & { state: 'behind' }): Promise<void> {
    behind.sinceMoment ??= await position.moment();
    const isConfirmed = await position.isConfirmedSince(behind.sinceMoment);
    if (isConfirmed && progress === behind) moveTo({ state: 'confirmed-by-another' });
  }

  const saving = createRepeatingWork({
    log,
    when: trust,
    intervalMs: saveIntervalMs,
    async round() {
      if (progress.state === 'behind') await askOthers(progress);
      if (progress.state !== 'behind') await position.confirm();
      await latePosition.save();
      if (progress.state === 'applied') latePosition.add(progress.at);
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
        if (signal.aborted || progress.state !== 'applied' || change.seq <= progress.at.seq) return;
        progress = { state: 'applied', at: { seq: change.seq, stamp: change.stamp } };
      });
    },
    /** Changes were missed, or may have been. */
    catchUp(): void {
      tail = tail.then(catchUpNow);
    },
    /** Resolves when the tokens and sessions that end by missed changes are revoked. */
    caughtUp: () => tail,
    /** @throws AppError (503) while this replica, just started, does not know what ended before */
    assertKnown(): void {
      if (start.isKnown || performance.now() - start.atMs > maxUnreadyMs) return;
      throw unavailable('Environment API', { detail: 'what ended before the start is not known yet' });
    },
    start(): void {
      start.atMs = performance.now();
      saving.start();
    },
    async close(): Promise<void> {
      closing.abort();
      await saving.stop();
    },
  };
}
