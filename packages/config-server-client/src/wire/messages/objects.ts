/** Defines the bodies for reading objects, for changes and for errors. */
import { z } from 'zod';

const objectType = z.int().positive();
const dbid = z.int().positive();
/** The outer form only: readers check objects against the schema of their type. */
const objectSchema = z.record(z.string(), z.unknown());

export const filterSchema = z.record(z.string().max(64), z.union([z.int(), z.string().max(1_024)]));

export const requestReadObjectsSchema = z.object({
  objectType,
  filter: filterSchema,
  fields: z.array(z.string().max(64)).max(64).optional(),
  maxObjects: z.int().positive().optional(),
});

/** One page. A list is complete only when EventObjectsSent arrived. */
export const eventObjectsReadSchema = z.object({ objectType, objects: z.array(objectSchema) });

export const eventObjectsSentSchema = z.object({
  total: z.int().nonnegative(),
  historyId: z.int().nonnegative(),
  truncated: z.boolean(),
});

const historyId = z.int().positive();

export const eventObjectCreatedSchema = z.object({ objectType, dbid, object: objectSchema, historyId });

/** `set` holds changed scalars and structures, also those that became 0 or empty. Lists have `added` and `deleted`. */
export const deltaSchema = z.object({
  set: objectSchema,
  added: z.record(z.string(), z.array(z.unknown())).optional(),
  deleted: z.record(z.string(), z.array(z.unknown())).optional(),
  passwordChanged: z.boolean().optional(),
});

export const eventObjectUpdatedSchema = z.object({ objectType, dbid, delta: deltaSchema, historyId });

export const eventObjectDeletedSchema = z.object({ objectType, dbid, historyId });

const subscriptionSchema = z.object({
  objectType,
  tenantDbid: z.int().positive().optional(),
  dbid: dbid.optional(),
});

export const requestRegisterNotificationSchema = z.object({
  subscriptions: z.array(subscriptionSchema).min(1).max(1_000),
});

export const eventNotificationRegisteredSchema = z.object({ historyId: z.int().nonnegative() });

export const requestUnregisterNotificationSchema = z.object({
  subscriptions: z.array(subscriptionSchema).max(1_000).optional(),
});
export const eventNotificationUnregisteredSchema = z.object({});

export const requestHistoryLogSchema = z.object({
  historyLog: z.string().max(64),
  sinceHistoryId: z.int().nonnegative(),
});

export const eventHistoryLogSchema = z.object({
  changes: z.array(
    z.discriminatedUnion('kind', [
      eventObjectCreatedSchema.extend({ kind: z.literal('created') }),
      eventObjectUpdatedSchema.extend({ kind: z.literal('updated') }),
      eventObjectDeletedSchema.extend({ kind: z.literal('deleted') }),
    ]),
  ),
});

export const eventHistoryLogSentSchema = z.object({ historyId: z.int().nonnegative() });

export const eventErrorSchema = z.object({
  error: z.string().min(1).max(64),
  errorType: z.int().optional(),
  objectType: z.int().nonnegative().optional(),
  objectProperty: z.string().optional(),
  description: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.int().nonnegative().optional(),
  details: z.unknown().optional(),
});
