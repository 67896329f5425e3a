import { execFile } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/guides/openapi.md'), 'utf8');
const run = promisify(execFile);

let stage: Stage;
let place: string;
beforeAll(async () => {
  [stage, place] = await Promise.all([startStage(), temporaryFolder()]);
});
afterAll(async () => {
  if (place) rmSync(place, { recursive: true });
  await stage?.close();
});

const options = {
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
  ...{ noEmit: true, target: 'es2024', module: 'nodenext', allowImportingTsExtensions: true },
  ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
};

recordForeignLibrary(
  'openapi-typescript',
  'describes its APIs to it, which makes types of them',
  import.meta.url,
);
recordForeignLibrary('openapi-fetch', 'answers its calls, typed by the documents', import.meta.url);

it('the program of docs/guides/openapi.md compiles with types that are made of the documents, and does what it says', async () => {
  symlinkSync(join(root, 'tools/node_modules'), join(place, 'node_modules'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
  writeFileSync(join(place, 'program.ts'), /^```ts\n(.*?)^```$/ms.exec(page)?.[1] ?? '');
  const commands = [...page.matchAll(/^npx openapi-typescript (services\/\S+) (.*)$/gm)];
  expect(commands).toHaveLength(2);
  const generator = join(root, 'tools/node_modules/openapi-typescript/bin/cli.js');
  for (const [, document = '', rest = ''] of commands)
    await run(process.execPath, [generator, join(root, document), ...rest.split(' ')], { cwd: place });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout: findings } = await run(process.execPath, [compiler, '-p', place]).catch((error) => error);
  expect(findings).toBe('');
  const env = {
    GATEHOUSE: stage.publicUrl,
    OPS_NAME: ops.username,
    OPS_PASSWORD: ops.password,
  };
  const { stdout } = await run(process.execPath, [join(place, 'program.ts')], { cwd: place, env });
  expect(JSON.parse(stdout)).toEqual({
    clientId: 'typed-service',
    scope: 'reports',
    domains: ['typed.example.com'],
  });
}, 60_000);

it.each(['/auth/v3/openapi.json', '/environment/v3/openapi.json'])(
  '%s is not there unless the installation wants it',
  async (path) => {
    const answer = await fetch(stage.publicUrl + path);
    expect([answer.status, (await answer.json()).status.name]).toEqual([404, 'not_found']);
  },
);
