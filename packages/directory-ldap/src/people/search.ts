/** Searches below the bases of an environment, in pages, within bounds. */
import { endpointName } from '@gatehouse/config-server-client/discovery';
import { ConfigServerError } from '@gatehouse/people-directory';
import type { Filter } from 'ldapts';
import type { CallLimits, LdapConnection } from '../connection/connection.ts';
import type { DirectorySettings } from '../settings.ts';
import { type EntryAnswer, operations, readPageCookie } from '../wire/answers.ts';
import { pagedResultsOid, searchRequest } from '../wire/requests.ts';
import { failureOf, resultCodes } from '../wire/results.ts';
import { allOf, anyOf, equals } from './filters.ts';

export interface SearchQuestion {
  type: DirectorySettings['type'];
  bases: readonly string[];
  filter: Filter;
  attributes: readonly string[];
  /** Of each base. More are an error: the caller would take a part for the whole. */
  maxEntries: number;
  /** The first ones are enough. */
  mayCut?: boolean;
  scope?: 'base' | 'sub';
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
  const isAlone = question.maxEntries > pageSize && question.type === 'standard';
  if (isAlone) return alone(connection, () => searchAll(connection, question, limits));
  return searchAll(connection, question, limits);
}

/** Samba compares each entry with each name of a filter: 2 000 names cost it 0.43 s in hundreds, 0.24 s in this way. */
const namesAtOnce = 25;
/** A login does not wait for each, and the questions of others on the connection wait for no more. */
const searchesAtOnce = 8;

/**
 * Active Directory finds an entry by its name at once. Gives those that `filter` matches, some after the other. Errors: those of
 * `search`.
 */
export async function* searchByName(
  connection: LdapConnection,
  dns: readonly string[],
  question: Omit<SearchQuestion, 'maxEntries' | 'mayCut' | 'scope' | 'type'>,
  limits: CallLimits,
): AsyncGenerator<EntryAnswer[]> {
  const searchOf = (some: readonly string[]) => {
    const named = anyOf(some.map((dn) => equals('distinguishedName', dn)));
    const filter = allOf(question.filter, named);
    const more = { type: 'activeDirectory' as const, filter, maxEntries: some.length };
    return search(connection, { ...question, ...more }, limits);
  };
  for (let index = 0; index < dns.length; ) {
    const searches: Promise<EntryAnswer[]>[] = [];
    for (; index < dns.length && searches.length < searchesAtOnce; index += namesAtOnce)
      searches.push(searchOf(dns.slice(index, index + namesAtOnce)));
    yield (await Promise.all(searches)).flat();
  }
}

/** Samba keeps the size of pages, and ignores the size limit of a search. */
const isPaged = ({ maxEntries, type, scope }: SearchQuestion) =>
  maxEntries > pageSize || (type === 'activeDirectory' && scope !== 'base');

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
    const below = await searchBelow(connection, base, question, limits);
    found.push(...below.entries);
    isCut ||= below.isCut;
  }
  return { entries: found, isCut: isCut || found.length >= question.maxEntries };
}

async function searchBelow(
  connection: LdapConnection,
  base: string,
  question: SearchQuestion,
  limits: CallLimits,
): Promise<SearchAnswer> {
  const { filter, attributes, maxEntries, mayCut = false, scope = 'sub' } = question;
  // One more than wanted tells a whole answer from one that was cut.
  const wanted = mayCut ? maxEntries : maxEntries + 1;
  const inPages = isPaged(question);
  const found: EntryAnswer[] = [];
  let cookie: Buffer = Buffer.alloc(0);
  let emptyPages = 0;
  for (;;) {
    const left = wanted - found.length;
    const page = inPages ? { size: Math.min(pageSize, left), cookie } : undefined;
    const sizeLimit = inPages ? 0 : wanted;
    const encode = searchRequest({ base, scope, filter, attributes, sizeLimit, timeLimitSeconds, page });
    // A server that knows neither pages nor limits answers with everything.
    const request = { encode, operation: operations.searchDone, maxEntries: left, mayCut };
    const { result, entries } = await connection.exchange(request, limits);
    found.push(...entries);
    const isCut = result.code === resultCodes.sizeLimitExceeded;
    if (result.code !== resultCodes.success && !(isCut && mayCut))
      throw failureOf(result, endpointName(connection.endpoint));
    if (found.length > maxEntries) throw tooMany(connection, maxEntries);
    const control = result.controls.get(pagedResultsOid);
    cookie = inPages && control !== undefined ? readPageCookie(control) : Buffer.alloc(0);
    if (cookie.length === 0 || (isCut && mayCut)) return { entries: found, isCut };
    emptyPages = entries.length === 0 ? emptyPages + 1 : 0;
    const isOver = found.length === maxEntries || emptyPages > maxEmptyPages;
    if (isOver && mayCut) return { entries: found, isCut: true };
    if (emptyPages > maxEmptyPages) throw tooMany(connection, maxEntries);
  }
}

function tooMany({ endpoint }: LdapConnection, maxEntries: number): ConfigServerError {
  const message = `the directory has more than ${maxEntries} entries for one question: name narrower bases or filters`;
  return new ConfigServerError('AnswerTooLong', message, { endpoint: endpointName(endpoint), sent: true });
}
