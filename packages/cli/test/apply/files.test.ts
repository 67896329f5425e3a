import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientOf, startApply } from './running-apply.ts';

const { folder, file, sent, run } = await startApply();

const names = () => sent[0]?.documents.map(({ metadata }) => (metadata as { name: string }).name);

describe('files', () => {
  test('a folder is read with the folders in it, in the order of names; other files are left alone', async () => {
    file('estate/b.yml', `${clientOf('two')}---\n${clientOf('three')}---\n`);
    file('estate/a/one.yaml', clientOf('one'));
    file(
      'estate/c.json',
      JSON.stringify([{ apiVersion: 'gatehouse/v1', kind: 'Client', metadata: { name: 'four' } }]),
    );
    file('estate/README.md', '# Ours');
    file('estate/.git/config.yaml', 'no: document');
    expect(await run(['-f', join(folder, 'estate')])).toMatchObject({ exitCode: 0, error: '' });
    expect(names()).toEqual(['one', 'two', 'three', 'four']);
  });

  test('standard input is a file too', async () => {
    expect(await run(['-f', '-'], { input: clientOf('piped') })).toMatchObject({ exitCode: 0 });
    expect(names()).toEqual(['piped']);
  });

  test('a volume of Kubernetes, whose files are links, is read once', async () => {
    file('mounted/..2026_12_03/clients.yaml', clientOf('one'));
    symlinkSync('..2026_12_03', join(folder, 'mounted/..data'));
    symlinkSync('..data/clients.yaml', join(folder, 'mounted/clients.yaml'));
    symlinkSync('..data', join(folder, 'mounted/all'));
    symlinkSync('.', join(folder, 'mounted/again'));
    expect(await run(['-f', join(folder, 'mounted')])).toMatchObject({ exitCode: 0 });
    expect(names()).toEqual(['one']);
  });

  // attack: read documents outside of the folder through a link | CWE-59 | guard: packages/cli/src/documents/sources.ts
  test('a link that leaves the folder is refused', async () => {
    file('elsewhere/clients.yaml', clientOf('one'));
    file('estate/own.yaml', clientOf('own'));
    symlinkSync('../elsewhere/clients.yaml', join(folder, 'estate/file.yaml'));
    symlinkSync('../elsewhere', join(folder, 'estate/folder'));
    const { exitCode, error } = await run(['-f', join(folder, 'estate')]);
    expect(exitCode).toBe(2);
    expect(error).toContain('file.yaml: is a link that leaves estate');
    expect(error).toContain('estate/folder: is a link that leaves estate');
    expect(sent).toEqual([]);
  });

  test('a path that is not there, and a folder without documents, are told', async () => {
    mkdirSync(join(folder, 'empty'));
    const { exitCode, error } = await run(['-f', join(folder, 'none'), '-f', join(folder, 'empty')]);
    expect(exitCode).toBe(2);
    expect(error).toContain('none: is not there');
    expect(error).toContain('empty: has no file that ends with .yaml');
  });

  test('a file that would take too much memory is refused unread', async () => {
    const path = file('large.yaml', `#${' '.repeat(5_000_000)}`);
    expect(await run(['-f', path])).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('5000000 can be read: use several files'),
    });
  });

  test('all files together are limited as the service limits them', async () => {
    const text = `#${' '.repeat(4_999_990)}\n`;
    for (let index = 0; index < 7; index += 1) file(`estate/${index}.yaml`, text);
    expect(await run(['-f', join(folder, 'estate')])).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining('31457280 can be applied at once'),
    });
  });
});

describe('a document that is wrong', () => {
  const wrong = async (text: string) => {
    const path = file('wrong.yaml', text);
    const { exitCode, error } = await run(['-f', path]);
    expect(exitCode).toBe(2);
    expect(sent).toEqual([]);
    return error.replaceAll(path, 'wrong.yaml');
  };

  test('is told with file, line and field', async () => {
    const error = await wrong(clientOf('one').replace('kind: Client', 'kind: Klient'));
    expect(error).toMatch(/wrong\.yaml:2: Klient one: kind: must be one of Location, Environment/);
  });

  test.each([
    [
      'another version',
      clientOf('one').replace('/v1', '/v9'),
      'wrong.yaml:1: Client one: apiVersion: must be gatehouse/v1',
    ],
    [
      'no name',
      clientOf('one').replace('  name: one', '  location: /'),
      'wrong.yaml:3: metadata.name: is missing',
    ],
    [
      'a misspelt field',
      clientOf('one').replace('spec:', 'specs:'),
      'wrong.yaml:5: Client one: specs: is no field here',
    ],
    ['no object', 'just text', 'wrong.yaml:1: must be a document'],
    ['no YAML', 'a: [1, 2', 'wrong.yaml:1: is neither YAML nor JSON'],
    [
      'a tag',
      clientOf('one', '  note: !!js/function "x"\n'),
      'wrong.yaml:7: is neither YAML nor JSON: Unresolved tag',
    ],
    ['a key twice', clientOf('one', '  name: Other\n'), 'wrong.yaml:7: spec.name: is there twice'],
    ['no number of JSON', clientOf('one', '  at: .inf\n'), 'wrong.yaml:7: spec.at: is no text, number'],
    ['binary data', clientOf('one', '  at: !!binary aGk=\n'), 'wrong.yaml:7: spec.at: is no text, number'],
  ])('%s', async (_name, text, sentence) => {
    expect(await wrong(text)).toContain(sentence);
  });

  // attack: secret in the message about a wrong file | CWE-532 | guard: packages/cli/src/documents/read.ts
  test('what it holds is not repeated: it may be a secret', async () => {
    expect(await wrong(`${clientOf('one')}  secret: [hunter2`)).not.toContain('hunter2');
  });

  test('the same document twice is told with both places', async () => {
    expect(await wrong(`${clientOf('one')}---\n${clientOf('one')}`)).toMatch(
      /wrong\.yaml:11: Client one: metadata\.name: is also in wrong\.yaml:4: keep one/,
    );
  });

  test('every problem is told at once', async () => {
    const error = await wrong(
      `${clientOf('one').replace('/v1', '/v9')}---\n${clientOf('two').replace('Client', 'X')}`,
    );
    expect(error).toContain('wrong.yaml:1');
    expect(error).toContain('wrong.yaml:9');
    expect(error).toContain('Documents are wrong; nothing was sent');
  });

  test('with --json scripts get file, line and field', async () => {
    const path = file('wrong.yaml', clientOf('one').replace('/v1', '/v9'));
    const { error } = await run(['-f', path, '--json']);
    expect(JSON.parse(error).error.problems).toEqual([
      { file: path, line: 1, document: 'Client one', field: 'apiVersion', message: 'must be gatehouse/v1' },
    ]);
  });
});

describe('hostile YAML', () => {
  const refused = async (text: string) => {
    const { exitCode, error } = await run(['-f', file('hostile.yaml', text)]);
    expect(exitCode).toBe(2);
    return error;
  };

  // attack: YAML whose aliases multiply at the machine that applies it | CWE-776, CVE-2003-1564 | guard: packages/cli/src/documents/read.ts
  test('aliases that multiply are stopped', async () => {
    const levels = Array.from({ length: 7 }, (_, level) => {
      const entry = level === 0 ? '"lol"' : `*a${level - 1}`;
      return `  a${level}: &a${level} [${Array(9).fill(entry).join(', ')}]\n`;
    });
    expect(await refused(clientOf('one', levels.join('')))).toContain('aliases repeat too much of the file');
  });

  test('many aliases of one anchor are read at once', async () => {
    const aliases = '    - *uri\n'.repeat(20_000);
    expect(
      (await run(['-f', file('many.yaml', clientOf('one', `  first: &uri a\n  all:\n${aliases}`))])).exitCode,
    ).toBe(0);
    expect(sent[0]?.documents[0]?.spec).toMatchObject({ all: Array(20_000).fill('a') });
  });

  test('an alias inside of its own anchor is refused', async () => {
    expect(await refused(clientOf('one', '  loop: &loop [*loop]\n'))).toContain('*loop contains itself');
  });

  // attack: fields of every object by a document | CWE-1321 | guard: packages/cli/src/documents/read.ts
  test.each([
    ['__proto__', 'spec.__proto__: no field has this name', '  __proto__: {isAdmin: true}\n'],
    ['__proto__ in JSON form', 'spec.a.__proto__: no field', '  a: {"__proto__": {"isAdmin": true}}\n'],
  ])('%s is refused', async (_name, sentence, spec) => {
    expect(await refused(clientOf('one', spec))).toContain(sentence);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  test.each([
    ['lists', '['.repeat(5000) + ']'.repeat(5000)],
    ['unclosed lists', '['.repeat(200_000)],
    ['lists in lists', '- '.repeat(5000)],
  ])('deep nesting of %s is refused', async (_name, text) => {
    expect(await refused(text)).toMatch(/nested|neither YAML nor JSON/);
  });

  test('a large object is read in seconds', { timeout: 20_000 }, async () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => `  k${index}: 1\n`).join('');
    expect((await run(['-f', file('keys.yaml', clientOf('one', keys))])).exitCode).toBe(0);
  });
});
