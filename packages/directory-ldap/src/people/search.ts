/** Searches below the bases of an environment, in pages, within bounds. */
import { endpointName } from '@gatehouse/config-server-client/discovery';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { Filter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import { type EntryAnswer, operations, readPageCookie } from '../wire/answers.ts';
import { pagedResultsOid, searchRequest } from '../wire/requests.ts';
import { failureOf, resultCodes } from '../wire/results.ts';

export interface SearchQuestion {
  bases: readonly string[];
  filter: Filter;
  attributes: readonly string[];
  /** Of each base. More are an error: the caller would take a part for the whole. */
  maxEntries: number;
  /** The first ones are enough. */
  mayCut?: boolean;
}

/** Servers limit their pages to 1 000 entries (Active Directory) or less. */
const pageSize = 500;
/** Of the server's work; our own limit is the deadline of the call. */
const timeLimitSeconds = 30;
/** A server that gives an empty page with a cookie again and again must not hold the call. */
const maxEmptyPages = 10;

export interface SearchAnswer {
  entries: EntryAnswer[];
  /** There may be more: the bound was reached, or the server's own. */
  isCut: boolean;
}

/** Errors: those of `exchange`, AnswerTooLong, AccessDenied and what else the server says. */
export async function search(
  connection: LdapConnection,
  question: SearchQuestion,
  limits: CallLimits,
): Promise<EntryAnswer[]> {
  return (await searchSome(connection, question, limits)).entries;
}

/** Also tells whether it was cut. Errors: those of `search` */
export async function searchSome(
  connection: LdapConnection,
  question: SearchQuestion,
  limits: CallLimits,
): Promise<SearchAnswer> {
  // slapd keeps the place in its pages once for a connection: a second search in pages would end the first.
  if (isPaged(question)) return alone(connection, () => searchAll(connection, question, limits));
  return searchAll(connection, question, limits);
}

const isPaged = ({ maxEntries }: SearchQuestion) => maxEntries > pageSize;

const pagedSearches = new WeakMap<LdapConnection, Promise<unknown>>();

function alone<T>(connection: LdapConnection, work: () => Promise<T>): Promise<T> {
  const before = pagedSearches.get(connection) ?? Promise.resolve();
  const done = before.then(work, work);
  pagedSearches.set(connection, done);
  return done;
}

async function searchAll(
  connection: LdapConnection,
  question: SearchQuestion,
  limits: CallLimits,
): Promise<SearchAnswer> {
  const found: EntryAnswer[] = [];
  let isCut = false;
  for (const base of question.bases) {
    if (question.mayCut && found.length >= question.maxEntries) break;
    // The bound is that of each base: one may lie in another, and then both have the same entries.
    const below = await searchBelow(connection, base, question, limits, isPaged(question));
    found.push(...below.entries);
    isCut ||= below.isCut;
  }
  return { entries: found, isCut: isCut || found.length >= question.maxEntries };
}

async function searchBelow(
  connection: LdapConnection,
  base: string,
  { filter, attributes, maxEntries, mayCut = false }: SearchQuestion,
  limits: CallLimits,
  inPages: boolean,
): Promise<SearchAnswer> {
  const found: EntryAnswer[] = [];
  let cookie: Buffer = Buffer.alloc(0);
  let emptyPages = 0;
  for (;;) {
    const page = inPages ? { size: pageSize, cookie } : undefined;
    // One more than wanted tells a whole answer from one that was cut.
    const sizeLimit = inPages ? 0 : maxEntries + (mayCut ? 0 : 1);
    const encode = searchRequest({
      base,
      scope: 'sub',
      filter,
      attributes,
      sizeLimit,
      timeLimitSeconds,
      page,
    });
    // A server that knows no pages answers with everything.
    const request = { encode, operation: operations.searchDone, maxEntries: maxEntries + 1 };
    const { result, entries } = await connection.exchange(request, limits);
    found.push(...entries);
    const isCut = result.code === resultCodes.sizeLimitExceeded;
    if (result.code !== resultCodes.success && !(isCut && mayCut))
      throw failureOf(result, endpointName(connection.endpoint));
    if (found.length > maxEntries) {
      if (mayCut) return { entries: found.slice(0, maxEntries), isCut: true };
      throw tooMany(connection);
    }
    const control = result.controls.get(pagedResultsOid);
    cookie = inPages && control !== undefined ? readPageCookie(control) : Buffer.alloc(0);
    if (cookie.length === 0) return { entries: found, isCut };
    emptyPages = entries.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages > maxEmptyPages) throw tooMany(connection);
  }
}

function tooMany({ endpoint }: LdapConnection): ConfigServerError {
  return new ConfigServerError('AnswerTooLong', 'the directory sends more than it was asked for', {
    endpoint: endpointName(endpoint),
    sent: true,
  });
}
