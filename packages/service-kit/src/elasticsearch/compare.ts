/**
 * Puts the days of a trail beside their copies in Elasticsearch. A database that was set back to an earlier moment, seals
 * and all, holds by itself; here it shows, since the copies know what came after.
 */
import type { VerifiedDay } from '../audit/verify.ts';
import type { ElasticsearchClient } from './client.ts';

export interface Copies {
  client: ElasticsearchClient;
  dataStream: string;
  service: string;
}

interface CopiedEvent {
  event: { sequence: number; hash: string };
}

/** Elasticsearch answers no more terms or documents than these at once. */
const mostDays = 5000;

export async function compareWithCopies(
  days: readonly VerifiedDay[],
  { client, dataStream, service }: Copies,
): Promise<VerifiedDay[]> {
  const ends = days.slice(-mostDays).flatMap(({ lastPosition }) => lastPosition ?? []);
  const find = async (size: number, also: object[]) => {
    const { hits } = await client.search<CopiedEvent>({
      ...{ index: dataStream, ignore_unavailable: true, size, _source: ['event.sequence', 'event.hash'] },
      sort: [{ 'event.sequence': { order: 'desc', unmapped_type: 'long' } }],
      query: { bool: { filter: [{ term: { 'service.name': service } }, ...also] } },
    });
    return hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source.event]));
  };
  const [[last], copied] = await Promise.all([
    find(1, []),
    find(mostDays, [{ terms: { 'event.sequence': ends } }]),
  ]);
  // After a restore numbers may be there twice: one copy that agrees is enough.
  const hashes = new Map<number, string[]>();
  for (const { sequence, hash } of copied) hashes.set(sequence, [...(hashes.get(sequence) ?? []), hash]);
  const end = Math.max(...ends, 0);
  return days.map((day): VerifiedDay => {
    const found = hashes.get(day.lastPosition ?? 0) ?? [];
    const problems = [...day.problems];
    if (found.length > 0 && !found.includes(day.hash))
      problems.push(`Elasticsearch has another event ${day.lastPosition}: this one was put in its place`);
    if (last !== undefined && day.lastPosition === end && last.sequence > end)
      problems.push(
        `Elasticsearch has events up to ${last.sequence}, here they end with ${end}: the end was cut off`,
      );
    return { ...day, problems, copied: found.includes(day.hash) };
  });
}
