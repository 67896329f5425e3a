/** Keeps the entries of a search until its result comes, within the bounds of the search and of the memory. */
import type { ConfigServerError } from '@gatehouse/people-directory';
import { type EntryAnswer, operations, type ResultAnswer } from '../wire/answers.ts';
import { resultCodes } from '../wire/results.ts';

export interface Answered {
  result: ResultAnswer;
  entries: EntryAnswer[];
}

/** A call whose answer is awaited. */
export interface Pending {
  operation: number;
  entries: EntryAnswer[];
  bytes: number;
  maxEntries: number;
  /** Of the entries beyond `maxEntries` nobody needs to know. */
  mayCut: boolean;
  settle(outcome: Answered | ConfigServerError): void;
}

/** One search must not fill the memory; the biggest page that we ask for is far smaller. */
const maxSearchBytes = 16 * 1_048_576;

/** False: this entry is beyond the bounds, and so is every one after it. */
export function keeps(pending: Pending, entry: EntryAnswer, bytes: number): boolean {
  pending.bytes += bytes;
  const isKept = pending.entries.length < pending.maxEntries && pending.bytes <= maxSearchBytes;
  if (isKept) pending.entries.push(entry);
  return isKept;
}

/** As of a server that keeps the size limit. Undefined: a part would be taken for the whole. */
export function cutAnswer({ mayCut, entries }: Pending, messageId: number): Answered | undefined {
  if (!mayCut) return undefined;
  const code = resultCodes.sizeLimitExceeded;
  const { searchDone: operation } = operations;
  const rest = { diagnostic: '', controls: new Map(), oid: undefined };
  return { result: { kind: 'result', messageId, operation, code, ...rest }, entries };
}
