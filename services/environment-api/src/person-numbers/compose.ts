/** Composes the numbers of people. */
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { personNumberRoutes } from './routes.ts';
import { createPersonNumberService } from './service.ts';

export function composePersonNumbers({ pool, primary }: Core) {
  const personNumbers = createPersonNumberService({ pool, writer: primary });
  return {
    mounts: [
      [
        'services',
        '/environments/:id/person-numbers',
        (internal) => personNumberRoutes(internal, { db: pool, personNumbers }),
      ],
    ],
  } satisfies Domain;
}
