/** Composes the writer, the route for subscribers and the retention job of the change log. */
import { createChangeRetention } from '@gatehouse/service-kit/changes';
import type { AuditService } from '../audit/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createReplay } from '../idempotency/replay.ts';
import { changeRoutes } from './routes.ts';
import { createWriter } from './writer.ts';

export function composeChanges(core: Core, { audit }: { audit: { service: AuditService } }) {
  const { changeLog, region, isWritable, secretBox, now, trust, log } = core;
  const replay = createReplay({ secretBox, now });
  const retention = createChangeRetention(changeLog, { trust, log });
  return {
    services: createWriter({ changeLog, audit: audit.service, region, replay, now }),
    mounts: [['services', '/changes', (internal) => changeRoutes(internal, { changeLog })]],
    work() {
      // A read-only region has a copy of the database, which the writable region cleans up.
      if (isWritable) retention.start();
    },
    close: () => retention.stop(),
  } satisfies Domain;
}
