/** The index of Consul's blocking queries: which one to ask with next, and whether the answer is from another history. */

/** Undefined asks at once, without waiting for a change. */
export type QueryIndex = bigint | undefined;

/**
 * Index for the query after an answer with the header `X-Consul-Index`. A missing, zero or unreadable header counts as
 * 1, so that the next query still waits. An index below the one that was asked with means that the agent lost its state
 * (restored snapshot, restart without data): the watch starts again from nothing.
 */
export function nextIndex(asked: QueryIndex, header: string | undefined): QueryIndex {
  const answered = parseIndex(header);
  return asked !== undefined && answered < asked ? undefined : answered;
}

/** The header is an unsigned 64-bit number, more than a double holds exactly. */
function parseIndex(header: string | undefined): bigint {
  if (header === undefined || !/^\d{1,20}$/.test(header)) return 1n;
  const index = BigInt(header);
  return index === 0n ? 1n : index;
}
