/** The rule for names by which people decide: what is refused where they are written, and what is shown of those that are stored. */
import { nameProblem, shownName } from '@gatehouse/contracts/values';
import { expect, test } from 'vitest';

const character = (point: number) => String.fromCodePoint(point);
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const refused = [
  ...[...range(0, 0x1f), ...range(0x7f, 0x9f)],
  ...[0x061c, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff],
  ...[...range(0x202a, 0x202e), ...range(0x2060, 0x2064), ...range(0x2066, 0x2069)],
  ...[...range(0xe0000, 0xe007f)],
];

/** Other characters that Unicode lets a font show as nothing, and marks of annotations. */
const unseen = [
  ...[0x00ad, 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180e, 0x2065, 0x3164, 0xffa0],
  ...[...range(0x206a, 0x206f), ...range(0xfff0, 0xfffb)],
  ...[...range(0x1bca0, 0x1bca3), ...range(0x1d173, 0x1d17a), ...range(0xe0080, 0xe0fff)],
  // Variation selectors, here after a letter that has one form.
  ...[...range(0x180b, 0x180d), 0x180f, ...range(0xfe00, 0xfe0f)],
];

// attack: a name that turns its text around, or hides a part of it | UTS 55, CVE-2021-42574 | guard: packages/contracts/src/values/text.ts
test('controls, changes of direction, invisible characters and tags are refused by their code points, and shown replaced', () => {
  for (const point of refused) {
    const name = `Re${character(point)}ports`;
    const shownPoint = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    expect(nameProblem(name)).toContain(shownPoint);
    expect(shownName(name)).toBe('Re\ufffdports');
  }
});

// attack: a name with a soft hyphen or a filler, beside the name that looks the same | UTS 39, UTS 55 | guard: packages/contracts/src/values/text.ts
test('whatever a font may show as nothing is refused by its code point, and shown replaced', () => {
  const takenOf = (points: number[]) =>
    points.filter((point) => {
      const name = `bo${character(point)}ss`;
      const shownPoint = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
      return !nameProblem(name)?.includes(shownPoint) || shownName(name) !== 'bo\ufffdss';
    });
  expect(takenOf(unseen)).toEqual([]);
  const ignorable = range(0, 0x10ffff).filter((point) => /\p{DI}/u.test(character(point)));
  expect(takenOf(ignorable)).toEqual([0x200c, 0x200d]);
});

test.each([
  ['an emoji', '\u2764\ufe0f Desk'],
  ['an emoji of a key', '1\ufe0f\u20e3 Desk'],
  ['an ideograph', '\u845b\u{e0100}\u57ce'],
  ['a Mongolian letter', '\u182d\u180b\u1820\u180e\u1820'],
])('the form that a selector chooses of %s belongs to the name', (_what, name) => {
  expect(nameProblem(name)).toBeUndefined();
  expect(shownName(name)).toBe(name);
});

test('a second selector is refused: it chooses nothing', () => {
  expect(nameProblem('\u2764\ufe0f\ufe0f Desk')).toContain('U+FE0F');
});

test.each([
  ['between letters of a Persian word', 'می\u200cخواهم'],
  ['after a virama of Devanagari', 'क्\u200dष'],
  ['after a virama of Kannada', 'ರ್\u200cಕ'],
])('joiners %s belong to the name', (_where, name) => {
  expect(nameProblem(name)).toBeUndefined();
  expect(shownName(name)).toBe(name);
});

// attack: a name that turns its text around, or hides a part of it | UTS 55, CVE-2021-42574 | guard: packages/contracts/src/values/text.ts
test.each([
  ['at the beginning', '\u200cReports'],
  ['at the end', 'Reports\u200d'],
  ['beside a space', 'Re \u200cports'],
  ['twice', 'Re\u200c\u200dports'],
])('joiners %s are refused: nobody sees them', (_where, name) => {
  expect(nameProblem(name)).toContain('except between letters');
  expect(shownName(name)).toContain('\ufffd');
});

test.each(['Nørd & Süd (2)', '報告書', 'دفتر المبيعات', 'Łódź', 'ΣΑΣ', '🙂 Desk', "O'Brien"])(
  '%s is a name like any other',
  (name) => {
    expect(nameProblem(name)).toBeUndefined();
    expect(shownName(name)).toBe(name);
  },
);
