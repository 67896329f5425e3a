/** Route `/environments/{id}/check`. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import { checkSchema } from '@gatehouse/contracts/environment-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { failures } from '../answers.ts';
import type { CheckService } from './service.ts';

export function checkRoutes(api: App, { checks }: { checks: CheckService }): void {
  api.post(
    '',
    {
      schema: {
        tags: ['environments'],
        operationId: 'checkEnvironment',
        summary: 'Connect to every server for real, and tell how far each attempt came',
        params: z.object({ id: z.string() }),
        response: { 200: envelopeOf(checkSchema), ...failures },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok(await checks.run(request.params.id));
    },
  );
}
