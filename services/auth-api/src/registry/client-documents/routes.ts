/** Serves `/auth/v3/internal/client-documents`: Environment API forwards the documents of clients here. */
import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { clientDocumentsSchema, clientPlanSchema } from '@gatehouse/contracts/auth-api';
import { maxApplyBytes } from '@gatehouse/contracts/documents';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { ClientDocumentService } from './service.ts';

export function clientDocumentRoutes(
  app: App,
  { documents, requireWritable }: { documents: ClientDocumentService; requireWritable(): void },
): void {
  app.post(
    '/client-documents',
    {
      bodyLimit: 2 * maxApplyBytes,
      schema: {
        operationId: 'applyClientDocuments',
        tags: ['internal'],
        summary: 'Make clients what documents say, or tell the plan',
        body: wrapped(clientDocumentsSchema),
        response: {
          200: envelopeOf(clientPlanSchema),
          400: errorEnvelope,
          403: errorEnvelope,
          409: errorEnvelope,
          412: errorEnvelope,
          503: errorEnvelope,
        },
      },
    },
    async (request) => {
      requireWritable();
      const { data } = request.body;
      return ok(await documents.apply(data, { ...data.actor, correlationId: request.id }));
    },
  );
}
