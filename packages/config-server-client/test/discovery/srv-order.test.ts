import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderSrvRecords } from '../../src/discovery/srv-order.ts';

const record = (name: string, priority: number, weight: number) => ({ name, port: 8888, priority, weight });
const names = (records: { name: string }[]) => records.map(({ name }) => name).join('');

describe('order of SRV records (RFC 2782)', () => {
  it('puts the lower priority first, whatever the weights', () => {
    const records = [record('c', 20, 100), record('a', 0, 1), record('b', 10, 0)];
    expect(names(orderSrvRecords(records, () => 0.99))).toBe('abc');
  });

  it('draws among equals by weight', () => {
    const records = [record('a', 0, 70), record('b', 0, 30)];
    const draws = 1_000;
    let firstA = 0;
    for (let step = 0; step < draws; step += 1) {
      if (names(orderSrvRecords(records, () => (step + 0.5) / draws)).startsWith('a')) firstA += 1;
    }
    expect(firstA / draws).toBeCloseTo(0.7, 1);
  });

  it('lets a record of weight 0 come first almost never beside others, but come at all', () => {
    const records = [record('a', 0, 0), record('b', 0, 100)];
    expect(names(orderSrvRecords(records, () => 0.5))).toBe('ba');
    expect(names(orderSrvRecords(records, () => 0))).toBe('ab');
  });

  it('loses and invents nothing', () => {
    const records = fc.array(
      fc.record({
        name: fc.string(),
        port: fc.integer({ min: 1, max: 65_535 }),
        priority: fc.integer({ min: 0, max: 3 }),
        weight: fc.integer({ min: 0, max: 65_535 }),
      }),
    );
    fc.assert(
      fc.property(
        records,
        fc.infiniteStream(fc.double({ min: 0, max: 0.999_999, noNaN: true })),
        (list, randoms) => {
          const ordered = orderSrvRecords(list, () => randoms.next().value as number);
          expect(new Set(ordered)).toEqual(new Set(list));
          expect(ordered).toHaveLength(list.length);
          expect(ordered.map(({ priority }) => priority)).toEqual(
            list.map(({ priority }) => priority).sort(),
          );
        },
      ),
    );
  });
});
