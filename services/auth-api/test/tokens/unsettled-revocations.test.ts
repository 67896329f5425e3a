import { describe, expect, it } from 'vitest';
import type { Revocation } from '../../src/records/revocation/revocation.ts';
import { createUnsettled, type Reached } from '../../src/records/revocation/unsettled.ts';

const older: Revocation = { kind: 'sub', id: 'a', atMs: 1 };
const newer: Revocation = { kind: 'sub', id: 'a', atMs: 2 };

function after(...facts: [Revocation, Reached][]) {
  const unsettled = createUnsettled();
  for (const [revocation, reached] of facts) unsettled.record(revocation, reached);
  return unsettled;
}

describe('a revocation', () => {
  const stores = ['neither', 'stream', 'list', 'both'] as const;
  const pairs = stores.flatMap((first) => stores.map((second) => [first, second] as const));

  it.each(pairs)('that reached %s, and then %s, has reached what either says', (first, second) => {
    const reached = new Set([first, second].flatMap((one) => (one === 'both' ? ['stream', 'list'] : [one])));
    const open = after([older, first], [older, second]).all();
    // A settled one is forgotten, so nothing is left to add to it.
    if (first === 'both')
      expect(open).toEqual(second === 'both' ? [] : [{ revocation: older, reached: second }]);
    else if (reached.has('stream') && reached.has('list')) expect(open).toEqual([]);
    else expect(open).toEqual([{ revocation: older, reached: second === 'neither' ? first : second }]);
  });

  it('counts for an older one of the same thing, but not the other way round', () => {
    expect(after([newer, 'stream'], [older, 'list']).all()).toEqual([
      { revocation: newer, reached: 'stream' },
    ]);
    expect(after([older, 'stream'], [newer, 'list']).all()).toEqual([{ revocation: newer, reached: 'list' }]);
    expect(after([older, 'stream'], [newer, 'both']).isEmpty()).toBe(true);
  });

  it('is settled by a row of the list that is as new, once the stream has it', () => {
    const unsettled = after([older, 'stream']);
    unsettled.recordListed(newer);
    expect(unsettled.isEmpty()).toBe(true);
    const later = after([newer, 'stream']);
    later.recordListed(older);
    expect(later.has(newer)).toBe(true);
  });

  it('that no store has any more is written to both again', () => {
    const unsettled = after([older, 'list'], [{ ...older, id: 'b' }, 'stream']);
    unsettled.recordStreamLost();
    unsettled.recordUnlisted(older);
    expect(unsettled.all().map(({ reached }) => reached)).toEqual(['neither', 'neither']);
    unsettled.recordUnlisted({ ...older, id: 'c' });
    expect(unsettled.isStreamed({ ...older, id: 'c' })).toBe(true);
  });
});
