/** Serves `/auth/v3/internal/documents`: Environment API forwards the documents of what belongs here, and reads them for an export. */
import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import {
  forwardedDocumentsSchema,
  forwardedListSchema,
  forwardedManagedQuery,
  forwardedManagedSchema,
  forwardedPlanSchema,
} from '@gatehouse/contracts/auth-api';
import { maxApplyBytes } from '@gatehouse/contracts/documents';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { DocumentService } from './service.ts';

const tags = ['internal'];
const refusals = { 400: errorEnvelope, 403: errorEnvelope, 503: errorEnvelope };

export function documentRoutes(
  app: App,
  { documents, requireWritable }: { documents: DocumentService; requireWritable(): void },
): void {
  app.get(
    '/documents',
    {
      schema: {
        operationId: 'listForwardedDocuments',
        tags,
        summary: 'Clients, administrators and receivers of signals as documents, without secrets',
        response: { 200: envelopeOf(forwardedListSchema), ...refusals },
      },
    },
    async () => ok(await documents.list()),
  );

  app.get(
    '/documents/managed',
    {
      schema: {
        operationId: 'findForwardedManaged',
        tags,
        summary: 'Which owners of documents keep a client, an administrator or a receiver of signals',
        querystring: forwardedManagedQuery,
        response: { 200: envelopeOf(forwardedManagedSchema), ...refusals },
      },
    },
    async ({ query: { kind, id } }) => ok(await documents.managed(kind, id)),
  );

  app.post(
    '/documents',
    {
      bodyLimit: 2 * maxApplyBytes,
      schema: {
        operationId: 'applyForwardedDocuments',
        tags,
        summary: 'Make things what documents say, or tell the plan',
        body: wrapped(forwardedDocumentsSchema),
        response: {
          200: envelopeOf(forwardedPlanSchema),
          ...refusals,
          409: errorEnvelope,
          412: errorEnvelope,
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
