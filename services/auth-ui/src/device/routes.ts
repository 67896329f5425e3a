/** Serves `/auth/device`: the user types the code of a device and sees the result (RFC 8628). */
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { beginVisit, sendView } from '../pages/visit.ts';
import { deviceDonePage, deviceFailures, devicePage, deviceResults } from './pages.ts';

const querySchema = z.object({
  /** From `verification_uri_complete`: filled in, and sent only by the user. */
  user_code: z.string().max(64).default(''),
  error: z.enum(deviceFailures).optional(),
  result: z.enum(deviceResults).optional(),
  ui_locales: z.string().max(256).optional(),
});

export function deviceRoutes(pages: App): void {
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
      if (result !== undefined) return sendView(visit, 'device-done', deviceDonePage(visit, result));
      return sendView(visit, 'device', devicePage(visit, typed, error));
    },
  );
}
