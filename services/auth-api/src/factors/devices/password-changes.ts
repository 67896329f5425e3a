/** Ends remembered devices when a person gets a new password, or is signed out everywhere. */
import type { Logger } from '@gatehouse/service-kit/observability';
import { untilDone } from '../../core/until-done.ts';
import type { RecordedAuditEvent } from '../../records/audit/event.ts';
import type { RememberedDevices } from './service.ts';

interface PasswordChangesOptions {
  devices: Pick<RememberedDevices, 'endAll' | 'endEverywhere'>;
  log: Logger;
}

/**
 * The change itself does not wait: its revocation is in force already, and a device that it covers does not count. PostgreSQL is told
 * so that this holds when the revocation is over.
 */
export function createPasswordChanges({ devices, log }: PasswordChangesOptions) {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();

  const endOf = ({ name, sub, contactCenterId, fields }: RecordedAuditEvent) => {
    if (sub === undefined) return undefined;
    if (name === 'global_logout' && contactCenterId !== undefined)
      return () => devices.endAll({ contactCenterId, sub });
    const isNewPassword =
      name === 'password_changed' || (name === 'person_cut_off' && fields?.['reason'] === 'password');
    // The directory knows one password for all contact centres of the environment.
    return isNewPassword || name === 'global_logout' ? () => devices.endEverywhere(sub) : undefined;
  };

  return {
    follow(event: RecordedAuditEvent): void {
      const work = endOf(event);
      if (work === undefined) return;
      const done = untilDone(work, {
        ...{ log, signal: closing.signal, firstRetryMs: 1_000, maxRetryMs: 60_000 },
        failing: 'the remembered devices of a person with a new password could not be ended',
      }).finally(() => running.delete(done));
      running.add(done);
    },
    async close(): Promise<void> {
      closing.abort();
      await Promise.all(running);
    },
  };
}
