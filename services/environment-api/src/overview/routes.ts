/** Route `/overview`: what the home page of the console shows of this service; `/internal/problems` gives its problems to Auth API. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import { environmentApiOverviewSchema } from '@gatehouse/contracts/environment-administration';
import { installationProblemsSchema } from '@gatehouse/contracts/environment-api';
import { badRequest } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { type Caller, readableIds } from '../access/caller.ts';
import { failures } from '../answers.ts';
import type { OverviewService } from './service.ts';

const querystring = z.strictObject({
  contactCenterId: z
    .guid()
    .toLowerCase()
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
      const id = contactCenterOf(request.caller, request.query.contactCenterId);
      reply.header('cache-control', 'no-store');
      return ok(await (id === undefined ? overview.ofInstallation() : overview.ofContactCenter(id)));
    },
  );
}

/** For Auth API, which tells somebody. */
export function problemRoutes(internal: App, { overview }: { overview: OverviewService }): void {
  internal.get(
    '',
    {
      schema: {
        tags: ['internal'],
        operationId: 'readProblems',
        summary: 'The problems of the installation',
        response: { 200: envelopeOf(installationProblemsSchema), ...failures },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok({ problems: (await overview.ofInstallation()).problems });
    },
  );
}

/** Undefined: the whole installation. @throws AppError 400 */
function contactCenterOf(caller: Caller, asked: string | undefined): string | undefined {
  const readable = readableIds(caller);
  if (asked !== undefined || readable === undefined) return asked;
  if (readable.length === 1) return readable[0];
  throw badRequest('This caller is bound to several contact centres: name one of them', {
    field: 'contactCenterId',
  });
}
