/** Ends what a person was granted when the Configuration Server disables, deletes or re-passwords that person. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ConfigurationBackend, PersonChange } from '@gatehouse/config-server-client/backend';
import { CfgObjectState } from '@gatehouse/config-server-client/model/enumerations';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { AuditWriter } from '../audit/event.ts';
import type { CutOffs } from '../revocation/cut-offs.ts';
import type { DisabledPersons } from './disabled-persons.ts';
import type { PasswordChangeMarks } from './password-change-marks.ts';
import { subjectOf } from './subject.ts';

export interface PersonChangesOptions {
  cutOffs: Pick<CutOffs, 'raise'>;
  marks: PasswordChangeMarks;
  disabledPersons: DisabledPersons;
  audit: AuditWriter;
  log: Logger;
  now: Clock;
}

export interface PersonChanges {
  /** Returns at once; what has to be done is done, however often it must be tried. */
  apply(environmentId: string, backend: ConfigurationBackend, change: PersonChange): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  close(): void;
}

type Reason = 'disabled' | 'deleted' | 'password';

const firstRetryMs = 500;
const longestRetryMs = 30_000;

export function createPersonChanges(options: PersonChangesOptions): PersonChanges {
  const { cutOffs, marks, disabledPersons, audit, log, now } = options;
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();

  const cutOff = async (environmentId: string, dbid: number, reason: Reason, atMs: number) => {
    const sub = subjectOf(environmentId, dbid);
    // At once: whoever may not be in any more is out also while nothing can be written, and it is written later.
    await Promise.all([
      cutOffs.raise({ kind: 'sub', id: sub, atMs }),
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
    if (change.kind === 'resync') return cutOffDisabled(environmentId, backend);
    if (change.kind === 'deleted') return cutOff(environmentId, change.dbid, 'deleted', now());
    const { state, PasswordUpdatingDate } = change.delta.set;
    if (state !== undefined && state !== CfgObjectState.enabled) {
      return cutOff(environmentId, change.dbid, 'disabled', now());
    }
    if (state !== undefined) await disabledPersons.forget(environmentId, change.dbid);
    if (!change.delta.passwordChanged) return;
    if (typeof PasswordUpdatingDate !== 'number')
      return cutOff(environmentId, change.dbid, 'password', now());
    if (await marks.isOurs(subjectOf(environmentId, change.dbid), PasswordUpdatingDate)) return;
    // Heard late, it must not end what was granted under the new password.
    const latestMs = (PasswordUpdatingDate + 1) * 1000;
    return cutOff(environmentId, change.dbid, 'password', Math.min(now(), latestMs));
  };

  /** Changes were missed. What deleted and re-passworded persons hold cannot be found: it ends at the next refresh. */
  const cutOffDisabled = async (environmentId: string, backend: ConfigurationBackend) => {
    const disabled = (await backend.readPersons({ state: CfgObjectState.disabled })).map(({ DBID }) => DBID);
    for (const dbid of await disabledPersons.newOnes(environmentId, disabled)) {
      await cutOffs.raise({ kind: 'sub', id: subjectOf(environmentId, dbid), atMs: now() });
    }
    await disabledPersons.replace(environmentId, disabled);
  };

  const untilDone = async (work: () => Promise<void>) => {
    for (
      let retryMs = firstRetryMs;
      !closing.signal.aborted;
      retryMs = Math.min(retryMs * 2, longestRetryMs)
    ) {
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
    apply(environmentId, backend, change) {
      const work = untilDone(() => handle(environmentId, backend, change));
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    },
    async settled() {
      await Promise.all(underWay);
    },
    close: () => closing.abort(),
  };
}
