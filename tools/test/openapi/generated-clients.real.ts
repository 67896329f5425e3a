/** The clients of docs/guides/openapi.md, generated from the served documents by foreign programs, which their registries provide. */

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { findProgram, temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { blocksOf, openBlocks } from '../quickstarts/page.ts';

const served = { GATEHOUSE_OPENAPI_ENABLED: 'true' };
const answers = (program: string, ...args: string[]) =>
  findProgram(program) !== undefined && spawnSync(program, args).status === 0;
const hasJava = answers('javac', '--version') && answers('mvn', '--version');
const hasPython = answers('python3', '-c', 'import sys, ensurepip; assert sys.version_info >= (3, 10)');

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ authApiEnv: served, environmentApiEnv: served });
});
afterAll(() => stage?.close());

/** The guide names the versions that it installs. */
function recordGenerator(name: string, printedAs: string): void {
  recordForeignSoftware(name, 'generates clients from the served documents, which do the main path', () => {
    const guide = readFileSync(new URL('../../../docs/guides/openapi.md', import.meta.url), 'utf8');
    return new RegExp(`${printedAs}[@:]([\\d.]+)`).exec(guide)?.[1] ?? '';
  });
}
recordGenerator('@hey-api/openapi-ts', '@hey-api/openapi-ts');
if (hasJava && hasPython) recordGenerator('openapi-generator', 'openapi-generator-cli');

async function runAsPrinted(language: string): Promise<string> {
  const place = await temporaryFolder();
  onTestFinished(() => rmSync(place, { recursive: true }));
  const blocks = blocksOf('guides/openapi').filter(({ section }) => section === `A client in ${language}`);
  const folder = openBlocks(blocks, place, {
    GATEHOUSE: stage.publicUrl,
    OPS_NAME: ops.username,
    OPS_PASSWORD: ops.password,
  });
  await folder.prepare();
  return (await folder.once('once')).trim();
}

const suffices = 'authenticates with what the document says, and does the main path';

it(`a client in TypeScript ${suffices}`, async () => {
  expect(await runAsPrinted('TypeScript')).toBe('typescript-service reports typescript.example.com');
}, 180_000);

it.skipIf(!hasJava || !hasPython)(
  `a client in Python ${suffices}`,
  async () => {
    expect(await runAsPrinted('Python')).toBe('python-service reports python.example.com');
  },
  300_000,
);

it.skipIf(!hasJava)(
  `a client in Java ${suffices}, getting its tokens by itself`,
  async () => {
    expect(await runAsPrinted('Java')).toBe('java-service reports java.example.com');
  },
  300_000,
);
