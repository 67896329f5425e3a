/** Revokes the tokens and sessions that end by changes at Environment API, and repeats it until it is done. */

import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { untilDone } from '../../core/until-done.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { reasonUnsettled } from '../../records/revocation/unsettled.ts';
import type { ContactCenterService, SeenChange } from '../../registry/contact-centers/service.ts';
import { subjectsIn } from '../../registry/contact-centers/subjects.ts';
import {
  type Deactivated,
  type DeactivatedPerson,
  deactivatedBy,
  deactivatedPerson,
  isOneContactCenter,
} from './deactivated.ts';

export interface RevokeDeactivatedOptions {
  revocations: Pick<Revocations, 'revokeAll' | 'recordEnding'>;
  contactCenters: Pick<ContactCenterService, 'ofEnvironment'>;
  /** Deletes what is stored of the people of contact centres that were deleted. */
  forgetDeleted(contactCenterIds: readonly string[]): Promise<void>;
  /** Of this installation. */
  location: string;
  now: Clock;
}

/** How failed work is repeated. */
export interface Repetition {
  firstRetryMs: number;
  maxRetryMs: number;
  log: Logger;
  signal: AbortSignal;
}

export function createRevokeDeactivated(options: RevokeDeactivatedOptions, repetition: Repetition) {
  const { revocations, contactCenters, forgetDeleted, location, now } = options;

  /** The people store announces the end of a person once for all contact centres. @throws while these cannot be read */
  async function subjectsOf({ environmentId, dbid }: DeactivatedPerson): Promise<Deactivated[]> {
    const places = await contactCenters.ofEnvironment(environmentId);
    return subjectsIn(environmentId, places, dbid).map(({ sub }) => ({ kind: 'sub', id: sub }));
  }

  /**
   * Every replica revokes up to the moment at which it heard of the change itself: until then it may have issued by a copy
   * from before. Never rejects.
   */
  return async (changes: readonly SeenChange[]): Promise<void> => {
    const deactivated = changes.flatMap((change) => deactivatedBy(change, location));
    const persons = changes.flatMap(deactivatedPerson);
    if (deactivated.length + persons.length === 0) return;
    revocations.recordEnding(deactivated);
    const revokeNow = async () => {
      const subjects = (await Promise.all(persons.map(subjectsOf))).flat();
      // Anew for each attempt: tokens that were issued while it failed end too.
      const atMs = now();
      const orders = [...deactivated, ...subjects].map((one) => ({ ...one, atMs }));
      await reasonUnsettled(revocations.revokeAll(orders));
    };
    await untilDone(revokeNow, {
      ...repetition,
      failing: 'what ended at Environment API could not be revoked',
    });
    const contactCenterIds = deactivated.filter(isOneContactCenter).map(({ id }) => id);
    if (contactCenterIds.length === 0) return;
    // Nobody waits for it: the rows name a contact centre that nobody signs in to.
    void untilDone(() => forgetDeleted(contactCenterIds), {
      ...repetition,
      failing: 'what was stored of the people of a deleted contact centre could not be deleted',
    });
  };
}
