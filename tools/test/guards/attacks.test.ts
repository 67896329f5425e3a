import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { attacksOf, readAttacks } from '../../guards/attacks.ts';
import { problemsOf, readPatches } from '../../guards/patches.ts';
import { isTestOf, patternOf } from '../../guards/test-names.ts';

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
  const patches = readPatches(root);

  it('has at least 150 attacks', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBeGreaterThanOrEqual(150);
  });

  it('has patches that apply to the sources', () => {
    const unfit = patches.filter(
      ({ file }) => spawnSync('git', ['apply', '--check', file], { cwd: root }).status !== 0,
    );
    expect(unfit.map(({ name }) => name)).toEqual([]);
    // A process for each of them.
  }, 60_000);

  it('tells of what does not fit together', () => {
    const attack = { name: 'a', source: 's', guard: 'nowhere.ts', path: 'a.test.ts', title: 't' };
    const patch = { name: 'p', file: 'p.patch', changes: [], shownBy: ['b'] };
    expect(problemsOf(root, [attack], [patch])).toEqual([
      'There is no guard nowhere.ts',
      'No patch in tools/guards/patches removes the guard nowhere.ts',
      'p.patch is shown by an attack that no test has: b',
    ]);
  });
});
