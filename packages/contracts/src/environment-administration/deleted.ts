/** Describes `/deleted`: what was deleted, is kept for some days, and can be restored. */
import { z } from 'zod';
import { components } from '../answers/components.ts';
import { domainsField } from '../environment-api/domain.ts';
import { idSchema } from '../values/scalar.ts';
import { freeText, label } from '../values/text.ts';

/** Environment API keeps these; clients are kept by Auth API. */
export const deletedKinds = ['environment', 'contact-center', 'person'] as const;
export type DeletedKind = (typeof deletedKinds)[number];

/** Secrets are never kept: people who restore something type them again. */
const lostSecrets = ['accountPassword', 'tlsKey', 'oidcSecret', 'personPassword'] as const;
export type LostSecret = (typeof lostSecrets)[number];

export const deletedObjectSchema = z.object({
  id: z.string().describe('Of what is kept; the object has its own.'),
  kind: z.enum(deletedKinds),
  objectId: z.string().describe('The id that the object had, and has again when it is restored.'),
  environmentId: z.string(),
  contactCenterId: z.string().optional().describe('The contact centre itself, or that of a person.'),
  name: z.string(),
  number: z
    .int()
    .optional()
    .describe('Of a person: as tokens carry it (`dbid`). It tells people apart who had the same user name.'),
  deletedAt: z.string().describe('ISO 8601, UTC.'),
  deletedBy: z.string().describe('The operator account, a client id, or the `sub` of a person.'),
  until: z.string().describe('ISO 8601, UTC. It cannot be restored afterwards.'),
  lostSecrets: z.array(z.enum(lostSecrets)).describe('They are not kept: type them again.'),
});
components.add(deletedObjectSchema, { id: 'DeletedObject' });

/** Another object may have taken a name since the deletion: these give it anew. Without them the object returns as it was. */
export const restorationSchema = z.strictObject({
  name: label().optional().describe('Another name: the user name of a person.'),
  domains: domainsField.optional().describe('Other tenant names of a contact centre.'),
  password: freeText(1024)
    .optional()
    .describe('Of the account by which an environment reads its people; needed where it had one.'),
  environmentId: idSchema
    .optional()
    .describe('Another environment of a contact centre, where its own is gone.'),
});

export const restoredSchema = z.object({
  kind: z.enum(deletedKinds),
  id: z.string(),
  environmentId: z.string(),
  contactCenterId: z.string().optional(),
  lostSecrets: z.array(z.enum(lostSecrets)),
});
components.add(restoredSchema, { id: 'Restored' });

export const forgottenSchema = z.object({
  people: z.int().describe('Of how many people something was kept.'),
});

export type DeletedObject = z.infer<typeof deletedObjectSchema>;
export type Restoration = z.output<typeof restorationSchema>;
export type Restored = z.infer<typeof restoredSchema>;
