/** `/diagnosis`: what this service stands on, looked at now. */
import { diagnosisSchema } from '@gatehouse/contracts/diagnosis';
import { envelopeOf } from '@gatehouse/contracts/envelope';
import { diagnose, type Probe } from '@gatehouse/service-kit/health/diagnosis';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { requireInstallationWriter } from '../access/caller.ts';
import { failures } from '../failures.ts';

export function diagnosisRoutes(
  app: App,
  deps: { probes: readonly Probe[]; kit: { version: string } },
): void {
  app.get(
    '/diagnosis',
    {
      schema: {
        tags: ['operations'],
        operationId: 'diagnoseEnvironmentApi',
        summary: 'Look at everything this service stands on, and say what to change',
        response: { 200: envelopeOf(diagnosisSchema), ...failures },
      },
    },
    async (request, reply) => {
      // It tells names and versions of servers: for whoever administers them.
      requireInstallationWriter(request.caller);
      reply.header('cache-control', 'no-store');
      return ok(await diagnose(deps.probes, { service: 'environment-api', version: deps.kit.version }));
    },
  );
}
