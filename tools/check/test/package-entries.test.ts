/** Plants entries of packages that are no doors in a temporary tree and expects `npm run check` to name them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wrongEntries } from '../package-entries.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-entries-'));
  execFileSync('git', ['init', '--quiet', root]);
});
afterEach(() => rmSync(root, { recursive: true }));

const door =
  "/** Names what others may use. */\nexport { a, type B } from './a.ts';\nexport type { C } from './c.ts';\n";

describe('an entry of a package', () => {
  it('may be the index of a folder, a file of src, or the index of src', () => {
    plant({ './http': 'http/index', './clock': 'clock', '.': 'index' });
    expect(wrongEntries(root)).toEqual([]);
  });

  it('may not be a file of a folder', () => {
    plant({ './http/app': 'http/app', './page': 'http/page' });
    expect(wrongEntries(root)).toEqual([
      'packages/kit/package.json: ./http/app must be an entry of one name, not ./src/http/app.ts.',
      'packages/kit/package.json: ./page must be ./src/page/index.ts or ./src/page.ts, not ./src/http/page.ts.',
    ]);
  });

  it('must exist, and be what is built of it', () => {
    plant({ './http': 'http/index' });
    rmSync(join(root, 'packages/kit/src/http/index.ts'));
    expect(wrongEntries(root)).toEqual(['packages/kit/src/http/index.ts is an entry and does not exist.']);
    plant({ './http': 'http/index' }, { default: './dist/http/app.js' });
    expect(wrongEntries(root)).toEqual([
      'packages/kit/package.json: types and default of ./http must be ./dist/http/index.d.ts and ./dist/http/index.js.',
    ]);
  });

  it.each(["export * from './a.ts';", 'export const a = 1;', "import './a.ts';"])(
    'may not hold %s beside the names',
    (line) => {
      plant({ './http': 'http/index' }, {}, `${door}${line}\n`);
      expect(wrongEntries(root)).toEqual([
        `packages/kit/src/http/index.ts may only name exports of other files, one by one: ${line}`,
      ]);
    },
  );

  it('is not for the package itself', () => {
    plant({ './http': 'http/index' });
    write('packages/kit/src/openapi/page.ts', "import { a } from '../http/index.ts';\n");
    expect(wrongEntries(root)).toEqual([
      'packages/kit/src/openapi/page.ts imports packages/kit/src/http/index.ts, which is for other packages: import the file that defines it.',
    ]);
  });
});

/** A package with these entries. `conditions` replace those that would be right. */
function plant(entries: Record<string, string>, conditions = {}, text = door) {
  const exports = Object.entries(entries).map(([entry, file]) => {
    const built = { types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` };
    return [entry, { source: `./src/${file}.ts`, ...built, ...conditions }] as const;
  });
  write('packages/kit/package.json', JSON.stringify({ exports: Object.fromEntries(exports) }));
  for (const file of Object.values(entries)) write(`packages/kit/src/${file}.ts`, text);
}

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
