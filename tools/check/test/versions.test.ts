/** Plants a version in a temporary tree and expects every file that says one to follow it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { versionFiles } from '../../generate/versions.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatehouse-versions-'));
  execFileSync('git', ['init', '--quiet', root]);
});
afterEach(() => rmSync(root, { recursive: true }));

it.each([
  ['packages/cli/package.json', '{\n  "name": "cli",\n  "version": "$",\n  "x": { "version": "9.9.9" }\n}\n'],
  [
    'charts/auth-api/Chart.yaml',
    'version: $\nappVersion: $\nkubeVersion: ">=1.27.0-0"\ndependencies:\n  - name: common\n    version: $\n',
  ],
  ['docker/Dockerfile', 'ARG PNPM_VERSION=12.0.0\nARG VERSION=$\n'],
  [
    'docs/guides/deployment.md',
    '--tag registry.example.com/gatehouse/$image:$ .\nhelm push auth-api-$.tgz oci://registry.example.com/charts\ncharts/auth-api --version $ --x\nenvironment-api $ (pod)\nPostgreSQL 18.4.1\n',
  ],
])('%s says the version of the root package.json, and nothing else of it changes', (path, text) => {
  const saying = (version: string) => text.replaceAll(/\$(?!image)/g, version);
  plant('package.json', '{ "version": "1.2.3" }');
  plant(path, saying('1.2.2'));
  expect(versionFiles(root)).toEqual([{ path, content: saying('1.2.3') }]);
});

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
