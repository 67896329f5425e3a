/** Revokes what a person holds when the Configuration Server disables or deletes the person or changes the password. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ConfigurationBackend, PersonChange } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { AuditWriter } from '../audit/event.ts';
import type { Revocations } from '../revocation/revocations.ts';
import { subjectOf } from './identity.ts';
import type { PersonChangeRecords } from './person-change-records.ts';

export interface PersonChangesOptions {
  revocations: Pick<Revocations, 'revoke'>;
  records: PersonChangeRecords;
  audit: AuditWriter;
  log: Logger;
  now: Clock;
}

type Reason = 'disabled' | 'deleted' | 'password';

const firstRetryMs = 500;
const maxRetryMs = 30_000;

export function createPersonChanges({ revocations, records, audit, log, now }: PersonChangesOptions) {
  const closing = new AbortController();

  const revoke = async (environmentId: string, dbid: number, reason: Reason, atMs = now()) => {
    const sub = subjectOf(environmentId, dbid);
    // In parallel: the revocation must not wait for the audit trail.
    await Promise.all([
      revocations.revoke({ kind: 'sub', id: sub, atMs }),
      audit.write({
        name: 'person_cut_off',
        outcome: 'success',
        correlationId: `person ${dbid}`,
        sub,
        fields: { environmentId, reason },
      }),
    ]);
  };

  const handle = async (environmentId: string, backend: ConfigurationBackend, change: PersonChange) => {
    if (change.kind === 'created') return;
    if (change.kind === 'resync') return revokeDisabled(environmentId, backend);
    if (change.kind === 'deleted') return revoke(environmentId, change.dbid, 'deleted');
    const { state, PasswordUpdatingDate } = change.delta.set;
    if (state !== undefined && state !== CfgObjectState.enabled)
      return revoke(environmentId, change.dbid, 'disabled');
    if (state !== undefined) await records.forgetDisabled(environmentId, change.dbid);
    if (!change.delta.passwordChanged) return;
    if (typeof PasswordUpdatingDate !== 'number') return revoke(environmentId, change.dbid, 'password');
    const sub = subjectOf(environmentId, change.dbid);
    if (await records.isOwnPasswordChange(sub, PasswordUpdatingDate)) return;
    // A change that is heard late must not end what was granted under the new password.
    const latestMs = (PasswordUpdatingDate + 1) * 1000;
    await revoke(environmentId, change.dbid, 'password', Math.min(now(), latestMs));
  };

  /**
   * After missed changes. Persons who were deleted or got a new password cannot be found: what they hold ends at the next
   * refresh.
   */
  const revokeDisabled = async (environmentId: string, backend: ConfigurationBackend) => {
    const disabled = (await backend.readPersons({ state: CfgObjectState.disabled })).map(({ DBID }) => DBID);
    for (const dbid of await records.newlyDisabled(environmentId, disabled)) {
      await revocations.revoke({ kind: 'sub', id: subjectOf(environmentId, dbid), atMs: now() });
    }
    await records.replaceDisabled(environmentId, disabled);
  };

  const retryUntilDone = async (work: () => Promise<void>) => {
    for (let retryMs = firstRetryMs; !closing.signal.aborted; retryMs = Math.min(retryMs * 2, maxRetryMs)) {
      try {
        return await work();
      } catch (error) {
        if (closing.signal.aborted) return;
        log.warn({ err: error, retryMs }, 'a change of a person could not be applied; trying again');
        await delay(retryMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };

  return {
    /** Returns at once; the change is applied in the background and repeated until it succeeds. */
    apply(environmentId: string, backend: ConfigurationBackend, change: PersonChange): void {
      void retryUntilDone(() => handle(environmentId, backend, change));
    },
    close: () => closing.abort(),
  };
}
