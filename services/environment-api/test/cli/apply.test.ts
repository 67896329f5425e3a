import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-apply-'));
const secret = 'cs-password-7d1f';
const env = { GATEHOUSE_SECRET_HOME: secret };

beforeAll(async () => {
  cli = await startCli();
});
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  file('estate/home.yaml', home);
  file('estate/centers/north.yaml', north);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cli.api.close();
});

function file(name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const apply = (...options: string[]) =>
  cli.run(['apply', '-f', join(folder, 'estate'), '--owner', 'platform/git', ...options], { env });

const home = `apiVersion: gatehouse/v1
kind: Environment
metadata:
  name: Home
spec:
  username: default
  password: {secretRef: {env: GATEHOUSE_SECRET_HOME}}
  configServers:
    - primaryAddress: config-1.example.com
      primaryPort: 8888
      locations: /USW1
`;
const north = `apiVersion: gatehouse/v1
kind: ContactCenter
metadata:
  name: north
spec:
  environment: Home
  domains: [north.example]
  membership: {by: all}
---
apiVersion: gatehouse/v1
kind: Setting
metadata: {name: x-colour, contactCenter: north}
spec: {value: red}
`;

test('an installation is made of files, and the same files change nothing', async () => {
  expect((await apply('--dry-run')).exitCode).toBe(1);
  const made = await apply('--revision', '4f2a91c');
  expect(made).toMatchObject({ exitCode: 0, error: '' });
  expect(made.out).toContain('+ ContactCenter north');
  expect(made.out).toContain('3 created, 0 changed, 0 deleted');
  expect(made.out).not.toContain(secret);
  expect(await apply('--check')).toMatchObject({ exitCode: 0, out: 'Everything is as the documents say.\n' });
  expect(await apply()).toMatchObject({ exitCode: 0, out: 'Everything is as the documents say.\n' });
});

test('what somebody changed by hand is told as drift, and the next apply repairs it', async () => {
  const [center] = await cli.json('cc', 'list');
  await cli.run(['settings', 'set', 'x-colour', 'blue', '--cc', center.id]);
  const { exitCode, out } = await apply('--check');
  expect(exitCode).toBe(1);
  expect(out).toMatch(/~ Setting x-colour of north \(\S+north\.yaml:12\)\n {4}value: blue → red\n/);
  expect((await apply()).exitCode).toBe(0);
  expect((await apply('--check')).exitCode).toBe(0);
});

test('a new secret is a change that shows no secret', async () => {
  const other = { env: { GATEHOUSE_SECRET_HOME: 'another-7d1f' } };
  const args = ['apply', '-f', join(folder, 'estate'), '--owner', 'platform/git'];
  const plan = await cli.run([...args, '--check', '--json'], other);
  expect(plan.exitCode).toBe(1);
  expect(JSON.parse(plan.out).changes).toMatchObject([{ kind: 'Environment', action: 'change' }]);
  expect(plan.out).not.toContain('7d1f');
  expect((await cli.run(args, other)).exitCode).toBe(0);
  expect((await cli.run([...args, '--check'], other)).exitCode).toBe(0);
  await apply();
});

test('a value that the service refuses is told with its line, and nothing is written', async () => {
  file(
    'estate/centers/north.yaml',
    north.replace('environment: Home', 'environment: Nowhere').replace('red', 'green'),
  );
  const { exitCode, out } = await apply();
  expect(exitCode).toBe(2);
  expect(out).toMatch(/✗ ContactCenter north \(\S+north\.yaml:6\)\n {4}spec\.environment: /);
  file('estate/centers/north.yaml', north);
  expect((await apply('--check')).exitCode).toBe(0);
});

test('--prune deletes what is no longer in the files, after a yes', async () => {
  file('estate/centers/north.yaml', north.split('---')[0] ?? '');
  expect((await apply('--check')).exitCode).toBe(0);
  expect((await apply('--prune', '--check')).exitCode).toBe(1);
  expect((await apply('--prune')).exitCode).toBe(2);
  expect(await apply('--prune', '--yes')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('- Setting x-colour of north'),
  });
  expect((await apply('--prune', '--check')).exitCode).toBe(0);
});

test('another owner takes a field over only where it says so', async () => {
  const other = (...options: string[]) =>
    cli.run(['apply', '-f', join(folder, 'estate'), '--owner', 'team/git', ...options], { env });
  file('estate/home.yaml', home.replace('config-1', 'config-2'));
  const { exitCode, out } = await other();
  expect(exitCode).toBe(5);
  expect(out).toContain('platform/git');
  expect((await other('--take-over')).exitCode).toBe(0);
});

test('an export as code is applied without a change, and holds no secret', async () => {
  const other = `---
apiVersion: gatehouse/v1
kind: ContactCenter
metadata: {name: ../North}
spec: {environment: Home, domains: [other.example], membership: {by: tenant, names: [x]}}
---
apiVersion: gatehouse/v1
kind: Location
metadata: {name: /EUW1}
`;
  file('estate/centers/north.yaml', north + other);
  expect((await apply('--take-over')).exitCode).toBe(0);
  const folderOfExport = join(folder, 'export');
  const { exitCode, error } = await cli.run(['export', '--as-code', folderOfExport]);
  expect({ exitCode, error }).toMatchObject({
    exitCode: 0,
    error: expect.stringContaining('documents are written'),
  });
  const files = readdirSync(folderOfExport, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.map(({ name }) => name).toSorted()).toEqual([
    'Home.yaml',
    'North-2.yaml',
    'location.yaml',
    'north.yaml',
  ]);
  const text = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('secretRef');
  const again = ['apply', '-f', folderOfExport, '--owner', 'export/git', '--take-over'];
  expect(await cli.run([...again, '--check'])).toMatchObject({ exitCode: 0 });
  expect(await cli.run(again)).toMatchObject({ exitCode: 0, out: 'Everything is as the documents say.\n' });
});

test('an export goes only into an empty folder', async () => {
  const { exitCode, error } = await cli.run(['export', '--as-code', join(folder, 'estate')]);
  expect(exitCode).toBe(2);
  expect(error).toContain('is not empty: name a new folder');
});

test('the documents of the guide are applied, with its overlay, as they stand', async () => {
  const examples = join(import.meta.dirname, '../../../../docs/examples');
  file('mounted/config-server/password', secret);
  file('mounted/agent-desktop/client-secret', 'client-secret-of-the-desktop');
  const mounted = ['--owner', 'guide/git', '--secrets-folder', join(folder, 'mounted')];
  const base = ['apply', ...mounted, '-f', join(examples, 'estate')];
  expect(await cli.run(base)).toMatchObject({ exitCode: 0, error: '' });
  expect(await cli.run([...base, '--check'])).toMatchObject({ exitCode: 0 });
  const overlaid = await cli.run([...base, '-f', join(examples, 'estate-test'), '--check']);
  expect(overlaid.exitCode).toBe(1);
  expect(overlaid.out).toContain('value: dark → light');
  expect(overlaid.out).toContain('0 to create, 2 to change, 0 to delete');
});

test('what the service refuses is told at its line', async () => {
  const unknown = 'metadata: {name: ada, contactCenter: nowhere}';
  file('estate/centers/ada.yaml', `apiVersion: gatehouse/v1\nkind: Administrator\n${unknown}\n`);
  const { exitCode, out } = await apply('--check');
  expect(exitCode).toBe(2);
  expect(out).toMatch(
    /✗ Administrator ada of nowhere \(\S+ada\.yaml:3\)\n {4}metadata\.contactCenter: There is no/,
  );
});
