/** Composes the description of the API, where the installation serves it. */
import { describedApi } from '@gatehouse/service-kit/http';
import { base } from '../access/matrix.ts';
import type { Config } from '../config.ts';
import type { Domain } from '../core/domain.ts';

export function composeDescription(
  _core: unknown,
  { config }: { config: Pick<Config, 'openapi' | 'publicUrl'> },
) {
  const file = new URL('../../openapi.json', import.meta.url);
  const { enabled } = config.openapi;
  const { publicUrl } = config;
  const own = describedApi({ enabled, file, operationId: 'describeEnvironmentApi', publicUrl });
  return { mounts: [['anybody', base, own]] } satisfies Domain;
}
