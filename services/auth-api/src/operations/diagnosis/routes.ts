/** Serves `/auth/v3/ops/diagnosis`: checks now everything that this service depends on. */
import {
  authApiDiagnosisPath,
  diagnosisSchema,
  envelopeOf,
  errorEnvelope,
  securityError,
} from '@gatehouse/contracts/answers';
import { diagnose, type Probe } from '@gatehouse/service-kit/health';
import { type App, ok } from '@gatehouse/service-kit/http';

export function diagnosisRoutes(
  app: App,
  { probes, version }: { probes: readonly Probe[]; version: string },
): void {
  app.get(
    authApiDiagnosisPath,
    {
      schema: {
        operationId: 'diagnoseAuthApi',
        tags: ['operations'],
        summary: 'Look at everything this service stands on, and say what to change',
        response: {
          200: envelopeOf(diagnosisSchema),
          401: securityError,
          403: errorEnvelope,
          503: errorEnvelope,
        },
      },
    },
    async () => ok(await diagnose(probes, { service: 'auth-api', version })),
  );
}
