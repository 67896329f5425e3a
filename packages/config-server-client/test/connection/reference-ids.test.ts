import { describe, expect, it } from 'vitest';
import { ReferenceIds } from '../../src/connection/reference-ids.ts';

const none = () => false;

describe('reference ids', () => {
  it('start at 1 and count up', () => {
    const ids = new ReferenceIds();
    expect([ids.next(none), ids.next(none), ids.next(none)]).toEqual([1, 2, 3]);
  });

  it('wrap around, skipping 0 and whatever is in flight', () => {
    const ids = new ReferenceIds(0xffff_fffd);
    const inFlight = new Set([0xffff_ffff, 1, 2]);
    const next = () => ids.next((id) => inFlight.has(id));
    expect([next(), next(), next()]).toEqual([0xffff_fffe, 3, 4]);
  });

  it('know a late answer from one that was never asked for', () => {
    const ids = new ReferenceIds();
    ids.next(none);
    expect(ids.classify(1)).toBe('late');
    expect(ids.classify(2)).toBe('unknown');
    expect(ids.classify(0)).toBe('unknown');
  });

  it('do not reuse an id that was abandoned a short while ago, and remember only so many', () => {
    const ids = new ReferenceIds(0xffff_ffff);
    ids.abandon(1);
    expect(ids.next(none)).toBe(2);
    for (let id = 100_000; id < 110_000; id += 1) ids.abandon(id);
    expect(new ReferenceIds(0).classify(5)).toBe('unknown');
  });
});
