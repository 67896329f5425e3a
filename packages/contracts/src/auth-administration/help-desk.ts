/** Describes what the help desk asks and ends: sessions of a person, revocations. */

import { z } from 'zod';
import { components } from '../answers/components.ts';
import { findingSchema } from '../answers/diagnosis.ts';
import { wrapped } from '../answers/envelope.ts';
import { sessionSchema } from '../auth-api/sessions.ts';
import { label } from '../values/text.ts';
import { refusalsByReasonSchema } from './refusals.ts';

const name = label(512);

/** Names a person: by `sub` alone, or by user name and contact centre. */
export const personFields = {
  user: name.describe('`sub`; or user name, also as `domain\\user`.'),
  contactCenter: name
    .optional()
    .describe('Id or domain of the contact centre of a user name; the default tenant without it.'),
};

export const personSchema = z.object({
  sub: z.string(),
  userName: z.string().optional(),
  contactCenterId: z.string().optional(),
});
components.add(personSchema, { id: 'PersonName' });

/** A session without its cookie, and without anything that could be used as one. */
export const heldSessionSchema = sessionSchema.omit({ current: true });
components.add(heldSessionSchema, { id: 'HeldSession' });

export const sessionsOfPersonSchema = z.object({ user: personSchema, sessions: z.array(heldSessionSchema) });

export const endedSessionsSchema = z.object({
  user: personSchema,
  sessions: z.int().describe('How many there were.'),
});

export type PersonName = { user: string; contactCenter?: string | undefined };

/** Strict, as is its wrapping: a misspelt `dryRun` would revoke. */
export const revocationBodySchema = wrapped(
  z.strictObject({
    client: name.optional().describe('Id of a client: its own tokens, and those that it has of people.'),
    user: personFields.user.optional(),
    contactCenter: name
      .optional()
      .describe('Beside `user`: where the name is one. Alone: every session and token of its people.'),
    dryRun: z.boolean().default(false).describe('Only shows what would end.'),
  }),
).strict();

export const revocationTargetSchema = z.object({
  kind: z.enum(['client', 'user', 'contact-center']),
  id: z.string().describe('Client id, `sub`, or id of the contact centre.'),
  name: z.string().optional(),
  contactCenterId: z.string().optional().describe('Of a user.'),
});
components.add(revocationTargetSchema, { id: 'RevocationTarget' });

export const revocationSchema = z.object({
  target: revocationTargetSchema,
  revokedAt: z.iso.datetime().optional().describe('What was issued up to then has ended. Absent: a dry run.'),
  ends: z
    .object({
      people: z.int().describe('Who signed in since then, and may hold tokens that end.'),
      sessions: z.int().describe('Live sessions that end. Those of the users of a client go on.'),
      clients: z
        .array(z.string())
        .describe(
          'Ids: the client, the applications of the sessions of a user, or the clients of a contact centre.',
        ),
      since: z.iso.datetime().describe('How far back people were looked for.'),
      client: z
        .object({
          sessions: z
            .int()
            .describe('Live sessions of these people in which the client got tokens. They go on without it.'),
          consents: z
            .int()
            .describe(
              'People who have agreed to what the client asks for. A revocation leaves it; the deletion of the client ends it.',
            ),
        })
        .optional()
        .describe('Of a client, beside.'),
    })
    .optional()
    .describe('Of a dry run.'),
});
components.add(revocationSchema, { id: 'Revocation' });

export type RevocationTarget = z.infer<typeof revocationTargetSchema>;
export type RevocationOrder = z.infer<typeof revocationBodySchema>['data'];
export type RevocationAnswer = z.infer<typeof revocationSchema>;

export const refusalSchema = z.object({
  at: z.iso.datetime(),
  name: z.string().describe('Name of the security event.'),
  reason: z.string().optional(),
  detail: z.string().optional(),
  clientAddress: z.string().optional(),
  clientId: z.string().optional(),
  correlationId: z.string(),
});
components.add(refusalSchema, { id: 'SignInRefusal' });

export const clientDiagnosisSchema = z.object({
  client_id: z.string(),
  name: z.string(),
  ok: z.boolean().describe('The registration lacks nothing that its grant types need.'),
  findings: z.array(findingSchema),
  refusals: z.array(refusalSchema).describe('The last ones of the audit trail, newest first.'),
  requests: z
    .array(refusalsByReasonSchema)
    // Auth API of the release before gives none.
    .default([])
    .describe('Refused requests to the OAuth endpoints by their reasons, the latest first.'),
});
components.add(clientDiagnosisSchema, { id: 'ClientDiagnosis' });

export const clearedDelaysSchema = z.object({
  user: personSchema.omit({ sub: true }).required(),
  refusals: z.int().describe('How many wrong passwords were forgotten.'),
  waitSeconds: z
    .int()
    .optional()
    .describe(
      'How long a sign-in from an unknown place has to wait all the same, because the directory would lock the account after further wrong passwords. Absent: it need not wait.',
    ),
});

export type ClientDiagnosis = z.infer<typeof clientDiagnosisSchema>;
