/** Follows changes of contact centres, environments, settings and origins by Environment API, and judges what each has ended. */
import { createChangeSubscriber } from '@gatehouse/service-kit/changes';
import type { Core, Follows } from '../../core/domain.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createDeactivation } from './deactivation.ts';
import { createDeactivationPosition } from './deactivation-position.ts';
import { environmentApiProbe } from './environment-api-probe.ts';

interface EnvironmentChangeOptions {
  forgetContactCenter(id: string): Promise<void>;
  revocation: RevocationParts;
  contactCenters: ContactCenters;
}

export function followEnvironmentApi(
  core: Core,
  options: EnvironmentChangeOptions,
  follows: readonly Follows[],
) {
  const { kit, keyspace } = core;
  const { revocations } = options.revocation;
  const { environmentApi, service: contactCenters } = options.contactCenters;
  const latest = async () => (await environmentApi.changesSince(0, 1)).latest;
  const deactivation = createDeactivation({
    revocations,
    contactCenters,
    async forgetDeleted(ids) {
      if (!core.isWritable) return;
      for (const id of ids) {
        // It was only switched off, or is there again: then its former rights ended before (`contact-center-end-routes.ts`).
        if ((await contactCenters.find(id)) === undefined) await options.forgetContactCenter(id);
      }
    },
    position: createDeactivationPosition(core.pool, core.isWritable),
    changesSince: environmentApi.changesSince,
    location: core.location,
    now: core.now,
    trust: core.trust,
    log: kit.log,
  });
  const subscriber = createChangeSubscriber({
    redis: core.openRedis(),
    channel: keyspace.name('changes:environment'),
    latest,
    since: async (seq) => (await environmentApi.changesSince(seq)).changes,
    onChange(change) {
      const { entity } = change;
      // A person is no part of what is kept of the contact centre.
      if (entity === 'person' || entity === 'person-end')
        for (const { copiesOfPeople } of follows) copiesOfPeople?.change(change);
      // A change of a group is announced for each of its people.
      else if (entity !== 'person-group') for (const { copies } of follows) copies?.change(change);
      // After the copies were dropped: what is issued from now on goes by the new state.
      deactivation.apply(change);
      for (const { afterDeactivation } of follows) afterDeactivation?.change(change);
    },
    onGap() {
      for (const { copies, copiesOfPeople } of follows) {
        copies?.gap();
        copiesOfPeople?.gap();
      }
      deactivation.catchUp();
      for (const { afterDeactivation } of follows) afterDeactivation?.gap();
    },
    log: kit.log,
  });
  const probe = environmentApiProbe({ latest, followed: () => subscriber.lastSeq });
  return { subscriber, deactivation, probe };
}
