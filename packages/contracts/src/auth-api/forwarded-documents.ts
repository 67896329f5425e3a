/** Describes `/auth/v3/internal/documents`: documents of what belongs to Auth API, which Environment API forwards and reads. */
import { z } from 'zod';
import { plannedChangeSchema } from '../documents/apply.ts';
import { documentSchema } from '../documents/document.ts';
import { type DocumentKindName, documentKindNames } from '../documents/kinds.ts';
import { label } from '../values/text.ts';

export const forwardedDocumentsPath = '/auth/v3/internal/documents';
export const forwardedManagedPath = `${forwardedDocumentsPath}/managed`;

const forwardedKinds: readonly DocumentKindName[] = ['Client', 'Administrator', 'SignalReceiver'];

/** Whether Auth API has the things of this kind. */
export function isForwarded(kind: DocumentKindName): boolean {
  return forwardedKinds.includes(kind);
}

/** Contact centres are named by their ids. */
export const forwardedDocumentsSchema = z.strictObject({
  owner: label(128),
  dryRun: z.boolean(),
  prune: z.boolean(),
  takeOver: z.boolean(),
  /** Whether the caller may change the list of administrators, which a client may not. */
  mayAppoint: z.boolean(),
  /** Who applies: Environment API has let them through. */
  actor: z.strictObject({
    name: label(1024),
    clientId: label(1024).optional(),
    linkRequest: label(1024).optional(),
    clientAddress: label(),
  }),
  /** Ids of the contact centres that the same apply makes: in a dry run they are not there yet. */
  founded: z.array(label()).default([]),
  documents: z.array(documentSchema),
});

export const forwardedPlanSchema = z.object({
  changes: z.array(plannedChangeSchema),
  /** How many documents say what is there. */
  nothing: z.int(),
});

export const forwardedListSchema = z.array(documentSchema);

/** `GET /auth/v3/internal/documents/managed` */
export const forwardedManagedQuery = z.object({
  kind: z.enum(documentKindNames),
  /** Absent: all of the kind. */
  id: label(2048).optional(),
});

export const forwardedManagedSchema = z.array(
  z.object({ id: z.string(), madeBy: z.string().nullable(), fields: z.record(z.string(), z.string()) }),
);

export type ForwardedDocuments = z.input<typeof forwardedDocumentsSchema>;
export type ForwardedPlan = z.infer<typeof forwardedPlanSchema>;
