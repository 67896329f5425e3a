import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextIndex } from '../../src/consul/consul-endpoints.ts';

describe('index of blocking queries', () => {
  it('waits for what comes after the answer', () => {
    expect(nextIndex(undefined, '17')).toBe(17n);
    expect(nextIndex(17n, '18')).toBe(18n);
    expect(nextIndex(18n, '18')).toBe(18n);
  });

  it('counts a missing, zero or unreadable index as 1, so that the next query waits all the same', () => {
    for (const header of [undefined, '0', '', 'abc', '-3', '1.5', '9'.repeat(21)]) {
      expect(nextIndex(undefined, header)).toBe(1n);
      expect(nextIndex(1n, header)).toBe(1n);
    }
  });

  it('starts again when the index goes backwards', () => {
    expect(nextIndex(18n, '17')).toBeUndefined();
    expect(nextIndex(18n, '0')).toBeUndefined();
    expect(nextIndex(18n, undefined)).toBeUndefined();
  });

  it('compares exactly over the whole range of 64 bits', () => {
    expect(nextIndex(18_446_744_073_709_551_614n, '18446744073709551615')).toBe(18_446_744_073_709_551_615n);
    expect(nextIndex(9_007_199_254_740_993n, '9007199254740992')).toBeUndefined();
  });

  it('is never zero or below what was asked with', () => {
    fc.assert(
      fc.property(
        fc.option(fc.bigInt(1n, 2n ** 64n - 1n)),
        fc.bigInt(0n, 2n ** 64n - 1n),
        (asked, answered) => {
          const next = nextIndex(asked ?? undefined, answered.toString());
          expect(next === undefined || (next >= 1n && next >= (asked ?? 1n))).toBe(true);
        },
      ),
    );
  });
});
