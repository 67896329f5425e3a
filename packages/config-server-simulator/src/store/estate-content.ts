/** Describes the JSON file of a simulated server: its form, as text and back. */
import { decodeJson, encodeJson } from '@gatehouse/config-server-client/wire';
import { z } from 'zod';
import { storedPasswordSchema } from './password-hash.ts';

const objectSchema = z.record(z.string(), z.unknown());
const positive = z.int().positive();
const changed = {
  objectType: positive,
  dbid: positive,
  historyId: positive,
  tenantDbid: z.int().nonnegative(),
};
const deltaSchema = z.object({
  set: objectSchema,
  added: z.record(z.string(), z.array(z.unknown())).optional(),
  deleted: z.record(z.string(), z.array(z.unknown())).optional(),
  passwordChanged: z.boolean().optional(),
});

const contentSchema = z.strictObject({
  format: z.literal('gatehouse-config-server-estate-1'),
  /** The server that writes the file, see ./process-identity.ts; null when none does. */
  primary: z.string().nullable(),
  /** Rises with every process that becomes primary. */
  epoch: positive,
  /** Name of the history that `historyId` counts in. */
  historyLog: z.string(),
  lastHistoryId: z.int().nonnegative(),
  /** Pairs of object type and DBID: DBIDs of deleted objects are not used again. */
  maxDbids: z.array(z.tuple([positive, positive])),
  objects: z.array(
    z.strictObject({
      objectType: positive,
      dbid: positive,
      object: objectSchema,
      /** Of persons, newest first; the first one is in force. */
      passwords: z.array(storedPasswordSchema).optional(),
    }),
  ),
  /** Pairs of DBID and Unix seconds. */
  lastLogins: z.array(z.tuple([positive, z.int().nonnegative()])),
  /** The newest changes, oldest first, for clients that were away. */
  changes: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('created'), ...changed, object: objectSchema }),
      z.strictObject({ kind: z.literal('updated'), ...changed, delta: deltaSchema }),
      z.strictObject({ kind: z.literal('deleted'), ...changed }),
    ]),
  ),
});

export type EstateContent = z.infer<typeof contentSchema>;

export const estateFormat: EstateContent['format'] = 'gatehouse-config-server-estate-1';

const limits = { maxDepth: 64, maxItems: 10_000_000 };

/** JSON with one line for each object, so that people can read and edit it. */
export function encodeContent(content: EstateContent): string {
  const members = Object.entries(content).map(([name, value]) => {
    const text = Array.isArray(value) ? `[\n${value.map(json).join(',\n')}\n]` : json(value);
    return `${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

/** Undefined for anything that is not the whole content of a server in this format. */
export function decodeContent(bytes: Buffer): EstateContent | undefined {
  const decoded = decodeJson(bytes, limits);
  return 'value' in decoded ? contentSchema.safeParse(decoded.value).data : undefined;
}

function json(value: unknown): string {
  return Buffer.from(encodeJson(value)).toString('utf8');
}
