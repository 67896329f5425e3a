/** What a bulk answer says of each document: done, to be tried again, or refused for what it is. */

export type ItemOutcome =
  | { kind: 'done' }
  | { kind: 'again'; reason: string }
  | { kind: 'refused'; reason: string };

interface BulkItem {
  status?: number | undefined;
  error?: { type?: string | undefined; reason?: string | null | undefined } | undefined;
}

export function outcomeOf({ status = 0, error }: BulkItem): ItemOutcome {
  // 409: the document of this id is there, from an answer that never reached us.
  if (status === 409 || (status >= 200 && status < 300)) return { kind: 'done' };
  const type = error?.type ?? `status ${status}`;
  const isRefused = status === 400 && type !== 'cluster_block_exception';
  return isRefused
    ? { kind: 'refused', reason: describe(type, error?.reason) }
    : { kind: 'again', reason: type };
}

const namedField =
  /(?:failed to parse field|dynamic introduction of) (\[[\w.@]+\](?: (?:of type|within) \[[\w.@]+\])?)/;

/** The reason quotes values of the document, which may be somebody's name or address: of it only the field is kept. */
function describe(type: string, reason: string | null | undefined): string {
  const [, field] = namedField.exec(reason ?? '') ?? [];
  return field === undefined ? type : `${type}: field ${field}`;
}
