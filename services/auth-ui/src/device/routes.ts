/** `/auth/device`: where the code of a device is typed, and where its user hears how it went (RFC 8628). */
import type { App } from '@gatehouse/service-kit/http/app-type';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { beginVisit, sendView } from '../pages/visit.ts';
import { deviceDonePage, deviceFailures, devicePage, deviceResults } from './pages.ts';

const querySchema = z.object({
  /** Of `verification_uri_complete`: filled in, and sent by nobody but the person. */
  user_code: z.string().max(64).default(''),
  error: z.enum(deviceFailures).optional(),
  result: z.enum(deviceResults).optional(),
  ui_locales: z.string().max(256).optional(),
});

export function deviceRoutes(pages: App, { assets }: Pick<Deps, 'assets'>): void {
  pages.get(
    '/device',
    {
      schema: {
        operationId: 'showDevice',
        summary: 'The page for the code of a device',
        querystring: querySchema,
      },
    },
    async (request, reply) => {
      const { user_code: typed, error, result } = request.query;
      const visit = beginVisit(request, reply);
      if (result !== undefined) return sendView(visit, assets, 'device-done', deviceDonePage(visit, result));
      return sendView(visit, assets, 'device', devicePage(visit, typed, error));
    },
  );
}
