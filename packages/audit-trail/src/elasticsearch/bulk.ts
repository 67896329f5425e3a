/** Writes documents into a data stream in bulk and reads the outcome of each; a document is stored once, however often it is sent. */
import { definedOnly } from '@gatehouse/contracts/values';
import { type ElasticsearchClient, isTooLarge } from './client.ts';

export interface Document {
  id: string;
  body: Readonly<Record<string, unknown>>;
}

export interface BulkResult {
  /** Ids of documents that Elasticsearch refuses because of their content, with its reason. */
  refused: Map<string, string>;
  /** Ids to be sent again, with the reason. */
  again: Map<string, string>;
}

/** Implementations: this one, and those of the second destination (`forwarding`). */
export interface DocumentWriter {
  /** Tells that another process may have written before, without recording it. */
  doubt(): void;
  /** @throws Error when the outcome of every document is unknown */
  write(documents: readonly Document[], signal?: AbortSignal): Promise<BulkResult>;
}

export function createBulkWriter(client: ElasticsearchClient, dataStream: string): DocumentWriter {
  // A data stream compares ids only within its newest index; after a rollover, documents sent earlier are in an older one.
  // So the ids are searched first at the start of a round, since the sender before may have crashed, and after every failure.
  let isInDoubt = true;

  async function present(ids: readonly string[], transport: { signal?: AbortSignal }): Promise<Set<string>> {
    const target = { index: dataStream, ignore_unavailable: true, allow_no_indices: true };
    await client.indices.refresh(target, transport);
    const query = { ids: { values: [...ids] } };
    const search = { ...target, size: ids.length, query, _source: false, track_total_hits: false };
    const { hits } = await client.search(search, transport);
    return new Set(hits.hits.map(({ _id }) => _id ?? ''));
  }

  return {
    /** Makes the next write search the ids first, because another process may have written without recording it. */
    doubt() {
      isInDoubt = true;
    },
    /** @throws Error when the outcome of every document is unknown: the connection broke, or the answer came too late. */
    async write(documents: readonly Document[], signal?: AbortSignal): Promise<BulkResult> {
      const transport = definedOnly({ signal });
      const ids = documents.map(({ id }) => id);
      const known = isInDoubt ? await present(ids, transport) : new Set<string>();
      const missing = documents.filter(({ id }) => !known.has(id));
      const result: BulkResult = { refused: new Map(), again: new Map() };
      if (missing.length === 0) return result;
      isInDoubt = true;
      const operations = missing.flatMap(({ id, body }) => [{ create: { _id: id } }, body]);
      const { items } = await client.bulk(
        { index: dataStream, operations, require_data_stream: true },
        transport,
      );
      items.forEach(({ create }, index) => {
        const id = missing[index]?.id ?? '';
        const outcome = outcomeOf(create ?? {});
        if (outcome.kind !== 'done') result[outcome.kind].set(id, outcome.reason);
      });
      // The next request repeats documents that may have been stored already.
      isInDoubt = result.again.size > 0;
      return result;
    },
  };
}

export type ItemOutcome =
  | { kind: 'done' }
  | { kind: 'again'; reason: string }
  | { kind: 'refused'; reason: string };

interface BulkItem {
  status?: number | undefined;
  error?: { type?: string | undefined; reason?: string | null | undefined } | undefined;
}

export function outcomeOf({ status = 0, error }: BulkItem): ItemOutcome {
  // 409: an earlier request stored the document, and its answer was lost.
  if (status === 409 || (status >= 200 && status < 300)) return { kind: 'done' };
  const type = error?.type ?? `status ${status}`;
  const isRefused = status === 400 && type !== 'cluster_block_exception';
  return isRefused
    ? { kind: 'refused', reason: describe(type, error?.reason) }
    : { kind: 'again', reason: type };
}

const namedField =
  /(?:failed to parse field|dynamic introduction of) (\[[\w.@]+\](?: (?:of type|within) \[[\w.@]+\])?)/;

/** Keeps only the field: the reason quotes values of the document, which may be the name or address of a person. */
function describe(type: string, reason: string | null | undefined): string {
  const [, field] = namedField.exec(reason ?? '') ?? [];
  return field === undefined ? type : `${type}: field ${field}`;
}

/**
 * Sends items at once, and in halves when the request is too large for the receiver or a proxy in front of it.
 * Resolves the outcomes in the order of the items; `alone` gives the outcome of one item that is too large.
 * @throws every error of `send` but "too large"
 */
export async function inHalves<Item, Outcome>(
  items: readonly Item[],
  send: (part: readonly Item[]) => Promise<Outcome[]>,
  alone: (item: Item) => Outcome,
): Promise<Outcome[]> {
  try {
    return await send(items);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  const [only, ...others] = items;
  if (only !== undefined && others.length === 0) return [alone(only)];
  const half = Math.ceil(items.length / 2);
  const first = await inHalves(items.slice(0, half), send, alone);
  return [...first, ...(await inHalves(items.slice(half), send, alone))];
}
