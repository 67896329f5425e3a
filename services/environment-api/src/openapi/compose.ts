/** Composes the descriptions of the API and of documents, where the installation serves them. */
import { describedApi } from '@gatehouse/service-kit/http';
import { base } from '../access/matrix.ts';
import type { Config } from '../config.ts';
import { schemaRoutes } from '../configuration/schema-routes.ts';
import type { Domain } from '../core/domain.ts';

export function composeDescription(
  _core: unknown,
  { config }: { config: Pick<Config, 'openapi' | 'publicUrl'> },
) {
  const file = new URL('../../openapi.json', import.meta.url);
  const { enabled } = config.openapi;
  const { publicUrl } = config;
  const own = describedApi({ enabled, file, operationId: 'describeEnvironmentApi', publicUrl });
  if (!enabled) return {} satisfies Domain;
  return {
    mounts: [
      ['anybody', base, own],
      ['anybody', base, schemaRoutes],
    ],
  } satisfies Domain;
}
