/** Cuts lists into pages by `limit` and `offset` (compat), or by a cursor, which stays right while rows change. */

import type { Total } from '@gatehouse/contracts/answers';
import { flag, freeText, integer } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { badRequest } from '../errors/app-error.ts';

const maxLimit = 1000;
const maxOffset = 1_000_000;

/** Query parameters of a list. Existing scripts that name no limit expect the whole list. */
export function pageQuery(defaultLimit = maxLimit) {
  return {
    limit: integer(1, maxLimit).default(defaultLimit).describe('Most rows of the answer.'),
    offset: integer(0, maxOffset).default(0).describe('Rows to skip.'),
    cursor: freeText(2048)
      .optional()
      .describe('`nextCursor` of the page before. Replaces `offset`; rows that come or go shift nothing.'),
  };
}

/** Query parameter of a list that has an index by name. */
export const sortQuery = {
  sort: z.enum(['name', '-name']).optional().describe('By name; `-name`: from the last name on.'),
};

/** Query parameter of a list that can say how many rows it has. Callers that do not ask for it pay nothing. */
export const countQuery = {
  count: flag()
    .default(false)
    .describe('`true`: the answer has `total`, or `totalAtLeast` for more than 10,000 rows.'),
};

export type Sort = z.output<typeof sortQuery.sort>;

export interface Page {
  limit: number;
  offset: number;
  /** Key of the last row that the caller has seen. */
  after: string | undefined;
}

export interface Rows<T> extends Total {
  rows: T[];
  nextCursor: string | undefined;
}

/** Keys that are numbers. */
export const ordinalKey = /^\d{1,15}$/;

/** Keys of a list by name. Rows of one name are in the order of their ids. */
export const namedKey = /^[\w.~@-]{1,128}:\P{Cc}*$/u;
/** The same for rows whose ids are numbers. */
export const namedOrdinalKey = /^\d{1,15}:\P{Cc}*$/u;
export const namedKeyOf = (id: string | number, name: string): string => `${id}:${name}`;

/** The last row that the caller has seen, by its key. */
export function placeOf(after: string): { id: string; name: string } {
  const colon = after.indexOf(':');
  return { id: after.slice(0, colon), name: after.slice(colon + 1) };
}

/** @throws AppError 400 for a cursor whose key is none of ours, or one beside an offset */
export function readPage(
  query: { limit: number; offset: number; cursor?: string | undefined },
  key: RegExp,
): Page {
  if (query.cursor !== undefined && query.offset > 0) {
    throw badRequest('cursor and offset are both given: keep one', { field: 'cursor' });
  }
  return { limit: query.limit, offset: query.offset, after: readCursor(query.cursor, key) };
}

/** Cuts rows that were read with `limit + 1` to the page, and names the next one. */
export function cutPage<T>(rows: T[], limit: number, keyOf: (row: T) => string | number): Rows<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { rows: page, nextCursor: more ? writeCursor(keyOf(last)) : undefined };
}

const cursorPrefix = 'after:';

function writeCursor(key: string | number): string {
  return Buffer.from(`${cursorPrefix}${key}`).toString('base64url');
}

/** Undefined: the first page. @throws AppError 400 for a cursor whose key is none of ours */
function readCursor(cursor: string | undefined, key: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const after = text.startsWith(cursorPrefix) ? text.slice(cursorPrefix.length) : '';
  return key.test(after) ? after : refuseCursor();
}

/** @throws AppError 400 */
export function refuseCursor(): never {
  throw badRequest('cursor is not one that this API gave: take nextCursor of the page before', {
    field: 'cursor',
  });
}
