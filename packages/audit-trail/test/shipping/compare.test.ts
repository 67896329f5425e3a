/** A trail beside its copies: what is said when both differ, and that nothing is said when they do not. */
import { expect, it } from 'vitest';
import type { ElasticsearchClient } from '../../src/elasticsearch/client.ts';
import { compareWithCopies } from '../../src/shipping/compare.ts';

interface Wish {
  sort: unknown;
  query: { bool: { filter: { terms?: { 'event.sequence': number[] } }[] } };
  size: number;
}

/** Copies of events 1 to `last`, on one day; the hash of event n is `hash n`. */
function copiesUpTo(last: number, lastPosition: number) {
  const all = Array.from({ length: last }, (_, index) => last - index);
  const search = async ({ query, size }: Wish) => {
    const wanted = query.bool.filter.flatMap(({ terms }) => (terms ? [terms['event.sequence']] : []))[0];
    const found = all.filter((sequence) => wanted?.includes(sequence) ?? true).slice(0, size);
    const toHit = (sequence: number) => ({
      _source: { '@timestamp': '2027-01-16T08:00:00.000Z', event: { sequence, hash: `hash ${sequence}` } },
    });
    return { hits: { hits: found.map(toHit) } };
  };
  return {
    client: { search } as unknown as ElasticsearchClient,
    dataStream: 'logs',
    service: 'shop',
    lastPosition: async () => lastPosition,
  };
}

const day = (lastPosition: number) => ({
  day: '2027-01-15',
  events: lastPosition,
  hash: `hash ${lastPosition}`,
  lastPosition,
  problems: [],
});

it('days that were asked for by themselves are whole, although there are later ones', async () => {
  const compared = await compareWithCopies([day(5)], copiesUpTo(8, 8));
  expect(compared).toEqual([{ ...day(5), copied: true }]);
});

it('events that were entered and shipped while the trail was read are no cut', async () => {
  const compared = await compareWithCopies([day(5)], copiesUpTo(6, 6));
  expect(compared.flatMap(({ problems }) => problems)).toEqual([]);
});

it.each([
  ['its end', [day(5)], 5],
  ['everything', [], 0],
])('a trail of which somebody cut off %s is told of, with the day that is missing', async (_, days, end) => {
  const compared = await compareWithCopies(days, copiesUpTo(8, end));
  expect(compared.at(-1)).toEqual({
    ...{ day: '2027-01-16', events: 0, hash: '' },
    problems: [`Elasticsearch has events up to 8, here they end with ${end}: the end was cut off`],
  });
});

it('an event that was put in the place of another is told of', async () => {
  const compared = await compareWithCopies([{ ...day(5), hash: 'forged' }], copiesUpTo(5, 5));
  expect(compared).toMatchObject([{ copied: false }]);
  expect(compared[0]?.problems.join()).toMatch(/has another event 5/);
});
