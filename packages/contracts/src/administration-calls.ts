/** What the calls of the administration APIs share: answers that are checked but handed on whole, and lists over all their pages. */
import { z } from 'zod';
import { emptyEnvelope, envelopeOf, successStatus } from './envelope.ts';
import type { HttpClient, HttpRequest } from './http-client.ts';

export const nextCursorSchema = z
  .string()
  .optional()
  .describe('Where the next page begins; absent on the last one.');

/** Beside a success. */
export const warningSchema = z.object({
  field: z.string(),
  value: z.string(),
  message: z.string().describe('What may be wrong, and what to do. The write was done all the same.'),
});

export interface Written<T> {
  data: T;
  warnings: Warning[];
}

const warningsOf = z.object({ warnings: z.array(warningSchema).optional() });

/** The `data` of an answer. Fields of a newer server are kept. @throws UpstreamError */
export async function readData<T>(http: HttpClient, schema: z.ZodType<T>, request: HttpRequest): Promise<T> {
  return (await http.read(whole(envelopeOf(schema)), request)).data;
}

/** @throws UpstreamError */
export async function writeData<T>(
  http: HttpClient,
  schema: z.ZodType<T>,
  request: HttpRequest,
): Promise<Written<T>> {
  const answer = await http.read(whole(envelopeOf(schema).and(warningsOf)), request);
  return { data: answer.data, warnings: answer.warnings ?? [] };
}

/** @throws UpstreamError */
export async function removeAt(
  http: HttpClient,
  path: string,
  query: HttpRequest['query'] = {},
): Promise<void> {
  await http.read(emptyEnvelope, { method: 'DELETE', path, query });
}

/** The rows of every page. @throws UpstreamError */
export async function readRows<T>(
  http: HttpClient,
  row: z.ZodType<T>,
  path: string,
  query: NonNullable<HttpRequest['query']> = {},
  most = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const page = whole(z.object({ status: successStatus, data: z.array(row), nextCursor: nextCursorSchema }));
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = String(Math.min(1000, most - rows.length));
    const answer = await http.read(page, {
      method: 'GET',
      path,
      query: { ...query, limit, cursor },
    });
    rows.push(...answer.data);
    cursor = answer.nextCursor;
  } while (cursor !== undefined && rows.length < most);
  return rows;
}

/** Checks and hands on what came, fields that the schema does not know included. */
function whole<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const read = schema.safeParse(value);
    if (read.success) return value as T;
    for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}

export type Warning = z.infer<typeof warningSchema>;
