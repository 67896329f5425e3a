/** The rule for names by which people decide: what is refused where they are written, and what is shown of those that are stored. */
import { nameProblem, shownName } from '@gatehouse/contracts/text';
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

// attack: a name that turns its text around, or hides a part of it | UTS 55, CVE-2021-42574 | guard: packages/contracts/src/text.ts
test('controls, changes of direction, invisible characters and tags are refused by their code points, and shown replaced', () => {
  for (const point of refused) {
    const name = `Re${character(point)}ports`;
    const shownPoint = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
    expect(nameProblem(name)).toContain(shownPoint);
    expect(shownName(name)).toBe('Re\ufffdports');
  }
});

test.each([
  ['between letters of a Persian word', 'می\u200cخواهم'],
  ['after a virama of Devanagari', 'क्\u200dष'],
  ['after a virama of Kannada', 'ರ್\u200cಕ'],
])('joiners %s belong to the name', (_where, name) => {
  expect(nameProblem(name)).toBeUndefined();
  expect(shownName(name)).toBe(name);
});

// attack: a name that turns its text around, or hides a part of it | UTS 55, CVE-2021-42574 | guard: packages/contracts/src/text.ts
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
