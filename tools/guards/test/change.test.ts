import { describe, expect, it } from 'vitest';
import { changedTexts, changeText } from '../change.ts';
import { guardsOf } from '../guards.ts';

const file = 'src/a.ts';
const source = `import { check } from './check.ts';

export function createStore(options: Options) {
  const find = (id: string) => options.rows.get(id);
  return {
    /** check(id) comes first. */
    read(id: string) {
      check(id); // and nothing else
      return find(id);
    },
    write(id: string) {
      check(id);
      return options.rows.set(id, { id, by: 'nobody' });
    },
  };
}

class Box {
  #open = (id: string) => check(id);
  constructor(private readonly id: string) {
    check(id);
  }
}

const script = \`
  local found = redis.call('GET', KEYS[1])
  if found ~= ARGV[1] then return 0 end
\`;
`;
const without = (change: { in?: string; replace: string; by?: string }, text = source) =>
  changeText(text, { file, by: '', ...change });

describe('a change', () => {
  it('is made in the named declaration alone', () => {
    expect(without({ in: 'read', replace: 'check(id);', by: 'void id;' })).toBe(
      source.replace('check(id); // and', 'void id; // and'),
    );
  });

  it.each([
    ['a function in a function', 'find', 'options.rows.get(id)'],
    ['one that is named with those around it', 'createStore.write', 'check(id);'],
    ['a private member', '#open', 'check(id)'],
    ['a constructor', 'Box.constructor', 'check(id);'],
    ['a script in a constant', 'script', 'if found ~= ARGV[1] then return 0 end'],
  ])('finds %s', (_what, name, replace) => {
    expect(without({ in: name, replace, by: 'gone()' })).toContain('gone()');
  });

  it('without a declaration is made in the whole file', () => {
    const replace = "import { check } from './check.ts';";
    expect(without({ replace, by: '' })).toBe(source.replace(replace, ''));
  });

  it('finds a function that has moved within its file', () => {
    const box = source.slice(source.indexOf('class Box'), source.indexOf('const script'));
    const moved = box + source.replace(box, '').replace("'nobody'", "'check(id)'");
    expect(without({ in: 'constructor', replace: 'check(id);', by: 'gone()' }, moved)).toBe(
      moved.replace('check(id);\n  }\n}', 'gone()\n  }\n}'),
    );
  });

  it('finds a statement that the formatter has divided into lines', () => {
    const replace = "return options.rows.set(id, { id, by: 'nobody' });";
    const divided = `return options.rows.set(
        id,
        // Whoever that is.
        { id, by: 'nobody' },
      );`;
    const change = { in: 'write', replace, by: 'gone();' };
    expect(without(change, source.replace(replace, divided))).toBe(source.replace(replace, 'gone();'));
    expect(without({ ...change, replace: divided.replace(/\/\/.*/, '') })).toBe(
      source.replace(replace, 'gone();'),
    );
  });

  it.each([
    [
      { in: 'remove', replace: 'check(id)' },
      'src/a.ts has no declaration remove; outermost are createStore, Box, script',
    ],
    [
      { in: 'read', replace: 'check(name);' },
      'src/a.ts: read does not have the text: line 8 has id instead of name',
    ],
    [{ in: 'read', replace: 'verify(id);' }, 'src/a.ts: read has no verify, with which the text begins'],
    [
      { in: 'createStore', replace: 'check(id);' },
      'src/a.ts: createStore has the text 2 times, in lines 8, 12',
    ],
    [{ replace: 'check(id)' }, 'src/a.ts has the text 4 times, in lines 8, 12, 19, 21'],
    [
      { in: 'read', replace: 'return find(id); } }' },
      'src/a.ts: read does not have the text: line 10 has its end instead of }',
    ],
  ])('that does not fit says what is there instead: %j', (change, message) => {
    expect(() => without(change)).toThrow(message);
  });

  it('asks for the names around a declaration where several have its name', () => {
    const text = 'const a = { run() { return 1; } };\nconst b = { run() { return 2; } };';
    expect(() => without({ in: 'run', replace: 'return 1;' }, text)).toThrow(
      'src/a.ts has run 2 times: a.run, b.run',
    );
    expect(without({ in: 'b.run', replace: 'return 2;' }, text)).toBe(text.replace('return 2;', ''));
  });

  it('does not confuse a part of a name with the name', () => {
    expect(() => without({ in: 'tore', replace: 'check(id)' })).toThrow('no declaration tore');
    expect(() => without({ in: 'find', replace: 'rows.get(i' })).toThrow('has id instead of i');
  });

  it('is made in a file that is no TypeScript by its words', () => {
    const change = { file: 'a.sql', replace: "WHERE status <> 'active'", by: 'WHERE false' };
    expect(changeText("SELECT id\nWHERE  status\n  <> 'active';", change)).toBe('SELECT id\nWHERE false;');
  });
});

describe('a file of guards', () => {
  const text = `
one:
  effect: Does so.
  shownBy:
    - an attack
  changes:
    - { file: a.txt, replace: first, by: second }
    - { file: a.txt, replace: second one }
`;

  it('has changes that are made one after the other', () => {
    const [guard] = guardsOf('a.guards.yaml', text);
    if (guard === undefined) throw new Error('it was not read');
    expect([...changedTexts(guard.changes, () => 'the first one of all')]).toEqual([
      ['a.txt', 'the  of all'],
    ]);
  });

  it.each([
    ['without an attack', text.replace('    - an attack\n', '    []\n')],
    ['with a field that it does not have', text.replace('effect:', 'title: t\n  effect:')],
    ['that changes nothing', text.replace('replace: first', "replace: ''")],
  ])('%s is refused with its path', (_what, wrong) => {
    expect(() => guardsOf('a.guards.yaml', wrong)).toThrow(/^a\.guards\.yaml: /);
  });
});
