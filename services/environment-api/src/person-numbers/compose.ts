/** Composes the numbers of people. */
import type { App } from '@gatehouse/service-kit/http';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { personNumberRoutes } from './routes.ts';
import { createPersonNumberService } from './service.ts';

export function composePersonNumbers({ pool, writer }: { pool: Pool; writer: Pool | undefined }) {
  const personNumbers = createPersonNumberService({ pool, writer });
  return {
    internalRoutes: async (internal: App) => personNumberRoutes(internal, { db: pool, personNumbers }),
  };
}
