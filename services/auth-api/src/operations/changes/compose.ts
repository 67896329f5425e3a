/** Follows the changes that other replicas and Environment API announce: each domain before this one says what it follows. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ChangeSubscriber,
  createChangeRetention,
  createChangeSubscriber,
} from '@gatehouse/service-kit/changes';
import { advisoryCheck } from '@gatehouse/service-kit/health';
import type { Core } from '../../core/core.ts';
import type { Domain, Follows } from '../../core/domain.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createDeactivation } from './deactivation.ts';
import { createDeactivationPosition } from './deactivation-position.ts';
import { environmentApiProbe } from './environment-api-probe.ts';

interface ChangesDependencies {
  revocation: RevocationParts;
  contactCenters: ContactCenters;
}

/** The start does not fail with Environment API: until the ends are known nothing is judged that they could end. */
const maxWaitMs = 5_000;

export function composeChanges(core: Core, dependencies: ChangesDependencies, before: readonly Domain[]) {
  const follows = before.flatMap(({ follows }) => follows ?? []);
  const own = followOwnChanges(core, follows);
  const { subscriber: environment, deactivation, latest } = followEnvironmentApi(core, dependencies, follows);
  const probe = environmentApiProbe({ latest, followed: () => environment.lastSeq });
  const retention = createChangeRetention(core.changes, core);
  return {
    services: { assertDeactivationsKnown: deactivation.assertKnown },
    start: [
      {
        // It does not wait for what ended: the readiness check `ends` judges that, for a bounded time.
        name: 'changes',
        async run() {
          await own.start();
          await environment.start();
          deactivation.start();
          // A request that comes earlier could be answered by what ended while no replica ran.
          await Promise.race([deactivation.caughtUp(), delay(maxWaitMs, undefined, { ref: false })]);
        },
      },
    ],
    work() {
      // The standby of a read-only region is cleaned up by the writable one.
      if (core.isWritable) retention.start();
    },
    ready: [
      { name: 'ends', check: async () => deactivation.assertKnown() },
      advisoryCheck('environment-api', probe),
    ],
    probes: [probe],
    async close() {
      environment.stop();
      own.stop();
      await deactivation.close();
      await retention.stop();
    },
  } satisfies Domain;
}

/** Follows changes of administrators, clients and keys by the replicas of Auth API. */
function followOwnChanges(core: Core, follows: readonly Follows[]): ChangeSubscriber {
  const { kit, keyspace, changes } = core;
  return createChangeSubscriber({
    redis: core.openRedis(),
    channel: keyspace.name('changes:auth'),
    latest: changes.latest,
    since: changes.since,
    onChange({ entity, id }) {
      for (const { own } of follows) own?.[entity]?.(id);
    },
    onGap() {
      for (const { ownGap } of follows) ownGap?.();
    },
    log: kit.log,
  });
}

/** Follows changes of contact centres, environments, settings and origins by Environment API. */
function followEnvironmentApi(core: Core, dependencies: ChangesDependencies, follows: readonly Follows[]) {
  const { kit, keyspace } = core;
  const { environmentApi, service: contactCenters } = dependencies.contactCenters;
  const latest = async () => (await environmentApi.changesSince(0, 1)).latest;
  const deactivation = createDeactivation({
    revocations: dependencies.revocation.revocations,
    contactCenters,
    async forgetDeleted(ids) {
      if (!core.isWritable) return;
      for (const id of ids) {
        // One that was only switched off may be active again.
        if ((await contactCenters.find(id)) !== undefined) continue;
        await Promise.all(follows.map(({ deletedContactCenter }) => deletedContactCenter?.(id)));
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
  return { subscriber, deactivation, latest };
}
