/** Describes what the help desk asks and ends: sessions of a person, revocations. */
import { z } from 'zod';
import { findingSchema } from '../../diagnosis.ts';
import { label } from '../../text.ts';
import { sessionSchema } from '../sessions.ts';

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

/** A session without its cookie, and without anything that could be used as one. */
export const heldSessionSchema = sessionSchema.omit({ current: true });

export const sessionsOfPersonSchema = z.object({ user: personSchema, sessions: z.array(heldSessionSchema) });

export const endedSessionsSchema = z.object({
  user: personSchema,
  sessions: z.int().describe('How many there were.'),
});

export type PersonName = { user: string; contactCenter?: string | undefined };

const refusalSchema = z.object({
  at: z.iso.datetime(),
  name: z.string().describe('Name of the security event.'),
  reason: z.string().optional(),
  detail: z.string().optional(),
  clientAddress: z.string().optional(),
  clientId: z.string().optional(),
  correlationId: z.string(),
});

export const signInExplanationSchema = z.object({
  user: personSchema.omit({ sub: true }).required(),
  ok: z.boolean().describe('Nothing that was looked at keeps the person from signing in.'),
  findings: z.array(findingSchema),
  refusals: z.array(refusalSchema).describe('The last ones of the audit trail, newest first.'),
});

export const clearedDelaysSchema = z.object({
  user: personSchema.omit({ sub: true }).required(),
  refusals: z.int().describe('How many wrong passwords were forgotten.'),
});

export type SignInExplanation = z.infer<typeof signInExplanationSchema>;
