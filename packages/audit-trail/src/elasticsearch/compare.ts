/**
 * Puts the days of a trail beside their copies in Elasticsearch. A database that was set back to an earlier moment, seals
 * and all, holds by itself; here it shows, since the copies know what came after.
 */
import type { VerifiedDay } from '../chain/verify.ts';
import type { ElasticsearchClient } from './client.ts';

export interface Copies {
  client: ElasticsearchClient;
  dataStream: string;
  service: string;
  /** Last place of the chain in PostgreSQL. */
  lastPosition(): Promise<number>;
}

interface CopiedEvent {
  '@timestamp': string;
  event: { sequence: number; hash: string };
}

/** Elasticsearch answers no more terms or documents than these at once. */
const mostDays = 5000;

export async function compareWithCopies(
  days: readonly VerifiedDay[],
  { client, dataStream, service, lastPosition }: Copies,
): Promise<VerifiedDay[]> {
  const ends = days.slice(-mostDays).flatMap(({ lastPosition: end }) => end ?? []);
  const find = async (size: number, also: object[]) => {
    const { hits } = await client.search<CopiedEvent>({
      ...{ index: dataStream, ignore_unavailable: true, size },
      _source: ['@timestamp', 'event.sequence', 'event.hash'],
      sort: [{ 'event.sequence': { order: 'desc', unmapped_type: 'long' } }],
      query: { bool: { filter: [{ term: { 'service.name': service } }, ...also] } },
    });
    return hits.hits.flatMap(({ _source }) => _source ?? []);
  };
  const [[last], copied] = await Promise.all([
    find(1, []),
    find(mostDays, [{ terms: { 'event.sequence': ends } }]),
  ]);
  // After a restore numbers may be there twice: one copy that agrees is enough.
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
  // Asked afterwards: what is entered and shipped meanwhile is no cut, nor is what comes after the days that were asked for.
  const end = await lastPosition();
  return last !== undefined && last.event.sequence > end ? [...compared, cutOff(last, end)] : compared;
}

/** Of the day that is not there any more, also when no day is left. */
function cutOff({ '@timestamp': at, event }: CopiedEvent, end: number): VerifiedDay {
  const problem = `Elasticsearch has events up to ${event.sequence}, here they end with ${end}: the end was cut off`;
  return { day: at.slice(0, 10), events: 0, hash: '', problems: [problem] };
}
