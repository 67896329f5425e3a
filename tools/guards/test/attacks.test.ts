import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { attacksOf, readAttacks } from '../attacks.ts';
import { readGuards } from '../guards.ts';
import { problemsOf } from '../problems.ts';
import { isTestOf, patternOf } from '../test-names.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('the annotation of an attack', () => {
  const comment = '// attack: a name | RFC 1 | guard: src/a.ts';

  it.each([
    ['a test', "it('does so', async () => {", 'does so'],
    ['a test with a quote', 'test("the client\'s own", () => {', "the client's own"],
    ['a table', "it.each(['a', 'b'])('does %s', async () => {", 'does %s'],
    [
      'a long table',
      "it.each<[string]>([\n  ['a (b)'],\n  f('x'),\n])(\n  'does %s',\n  async () => {",
      'does %s',
    ],
    ['a row of a table', "['a', 'b'],\n  ['c', 'd'],\n])('does %s', async () => {", 'does %s'],
    ['a table by name', "it.each(wraps)('XSW%s', async () => {", 'XSW%s'],
  ])('is read above %s', (_what, test, title) => {
    const read = attacksOf('a.test.ts', `${comment}\n${test}\n  });\nit('another', () => {});`);
    expect(read).toEqual([{ name: 'a name', source: 'RFC 1', guard: 'src/a.ts', path: 'a.test.ts', title }]);
  });

  it('may be one of several of the same test', () => {
    const read = attacksOf('a.test.ts', `${comment}\n${comment.replace('a name', 'b')}\nit('does so', f);`);
    expect(read.map(({ name, title }) => [name, title])).toEqual([
      ['a name', 'does so'],
      ['b', 'does so'],
    ]);
  });

  it.each(['// attack: a name | guard: src/a.ts', '// attack: a name | RFC 1 | src/a.ts'])(
    'that is not whole is refused with its line: %s',
    (text) => {
      expect(() => attacksOf('a.test.ts', `\n${text}\nit('does so', f);`)).toThrow(/^a\.test\.ts:2 must be/);
    },
  );

  it('finds its test among the names that the runner shows', () => {
    const [attack] = attacksOf('a.test.ts', `${comment}\nit.each(x)('takes $name (%s), no more', f);`);
    if (attack === undefined) throw new Error('it was not read');
    expect(isTestOf(attack, 'takes Fred (a.b), no more')).toBe(true);
    expect(isTestOf(attack, 'takes Fred, no more')).toBe(false);
    expect(new RegExp(patternOf([attack])).test('group takes Fred (a.b), no more')).toBe(true);
  });
});

describe('the ledger', () => {
  const attacks = readAttacks(root);
  const guards = readGuards(root);

  it('has at least 150 attacks', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBeGreaterThanOrEqual(150);
  });

  it('has guards that can be removed from the sources, each beside a test that shows it', () => {
    expect(problemsOf(root, attacks, guards)).toEqual([]);
  });

  it('tells of what does not fit together', () => {
    const attack = { name: 'a', source: 's', guard: 'nowhere.ts', path: 'a.test.ts', title: 't' };
    const change = { file: 'package.json', replace: 'not there', by: '' };
    const guard = { name: 'p', path: 'p.guards.yaml', effect: 'e', shownBy: ['b'], changes: [change] };
    const fitting = { ...change, file: 'LICENSE', replace: 'January 2004' };
    const misplaced = { ...guard, path: 'q.guards.yaml', shownBy: ['a'], changes: [fitting] };
    expect(problemsOf(root, [attack], [guard, misplaced])).toEqual([
      'There is no guard nowhere.ts',
      'Nothing removes the guard nowhere.ts',
      'Two guards are called p',
      'p is shown by an attack that no test has: b',
      'p is in p.guards.yaml, but p.test.ts plays none of its attacks',
      'p cannot be removed: package.json has no not, with which the text begins',
      'p is in q.guards.yaml, but q.test.ts plays none of its attacks',
    ]);
  });
});
