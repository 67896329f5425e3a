/** Describes `POST /auth/v3/internal/client-documents`: documents of clients, which Environment API forwards. */
import { z } from 'zod';
import { plannedChangeSchema } from '../documents/apply.ts';
import { documentSchema } from '../documents/document.ts';
import { label } from '../values/text.ts';

export const clientDocumentsPath = '/auth/v3/internal/client-documents';

/** Contact centres are named by their ids. */
export const clientDocumentsSchema = z.strictObject({
  owner: label(128),
  dryRun: z.boolean(),
  prune: z.boolean(),
  takeOver: z.boolean(),
  /** Who applies: Environment API has let them through. */
  actor: z.strictObject({
    name: label(1024),
    clientId: label(1024).optional(),
    linkRequest: label(1024).optional(),
    clientAddress: label(),
  }),
  documents: z.array(documentSchema),
});

export const clientPlanSchema = z.object({
  changes: z.array(plannedChangeSchema),
  /** How many documents say what is there. */
  nothing: z.int(),
});

export type ClientDocuments = z.input<typeof clientDocumentsSchema>;
export type ClientPlan = z.infer<typeof clientPlanSchema>;
