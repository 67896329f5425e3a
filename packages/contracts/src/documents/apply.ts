/** Describes `POST /environment/v3/apply`: what is sent, and the plan that it answers. */
import { z } from 'zod';
import { components } from '../answers/components.ts';
import { operationIdField } from '../answers/envelope.ts';
import { definedOnly } from '../values/defined-only.ts';
import { flag } from '../values/scalar.ts';
import { label } from '../values/text.ts';
import { documentKindNames, placeNames } from './kinds.ts';

/** What the largest accepted request has. */
export const maxApplyBytes = 30 * 1024 * 1024;

/** No `@`, which separates it from the revision where both are shown. */
const ownerName = label(128).regex(
  /^[A-Za-z0-9][A-Za-z0-9._/-]*$/,
  'must be a name such as platform/git: letters, digits and . _ / -',
);

export const applyRequestSchema = z.strictObject({
  owner: ownerName.describe('Who keeps these documents; fields and things that it has set are its own.'),
  revision: label(120).optional().describe('Of the documents, such as a commit.'),
  documents: z.array(z.unknown()).max(100_000).describe('Documents of `gatehouse/v1`.'),
  dryRun: flag().default(false).describe('Tell the plan and write nothing.'),
  check: flag()
    .default(false)
    .describe('As a dry run, and the answer is remembered as the drift of this owner.'),
  prune: flag().default(false).describe('Delete what this owner made and no document names any more.'),
  takeOver: flag()
    .default(false)
    .describe(
      'Fields that another owner has set, and an owner name that another caller uses, become this one’s.',
    ),
  operationId: operationIdField,
});

export const planActions = ['create', 'change', 'delete', 'refused'] as const;

export const plannedChangeSchema = z.object({
  kind: z.enum(documentKindNames),
  name: z.string(),
  ...(Object.fromEntries(placeNames.map((place) => [place, z.string().optional()])) as Record<
    (typeof placeNames)[number],
    z.ZodOptional<z.ZodString>
  >),
  action: z.enum(planActions),
  fields: z
    .array(z.object({ field: z.string(), from: z.unknown().optional(), to: z.unknown().optional() }))
    .describe('Secrets are masked.'),
  reason: z.string().optional().describe('Why it is refused, for programs.'),
  sentence: z.string().optional().describe('Why it is refused, and what to do.'),
  field: z.string().optional().describe('The field that is refused.'),
  isWrong: z
    .boolean()
    .optional()
    .describe(
      'Of what is refused: the document is wrong, whatever is there. Otherwise something there is in its way.',
    ),
});
components.add(plannedChangeSchema, { id: 'PlannedChange' });

export const planSchema = z.object({
  owner: z.string(),
  revision: z.string().optional(),
  dryRun: z.boolean(),
  isApplied: z
    .boolean()
    .describe('False of a dry run, and where anything is refused: nothing was written then.'),
  isDifferent: z.boolean().describe('Whether anything is to be created, changed or deleted, or is refused.'),
  summary: z.object({
    create: z.int(),
    change: z.int(),
    delete: z.int(),
    nothing: z.int(),
    refused: z.int(),
  }),
  changes: z.array(plannedChangeSchema).describe('Without what stays as it is.'),
});
components.add(planSchema, { id: 'Plan' });

/** `GET /environment/v3/documents` */
export const documentsSchema = z.object({
  documents: z.array(
    z.object({
      apiVersion: z.string(),
      kind: z.string(),
      metadata: z.record(z.string(), z.string()),
      spec: z.record(z.string(), z.unknown()),
    }),
  ),
});

const driftSchema = z.object({
  create: z.int(),
  change: z.int(),
  delete: z.int(),
  refused: z.int(),
});

/** `GET /environment/v3/configuration` */
export const configurationStateSchema = z.object({
  owners: z.array(
    z.object({
      owner: z.string(),
      actor: z.string().describe('The caller that applies under this name.'),
      revision: z.string().optional(),
      appliedAt: z.string(),
      checkedAt: z.string().optional().describe('Absent: not since the last apply.'),
      drift: driftSchema.describe('What an apply would have done then.'),
    }),
  ),
});

/** As it is sent. */
export type ApplyRequest = z.input<typeof applyRequestSchema>;
export type PlannedChange = z.infer<typeof plannedChangeSchema>;
export type Plan = z.infer<typeof planSchema>;

/** `null` is no value: it is left out. */
export function differenceOf(field: string, from: unknown, to: unknown): PlannedChange['fields'][number] {
  return { field, ...definedOnly({ from: from ?? undefined, to: to ?? undefined }) };
}
