/** Follows the changes that other replicas and Environment API announce: each domain before this one says what it follows. */
import { setTimeout as delay } from 'node:timers/promises';
import { createChangeRetention } from '@gatehouse/service-kit/changes';
import { advisoryCheck } from '@gatehouse/service-kit/health';
import type { Core, Domain } from '../../core/domain.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { contactCenterEndRoutes } from './contact-center-end-routes.ts';
import { followEnvironmentApi } from './environment-changes.ts';
import { followOwnChanges } from './own-changes.ts';

interface ChangesDependencies {
  revocation: RevocationParts;
  contactCenters: ContactCenters;
}

/** The start does not fail with Environment API: until the ends are known nothing is judged that they could end. */
const maxWaitMs = 5_000;

export function composeChanges(core: Core, dependencies: ChangesDependencies, before: readonly Domain[]) {
  const follows = before.flatMap(({ follows }) => follows ?? []);
  const own = followOwnChanges(core, follows);
  const forgetContactCenter = async (id: string) => {
    await Promise.all(follows.map(({ deletedContactCenter }) => deletedContactCenter?.(id)));
  };
  const {
    subscriber: environment,
    deactivation,
    probe,
  } = followEnvironmentApi(core, { ...dependencies, forgetContactCenter }, follows);
  const ends = { ...core, revocations: dependencies.revocation.revocations, forgetContactCenter };
  const retention = createChangeRetention(core.changes, core);
  return {
    services: { assertDeactivationsKnown: deactivation.assertKnown },
    mounts: [['services', '', (app) => contactCenterEndRoutes(app, ends)]],
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
