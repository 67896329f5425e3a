/** Routes `check` and `dry-run` below `/environments`. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import { type Check, checkSchema } from '@gatehouse/contracts/environment-administration';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { failures } from '../answers.ts';
import { changeEnvironmentBody, createEnvironmentBody } from '../environments/schemas.ts';
import type { EnvironmentService } from '../environments/service.ts';
import type { CheckService } from './service.ts';

const tags = ['environments'];
const params = z.object({ id: z.string() });
const response = { 200: envelopeOf(checkSchema), ...failures };

interface Services {
  checks: CheckService;
  environments: EnvironmentService;
}

export function checkRoutes(api: App, { checks, environments }: Services): void {
  const answer = async (reply: FastifyReply, checked: Promise<Check>) => {
    reply.header('cache-control', 'no-store');
    return ok(await checked);
  };

  api.post(
    '/dry-run',
    {
      schema: {
        tags,
        operationId: 'tryNewEnvironment',
        summary: 'Check an environment that does not exist yet, as it would be created; nothing is stored',
        body: createEnvironmentBody,
        response,
      },
    },
    async (request, reply) => answer(reply, checks.run(await environments.planNew(request.body.data))),
  );

  api.post(
    '/:id/dry-run',
    {
      schema: {
        tags,
        operationId: 'tryEnvironmentChange',
        summary: 'Check an environment as it would be after the change; nothing is stored',
        params,
        body: changeEnvironmentBody,
        response,
      },
    },
    async (request, reply) =>
      answer(reply, checks.run(await environments.planChange(request.params.id, request.body.data))),
  );

  api.post(
    '/:id/check',
    {
      schema: {
        tags,
        operationId: 'checkEnvironment',
        summary: 'Connect to every server for real, and tell how far each attempt came',
        params,
        response,
      },
    },
    async (request, reply) => answer(reply, checks.run(await environments.read(request.params.id))),
  );
}
