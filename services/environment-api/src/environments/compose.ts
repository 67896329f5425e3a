/** Composes the service and routes of environments. */
import type { Writer } from '../changes/writer.ts';
import type { Config } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createLoginWarnings } from './login-warnings.ts';
import { createReachability } from './reachability.ts';
import { environmentRoutes } from './routes.ts';
import { createEnvironmentService } from './service.ts';

interface EnvironmentDependencies {
  config: Pick<Config, 'reachability'>;
  writer: Writer;
}

export function composeEnvironments(core: Core, { config, writer }: EnvironmentDependencies) {
  const { pool, secretBox, changeLog } = core;
  const { timeoutMs } = config.reachability;
  const environments = createEnvironmentService({ db: pool, writer, secretBox });
  const reachability = createReachability(timeoutMs);
  const loginWarnings = createLoginWarnings({ secretBox, timeoutMs });
  return {
    services: environments,
    mounts: [
      [
        'callers',
        '/environments',
        (api) => environmentRoutes(api, { environments, changeLog, reachability, loginWarnings }),
      ],
    ],
  } satisfies Domain;
}
