/** Route `/diagnosis`: examines everything that this service depends on. */
import { diagnosisSchema, envelopeOf } from '@gatehouse/contracts/answers';
import { diagnose, type Probe } from '@gatehouse/service-kit/health';
import { type App, ok } from '@gatehouse/service-kit/http';
import { failures } from '../answers.ts';

export function diagnosisRoutes(
  api: App,
  { probes, version }: { probes: readonly Probe[]; version: string },
): void {
  api.get(
    '',
    {
      schema: {
        tags: ['operations'],
        operationId: 'diagnoseEnvironmentApi',
        summary: 'Look at everything this service stands on, and say what to change',
        response: { 200: envelopeOf(diagnosisSchema), ...failures },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return ok(await diagnose(probes, { service: 'environment-api', version }));
    },
  );
}
