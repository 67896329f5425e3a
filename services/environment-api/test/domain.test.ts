import { byPrecision, covers, domainKey, locationSchema } from '@gatehouse/contracts/environment-api';
import { diff } from '@gatehouse/service-kit/changes';
import { isFresh, requireMatch } from '@gatehouse/service-kit/http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSettings } from '../src/settings/inheritance.ts';

const part = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,3}$/);
const location = fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`);

describe('locations', () => {
  it('are accepted as a slash or as parts with a slash before each', () => {
    fc.assert(fc.property(location, (path) => locationSchema.safeParse(path).success));
    for (const path of [
      '',
      'USW1',
      '/USW1/',
      '//',
      '/a//b',
      '/a b',
      '/.',
      '/..',
      '/a/../b',
      '/ä',
      `/${'a'.repeat(128)}`,
    ]) {
      expect(locationSchema.safeParse(path).success).toBe(false);
    }
  });

  it('cover themselves and what is below, never a neighbour whose name begins alike', () => {
    fc.assert(
      fc.property(location, part, (path, below) => {
        const deeper = path === '/' ? `/${below}` : `${path}/${below}`;
        return (
          covers(path, path) && covers(path, deeper) && !covers(deeper, path) && byPrecision(deeper, path) < 0
        );
      }),
    );
    expect(covers('/USW1', '/USW10')).toBe(false);
  });

  it('decide between settings: one per name, at a covering location, and none of a longer one was left out', () => {
    const setting = fc.record({
      name: fc.constantFrom('a', 'b'),
      location,
      value: fc.string(),
      shared: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(setting), location, (settings, at) => {
        const effective = effectiveSettings(settings, at);
        expect(new Set(effective.map(({ name }) => name)).size).toBe(effective.length);
        for (const candidate of settings.filter((given) => covers(given.location, at))) {
          const chosen = effective.find(({ name }) => name === candidate.name);
          expect(chosen?.location.length).toBeGreaterThanOrEqual(candidate.location.length);
        }
      }),
    );
  });
});

describe('domain keys', () => {
  it('do not depend on case and are their own key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const key = domainKey(text);
        expect(domainKey(key)).toBe(key);
        expect(domainKey(text.toLowerCase())).toBe(key);
        expect(domainKey(text.toUpperCase())).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['ẞ', 'ß', 'SS', 'ss'])('takes %s for the same name', (text) => {
    expect(domainKey(`stra${text}e`)).toBe('strasse');
  });
});

describe('entity tags', () => {
  it('match in a list, by a star, and when a proxy has made them weak', () => {
    for (const header of ['"7"', '*', '"1", "7"', 'W/"7"', '"1" ,W/"7"']) {
      expect(() => requireMatch(header, 7)).not.toThrow();
      expect(isFresh(header, '"7"')).toBe(true);
    }
    for (const header of ['"77"', '7', '', '"7', 'w/"7"']) {
      expect(() => requireMatch(header, 7)).toThrow();
      expect(isFresh(header, '"7"')).toBe(false);
    }
    expect(() => requireMatch(undefined, 7)).not.toThrow();
  });
});

describe('audit differences', () => {
  it('hold exactly the fields that differ, with both sides', () => {
    expect(diff({ a: 1, b: [1], c: 1 }, { a: 1, b: [2], d: null })).toEqual({
      b: { from: [1], to: [2] },
      c: { from: 1 },
      d: { to: null },
    });
    expect(diff(undefined, { a: 1 })).toEqual({ a: { to: 1 } });
    expect(diff({ a: 1 }, undefined)).toEqual({ a: { from: 1 } });
  });
});
