/** Composes the writer, the route for subscribers and the retention job of the change log. */

import { type ChangeLog, createChangeRetention } from '@gatehouse/service-kit/changes';
import type { Clock, Trust } from '@gatehouse/service-kit/clock';
import { isWritable, type Region } from '@gatehouse/service-kit/config';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { AuditService } from '../audit/service.ts';
import { createReplay } from '../idempotency/replay.ts';
import { changeRoutes } from './routes.ts';
import { createWriter } from './writer.ts';

export function composeChanges({
  changeLog,
  audit,
  region,
  secretBox,
  now,
  trust,
  log,
}: {
  changeLog: ChangeLog;
  audit: AuditService;
  region: Region;
  secretBox: SecretBox;
  now: Clock;
  trust: Trust;
  log: Logger;
}) {
  const replay = createReplay({ secretBox, now });
  const retention = createChangeRetention(changeLog, { trust, log });
  // A read-only region has a copy of the database, which the writable region cleans up.
  if (isWritable(region)) retention.start();
  return {
    writer: createWriter({ changeLog, audit, region, replay, now }),
    internalRoutes: async (internal: App) => changeRoutes(internal, { changeLog }),
    close: () => retention.stop(),
  };
}
