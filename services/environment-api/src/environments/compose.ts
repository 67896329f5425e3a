/** Composes the service and routes of environments. */
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { Writer } from '../changes/writer.ts';
import { createLoginWarnings } from './login-warnings.ts';
import { createReachability } from './reachability.ts';
import { environmentRoutes } from './routes.ts';
import { createEnvironmentService } from './service.ts';

export function composeEnvironments({
  pool,
  writer,
  secretBox,
  changeLog,
  reachabilityTimeoutMs,
}: {
  pool: Pool;
  writer: Writer;
  secretBox: SecretBox;
  changeLog: ChangeLog;
  reachabilityTimeoutMs: number;
}) {
  const service = createEnvironmentService({ db: pool, writer, secretBox });
  const reachability = createReachability(reachabilityTimeoutMs);
  const loginWarnings = createLoginWarnings({ secretBox, timeoutMs: reachabilityTimeoutMs });
  return {
    service,
    reachability,
    routes: async (api: App) =>
      environmentRoutes(api, { environments: service, changeLog, reachability, loginWarnings }),
  };
}
