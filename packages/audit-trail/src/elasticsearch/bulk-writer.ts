/** Writes documents into a data stream by their ids: each is there once, however often it is sent. */
import type { errors } from '@elastic/elasticsearch';
import { outcomeOf } from './bulk-outcome.ts';
import type { ElasticsearchClient } from './client.ts';

type Transport = { signal?: AbortSignal };

export interface Document {
  id: string;
  body: Readonly<Record<string, unknown>>;
}

export interface BulkResult {
  /** Ids of documents that Elasticsearch refuses for what they are, with its reason. */
  refused: Map<string, string>;
  /** Ids to be sent again, with the reason. */
  again: Map<string, string>;
}

export interface BulkWriter {
  /** Somebody else may have written meanwhile, and not noted it. */
  doubt(): void;
  /** @throws Error when nothing is known of any document: the connection broke, nobody answered in time. */
  write(documents: readonly Document[], signal?: AbortSignal): Promise<BulkResult>;
}

export function createBulkWriter(client: ElasticsearchClient, dataStream: string): BulkWriter {
  // A data stream compares ids only within its newest index. What was sent before an index was rolled over may lie in
  // an older one, so after every doubt the ids are looked for first; also at the start
  // of a round, since whoever sent the last one may have crashed.
  let isInDoubt = true;

  async function present(ids: readonly string[], transport: Transport): Promise<Set<string>> {
    const target = { index: dataStream, ignore_unavailable: true, allow_no_indices: true };
    await client.indices.refresh(target, transport);
    const query = { ids: { values: [...ids] } };
    const search = { ...target, size: ids.length, query, _source: false, track_total_hits: false };
    const { hits } = await client.search(search, transport);
    return new Set(hits.hits.map(({ _id }) => _id ?? ''));
  }

  return {
    doubt() {
      isInDoubt = true;
    },
    async write(documents, signal) {
      const transport = signal === undefined ? {} : { signal };
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
      // What is sent again brings along what was taken already.
      isInDoubt = result.again.size > 0;
      return result;
    },
  };
}

/** The whole request was refused for its size, by Elasticsearch or by a proxy before it. */
export function isTooLarge(error: unknown): boolean {
  return isResponseError(error) && error.statusCode === 413;
}

/** For the log: the library's own errors carry the whole request and its credentials. */
export function readableFailure(error: unknown): Error {
  const { name, message } = error as Error;
  if (isResponseError(error)) {
    return new Error(
      `Elasticsearch answered ${error.statusCode ?? 0}: ${error.body?.error?.type ?? 'no reason'}`,
    );
  }
  // Connections, time limits: every error of the library has what it knows of the request beside it.
  if ('meta' in (error as object)) return new Error(`Elasticsearch: ${name}: ${message}`);
  return error as Error;
}

/** By its name: the library is loaded only where it is used. */
function isResponseError(error: unknown): error is errors.ResponseError {
  return (error as Error).name === 'ResponseError';
}
