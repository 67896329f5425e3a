/** Where the store writes what must survive: nowhere, or a file (./file-journal.ts). */
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
  /** Resolves when the entries cannot be lost any more. Entries of one call survive together or not at all. */
  append(entries: JournalEntry[]): Promise<void>;
  /** Forgets everything. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const noJournal: Journal = {
  append: async () => undefined,
  restart: async () => undefined,
  close: async () => undefined,
};
