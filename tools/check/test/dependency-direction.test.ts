/** Plants imports against the rules in a temporary tree and expects `npm run check` to name them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wrongImports } from '../dependency-direction.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-direction-'));
  execFileSync('git', ['init', '--quiet', root]);
});
afterEach(() => rmSync(root, { recursive: true }));

describe('an import', () => {
  it('from a folder listed before is allowed', () => {
    plant({ 'services/api/src/sessions/service.ts': "import { hash } from '../protocol/hash.ts';" });
    expect(wrongImports(root)).toEqual([]);
  });

  it('from a folder listed after is refused, types included', () => {
    plant({ 'services/api/src/protocol/hash.ts': "import type { Session } from '../sessions/service.ts';" });
    expect(wrongImports(root)).toEqual([
      'services/api/src/protocol/hash.ts imports services/api/src/sessions/service.ts: ' +
        'protocol may import only what tools/check/layers.json lists before it, and sessions comes after it.',
    ]);
  });

  it('inside a type expression counts too', () => {
    plant({ 'services/api/src/protocol/hash.ts': "type S = import('../sessions/service.ts').Session;" });
    expect(wrongImports(root)).toHaveLength(1);
  });

  it('that closes a cycle of folders is refused in one of its directions', () => {
    plant({
      'services/api/src/protocol/hash.ts': "import { a } from '../sessions/other.ts';",
      'services/api/src/sessions/service.ts': "import { hash } from '../protocol/scope.ts';",
      'services/api/src/sessions/other.ts': '',
      'services/api/src/protocol/scope.ts': '',
    });
    expect(wrongImports(root)).toEqual([
      expect.stringContaining('protocol/hash.ts imports services/api/src/sessions/other.ts'),
      expect.stringContaining('no folders may import each other in a cycle'),
    ]);
  });

  it('that closes a cycle of files is refused, types included', () => {
    plant({
      'services/api/src/sessions/service.ts': "import { a } from './record.ts';",
      'services/api/src/sessions/record.ts': "import {\n  type B,\n} from './fields.ts';",
      'services/api/src/sessions/fields.ts': "import type { Session } from './service.ts';",
    });
    expect(wrongImports(root)).toEqual([
      'services/api/src/sessions/fields.ts imports services/api/src/sessions/service.ts, ' +
        'which imports services/api/src/sessions/record.ts, which imports services/api/src/sessions/fields.ts: ' +
        'no files may import each other in a cycle, types included.',
    ]);
  });

  it('that closes a cycle of folders inside of a folder is refused, types included', () => {
    plant({
      'services/api/src/sessions/pages/list.ts': "import type { Row } from '../rows/row.ts';",
      'services/api/src/sessions/rows/read.ts': "import { title } from '../pages/title.ts';",
      'services/api/src/sessions/rows/row.ts': '',
      'services/api/src/sessions/pages/title.ts': '',
    });
    expect(wrongImports(root)).toEqual([
      'services/api/src/sessions/pages imports services/api/src/sessions/rows, ' +
        'which imports services/api/src/sessions/pages: no folders may import each other in a cycle, types included.',
    ]);
  });

  it('of a package that the place does not name is refused', () => {
    plant({ 'packages/kit/src/a.ts': "import { x } from '@gatehouse/audit/x';" });
    expect(wrongImports(root)).toEqual([
      'packages/kit/src/a.ts imports @gatehouse/audit/x: packages/kit may import no package (tools/check/layers.json).',
    ]);
  });

  it('of the store of another domain is refused', () => {
    plant({
      'services/api/src/sessions/service.ts': "import { find } from '../protocol/key-store.ts';",
      'services/api/src/protocol/key-store.ts': '',
    });
    expect(wrongImports(root)).toEqual([
      expect.stringContaining(
        'src/sessions must use the service of services/api/src/protocol, not its store or routes.',
      ),
    ]);
  });

  it('of the store of another domain in its own area is refused, and of its own domain is not', () => {
    plant({
      'services/api/src/sessions/pages/service.ts': "import { find } from '../rows/row-store.ts';",
      'services/api/src/sessions/rows/row-store.ts': '',
      'services/api/src/sessions/rows/old/read.ts': "import { find } from '../row-store.ts';",
    });
    expect(wrongImports(root)).toEqual([
      expect.stringContaining('sessions/pages must use the service of services/api/src/sessions/rows'),
    ]);
  });

  it('of a driver is for stores', () => {
    plant({ 'services/api/src/sessions/service.ts': "import { Redis } from 'ioredis';" });
    expect(wrongImports(root)).toEqual([expect.stringContaining('only stores import a driver.')]);
  });
});

describe('tools, examples and the laboratory', () => {
  const places = {
    'packages/other': { packages: [], layers: ['*.ts'] },
    tools: { folder: 'tools', packages: ['other'], layers: ['check', 'stack'] },
    lab: { folder: 'lab', beside: ['tools'], packages: ['other'], layers: ['storm', 'attack'] },
  };
  /** Spelt in parts: the check reads this file, too. */
  const lab = ['l', 'ab'].join('');
  const tree = {
    'tools/stack/start.ts': "import { check } from '../check/run.ts';",
    [`${lab}/storm/run.ts`]: "import { start } from '../../tools/stack/start.ts';",
    [`${lab}/attack/run.ts`]: "import { load } from '../storm/load.ts';",
    'packages/other/src/a.ts': '',
  };

  it('may import what stands before them, the laboratory everything of tools', () => {
    plant(tree, places);
    expect(wrongImports(root)).toEqual([]);
  });

  it('keep the order of their folders', () => {
    plant({ ...tree, 'tools/check/run.ts': "import { ports } from '../stack/ports.ts';" }, places);
    expect(wrongImports(root)).toEqual([
      expect.stringContaining('check may import only what tools/check/layers.json lists before it'),
      expect.stringContaining('tools/check imports tools/stack, which imports tools/check: no folders may'),
    ]);
  });

  it('keep folders inside of a folder without a cycle', () => {
    const files = {
      ...tree,
      'tools/stack/a/one.ts': "import { two } from '../b/two.ts';",
      'tools/stack/b/three.ts': "import type { Four } from '../a/four.ts';",
    };
    plant(files, places);
    expect(wrongImports(root)).toEqual([
      'tools/stack/a imports tools/stack/b, which imports tools/stack/a: ' +
        'no folders may import each other in a cycle, types included.',
    ]);
  });

  it('are two houses: no tool imports the laboratory', () => {
    plant(
      { ...tree, 'tools/check/run.ts': `import type { Load } from '../../${lab}/storm/load.ts';` },
      places,
    );
    expect(wrongImports(root)).toEqual([
      `tools/check/run.ts imports ${lab}/storm/load.ts: a relative import stays inside tools.`,
      expect.stringContaining('no folders may import each other in a cycle'),
      expect.stringContaining(`tools/check/run.ts names ${lab}/storm/load.ts: only the laboratory`),
    ]);
  });

  it.each([
    [`import { load } from '../../../${lab}/storm/run.ts';`, `${lab}/storm/run.ts`],
    [`new URL('../../../${lab}/storm/run.ts', import.meta.url);`, `${lab}/storm/run.ts`],
    [`spawn('node', ['${lab}/storm/run.ts']);`, `${lab}/storm/run.ts`],
    [`import { load } from '@gatehouse/${lab}/storm/load';`, `@gatehouse/${lab}/storm/load`],
  ])('are two houses: no test that npm test starts needs the laboratory: %s', (line, named) => {
    plant({ ...tree, 'tools/test/e2e/stack.test.ts': line }, places);
    expect(wrongImports(root)).toEqual([
      `tools/test/e2e/stack.test.ts names ${named}: ` +
        'only the laboratory may need a file of the laboratory.',
    ]);
  });

  it('import no test', () => {
    plant({ ...tree, 'tools/stack/start.ts': "import { enter } from '../test/e2e/login.ts';" }, places);
    expect(wrongImports(root)).toEqual([
      'tools/stack/start.ts imports tools/test/e2e/login.ts: a relative import stays inside tools.',
    ]);
  });

  it('may be without the laboratory, but not without a part of it', () => {
    const { [`${lab}/attack/run.ts`]: _attack, ...withoutAttack } = tree;
    const { [`${lab}/storm/run.ts`]: _storm, ...withoutBoth } = withoutAttack;
    plant(withoutBoth, places);
    expect(wrongImports(root)).toEqual([]);
    plant(withoutAttack, places);
    expect(wrongImports(root)).toEqual([
      `tools/check/layers.json: ${lab}/attack is listed and does not exist.`,
    ]);
  });

  it('list every folder', () => {
    plant({ ...tree, 'tools/more/run.ts': '' }, places);
    expect(wrongImports(root)).toEqual([
      'tools/more/run.ts: tools/check/layers.json does not list more in tools.',
    ]);
  });
});

describe('the list of layers', () => {
  it('has every folder', () => {
    plant({ 'services/api/src/tokens/service.ts': '' });
    expect(wrongImports(root)).toEqual([
      'services/api/src/tokens/service.ts: tools/check/layers.json does not list tokens in services/api.',
    ]);
  });

  it('names packages in their order', () => {
    plant({}, { 'packages/kit': { packages: ['other'], layers: ['*.ts'] } });
    expect(wrongImports(root)).toContain(
      'tools/check/layers.json: packages/kit names the package other, which is not listed before it.',
    );
  });
});

/** A service with the folders `protocol` and `sessions`, and the files that the test adds or replaces. */
function plant(files: Record<string, string>, more: Record<string, unknown> = {}) {
  const places = {
    'packages/kit': { packages: [], layers: ['*.ts'] },
    'services/api': { packages: ['kit'], layers: ['protocol', 'sessions'] },
    ...more,
  };
  const tree = {
    'tools/check/layers.json': JSON.stringify({ pending: [], places }),
    'services/api/src/protocol/hash.ts': "import { random } from '@gatehouse/kit/random';",
    'services/api/src/sessions/service.ts': '',
    ...files,
  };
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
