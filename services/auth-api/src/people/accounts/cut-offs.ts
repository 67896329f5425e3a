/** Writes down that a person of a directory was cut off. Contact centres that do not know the person learn nothing of it. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { SeenPeople } from '../../records/audit/seen-people.ts';
import type { KnownSubject } from '../../registry/contact-centers/subjects.ts';

export interface CutOffsOptions {
  audit: Pick<AuditWriter, 'write'>;
  seen: Pick<SeenPeople, 'known'>;
  log: Logger;
}

export interface CutOff {
  environmentId: string;
  reason: 'disabled' | 'deleted' | 'password';
  /** Of each event: one id for several contact centres would tell them that the person is the same. */
  correlationIdOf(): string;
}

export type CutOffs = ReturnType<typeof createCutOffs>;

export function createCutOffs({ audit, seen, log }: CutOffsOptions) {
  /**
   * The subjects by which their own contact centre knows the person. None while the trail cannot be read: the signals of an event
   * without a contact centre wait until it can be, and only administrators of the installation find the event.
   */
  const knownAmong = async (subjects: readonly KnownSubject[]): Promise<ReadonlySet<string>> => {
    const placed = subjects.flatMap(({ sub, contactCenterId }) =>
      contactCenterId === undefined ? [] : [{ sub, contactCenterId }],
    );
    if (placed.length === 0) return new Set();
    try {
      return await seen.known(placed);
    } catch (error) {
      log.warn({ err: error }, 'it cannot be read which contact centres know a person who was cut off');
      return new Set();
    }
  };

  return async (
    subjects: readonly KnownSubject[],
    { environmentId, reason, correlationIdOf }: CutOff,
  ): Promise<void> => {
    const known = await knownAmong(subjects);
    const written = subjects.map(({ sub, contactCenterId }) =>
      audit.write({
        name: 'person_cut_off',
        outcome: 'success',
        correlationId: correlationIdOf(),
        ...definedOnly({ sub, contactCenterId: known.has(sub) ? contactCenterId : undefined }),
        fields: { environmentId, reason },
      }),
    );
    await Promise.all(written);
  };
}
