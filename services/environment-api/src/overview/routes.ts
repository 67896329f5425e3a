/** Route `/overview`: what the home page of the console shows of this service. */
import { envelopeOf } from '@gatehouse/contracts/envelope';
import { environmentApiOverviewSchema } from '@gatehouse/contracts/environment-api/administration/overview';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { z } from 'zod';
import { requireInstallationWriter } from '../access/caller.ts';
import { failures } from '../answers.ts';
import type { OverviewService } from './service.ts';

const querystring = z.strictObject({
  contactCenterId: z
    .guid()
    .optional()
    .describe('Only this one; a contact-centre administrator sees their own.'),
});

export function overviewRoutes(api: App, { overview }: { overview: OverviewService }): void {
  api.get(
    '',
    {
      schema: {
        tags: ['operations'],
        operationId: 'readOverview',
        summary: 'Problems, numbers, and what ends soon',
        querystring,
        response: { 200: envelopeOf(environmentApiOverviewSchema), ...failures },
      },
    },
    async (request, reply) => {
      requireInstallationWriter(request.caller);
      const { contactCenterId } = request.query;
      reply.header('cache-control', 'no-store');
      return ok(
        await (contactCenterId === undefined
          ? overview.ofInstallation()
          : overview.ofContactCenter(contactCenterId.toLowerCase())),
      );
    },
  );
}
