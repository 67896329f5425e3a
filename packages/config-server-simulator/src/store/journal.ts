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
    delta: z.object({
      set: objectSchema,
      added: z.record(z.string(), z.array(z.unknown())).optional(),
      deleted: z.record(z.string(), z.array(z.unknown())).optional(),
      passwordChanged: z.boolean().optional(),
    }),
    credential: credentialSchema.optional(),
  }),
  z.object({ kind: z.literal('deleted'), ...base }),
  z.object({ kind: z.literal('login'), dbid: z.int().positive(), atSeconds: z.int().nonnegative() }),
]);

export type JournalEntry = z.infer<typeof journalEntrySchema>;

export interface Journal {
  /** False on a server that follows another one: nothing may be changed there. */
  readonly isWritable: boolean;
  /** Resolves when the entries cannot be lost any more. Entries of one call survive together or not at all. */
  append(entries: JournalEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** Memory alone: nothing survives. */
export const noJournal: Journal = {
  isWritable: true,
  append: async () => undefined,
  close: async () => undefined,
};

/** Another server writes. */
export const foreignJournal: Journal = {
  isWritable: false,
  append: () => Promise.reject(new Error('another server writes this estate')),
  close: async () => undefined,
};
