/** What the store writes down so that it survives, and where: nowhere, or a file (./file-journal.ts). */
import { z } from 'zod';
import { storedPasswordSchema } from '../security/password-hash.ts';

const objectSchema = z.record(z.string(), z.unknown());
const base = {
  objectType: z.int().positive(),
  dbid: z.int().positive(),
  historyId: z.int().positive(),
};

/** Newest first; the first one is the password in force. */
const credentialSchema = z.array(storedPasswordSchema);

const deltaSchema = z.object({
  set: objectSchema,
  added: z.record(z.string(), z.array(z.unknown())).optional(),
  deleted: z.record(z.string(), z.array(z.unknown())).optional(),
  passwordChanged: z.boolean().optional(),
});

const changed = { ...base, tenantDbid: z.int().nonnegative() };
const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created'), ...changed, object: objectSchema }),
  z.object({ kind: z.literal('updated'), ...changed, delta: deltaSchema }),
  z.object({ kind: z.literal('deleted'), ...changed }),
]);

export const journalEntrySchema = z.discriminatedUnion('kind', [
  /** First of all: which log this is. */
  z.object({ kind: z.literal('log'), id: z.string() }),
  /** The seed is complete. */
  z.object({ kind: z.literal('planted') }),
  /** A server became the one that writes. */
  z.object({ kind: z.literal('epoch'), serverEpoch: z.int().positive(), holder: z.string() }),
  z.object({
    kind: z.literal('created'),
    ...base,
    object: objectSchema,
    credential: credentialSchema.optional(),
  }),
  z.object({
    kind: z.literal('updated'),
    ...base,
    object: objectSchema,
    delta: deltaSchema,
    credential: credentialSchema.optional(),
  }),
  z.object({ kind: z.literal('deleted'), ...base }),
  /** An object as it is, without a change: part of a file that was written anew (./snapshot.ts). */
  z.object({
    kind: z.literal('kept'),
    objectType: z.int().positive(),
    dbid: z.int().positive(),
    object: objectSchema,
    credential: credentialSchema.optional(),
  }),
  /** A change from before the file was written anew; its outcome is in the kept objects. */
  z.object({ kind: z.literal('told'), change: changeSchema }),
  /** What kept objects do not say: the change after which the told ones are complete, and DBIDs that were used before. */
  z.object({
    kind: z.literal('numbers'),
    toldAfter: z.int().nonnegative(),
    highestDbids: z.array(z.tuple([z.int().positive(), z.int().positive()])),
  }),
  z.object({ kind: z.literal('login'), dbid: z.int().positive(), atSeconds: z.int().nonnegative() }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;

export interface Journal {
  /** False on a server that follows another one: nothing may be changed there. */
  readonly isWritable: boolean;
  /** Resolves when the entries cannot be lost any more. Entries of one call survive together or not at all. */
  append(entries: JournalEntry[]): Promise<void>;
  /** Writing failed: nothing can be kept until it was repaired. */
  readonly isBroken: boolean;
  /** Makes it whole again, with all that is in memory. Errors: what still stands in the way. */
  repair(): Promise<void>;
  close(): Promise<void>;
}

/** Memory alone: nothing survives. */
export const noJournal: Journal = {
  isWritable: true,
  isBroken: false,
  repair: async () => undefined,
  append: async () => undefined,
  close: async () => undefined,
};

/** Another server writes. */
export const foreignJournal: Journal = {
  isWritable: false,
  isBroken: false,
  repair: async () => undefined,
  append: () => Promise.reject(new Error('another server writes this estate')),
  close: async () => undefined,
};
