/** Reads and writes through the administration APIs: answers are checked but returned whole, lists over all their pages. */
import {
  type Diagnosis,
  diagnosisSchema,
  emptyEnvelope,
  envelopeOf,
  nextCursorSchema,
  successStatus,
  type Total,
  totalFields,
  type Warning,
  warningSchema,
} from '@gatehouse/contracts/answers';
import { z } from 'zod';
import type { HttpClient, HttpRequest } from '../http/http-client.ts';

/** Of a list: by name, or from the last name on. */
export type NameSort = 'name' | '-name';

export interface Written<T> {
  data: T;
  warnings: Warning[];
}

const warningsOf = z.object({ warnings: z.array(warningSchema).optional() });

/** Returns `data` of an answer; fields of a newer server are kept. @throws UpstreamError */
export async function readData<T>(http: HttpClient, schema: z.ZodType<T>, request: HttpRequest): Promise<T> {
  return (await http.read(answerOf(schema), request)).data;
}

/** `etag` goes into `If-Match` of a change, so that it overwrites nothing unseen. @throws UpstreamError */
export async function readTagged<T>(
  http: HttpClient,
  schema: z.ZodType<T>,
  path: string,
): Promise<{ data: T; etag: string }> {
  const { headers, text } = await http.send({ path });
  const { data } = answerOf(schema).parse(JSON.parse(text));
  return { data, etag: String(headers['etag'] ?? '') };
}

/** @throws UpstreamError */
export async function writeData<T>(
  http: HttpClient,
  schema: z.ZodType<T>,
  request: HttpRequest,
): Promise<Written<T>> {
  const answer = await http.read(writtenAnswerOf(schema), request);
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

/** Returns one page of rows; `query` has its `limit` and `cursor`. @throws UpstreamError */
export async function readPage<T>(
  http: HttpClient,
  row: z.ZodType<T>,
  path: string,
  query: NonNullable<HttpRequest['query']>,
): Promise<{ rows: T[]; nextCursor?: string | undefined } & Total> {
  const { data: rows, nextCursor, total, totalAtLeast } = await http.read(pageOf(row), { path, query });
  return { rows, nextCursor, total, totalAtLeast };
}

/** Returns the rows of every page. @throws UpstreamError */
export async function readRows<T>(
  http: HttpClient,
  row: z.ZodType<T>,
  path: string,
  query: NonNullable<HttpRequest['query']> = {},
  maxRows = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = String(Math.min(1000, maxRows - rows.length));
    const page = await readPage(http, row, path, { ...query, limit, cursor });
    rows.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== undefined && rows.length < maxRows);
  return rows;
}

const answerOf = once(<T>(schema: z.ZodType<T>) => whole(envelopeOf(schema)));
const writtenAnswerOf = once(<T>(schema: z.ZodType<T>) => whole(envelopeOf(schema).and(warningsOf)));
const pageOf = once(<T>(row: z.ZodType<T>) =>
  whole(
    z.object({
      status: successStatus,
      data: z.array(row),
      nextCursor: nextCursorSchema,
      ...totalFields,
    }),
  ),
);

/**
 * Makes the schema of an answer once for each schema of its content: zod compiles a new one at its first use, which took
 * longer than reading a list of twenty rows. Schemas of content are therefore made once, too, outside of functions.
 */
function once<Make extends (schema: never) => unknown>(make: Make): Make {
  const made = new WeakMap<object, unknown>();
  return ((schema: never) => {
    const known = made.get(schema) ?? make(schema);
    made.set(schema, known);
    return known;
  }) as Make;
}

/** Checks a value and returns it with the fields that the schema does not know. */
function whole<T>(schema: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const read = schema.safeParse(value);
    if (read.success) return value as T;
    for (const { path, message } of read.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}

/** `path` is one of contracts/diagnosis. @throws UpstreamError */
export function readDiagnosis(http: HttpClient, path: string): Promise<Diagnosis> {
  return readData(http, diagnosisSchema, { path });
}
