/**
 * Compares the days of a trail with their copies in Elasticsearch. This finds a database that was reset to an earlier
 * state together with its seals: such a chain verifies, but the copies have later events.
 */
import type { VerifiedDay } from '@gatehouse/contracts/answers';
import type { ElasticsearchClient } from '../elasticsearch/client.ts';

interface Copies {
  client: ElasticsearchClient;
  dataStream: string;
  service: string;
  /** Reads the last position of the chain in PostgreSQL. */
  lastPosition(): Promise<number>;
}

interface CopiedEvent {
  '@timestamp': string;
  event: { sequence: number; hash: string };
}

/** Bounds the terms and documents of one search. */
const maxDays = 5000;

export async function compareWithCopies(
  days: readonly VerifiedDay[],
  { client, dataStream, service, lastPosition }: Copies,
): Promise<VerifiedDay[]> {
  const ends = days.slice(-maxDays).flatMap(({ lastPosition: end }) => end ?? []);
  const find = async (size: number, also: object[]) => {
    const { hits } = await client.search<CopiedEvent>({
      index: dataStream,
      ignore_unavailable: true,
      size,
      _source: ['@timestamp', 'event.sequence', 'event.hash'],
      sort: [{ 'event.sequence': { order: 'desc', unmapped_type: 'long' } }],
      query: { bool: { filter: [{ term: { 'service.name': service } }, ...also] } },
    });
    return hits.hits.flatMap(({ _source }) => _source ?? []);
  };
  const [[last], copied] = await Promise.all([
    find(1, []),
    find(maxDays, [{ terms: { 'event.sequence': ends } }]),
  ]);
  // After a restore of the database a position may have two copies: one equal hash is enough.
  const hashes = new Map<number, string[]>();
  for (const { event } of copied)
    hashes.set(event.sequence, [...(hashes.get(event.sequence) ?? []), event.hash]);
  const compared = days.map((day): VerifiedDay => {
    const found = hashes.get(day.lastPosition ?? 0) ?? [];
    const problems = [...day.problems];
    if (found.length > 0 && !found.includes(day.hash))
      problems.push(`Elasticsearch has another event ${day.lastPosition}: this one was put in its place`);
    return { ...day, problems, copied: found.includes(day.hash) };
  });
  // Read after the search, so that events that were chained and shipped meanwhile are not reported as missing.
  const end = await lastPosition();
  return last !== undefined && last.event.sequence > end ? [...compared, truncatedDay(last, end)] : compared;
}

/** Reports the day that is missing in PostgreSQL, also when no day is left there. */
function truncatedDay({ '@timestamp': at, event }: CopiedEvent, end: number): VerifiedDay {
  const problem = `Elasticsearch has events up to ${event.sequence}, here they end with ${end}: the end was cut off`;
  return { day: at.slice(0, 10), events: 0, hash: '', problems: [problem] };
}
