import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoSeed, demoServiceAccount, startSimulator } from '@gatehouse/config-server-simulator';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;

beforeAll(async () => {
  cli = await startCli();
});
afterAll(() => cli.api.close());

test('the estate is exported, changed in its file, compared and imported', async () => {
  await cli.api.contactCenter({ domains: ['estate.example'], name: 'Before' });
  const path = join(await temporaryFolder(), 'estate.yaml');
  expect(await cli.run(['export', '-o', path])).toMatchObject({
    exitCode: 0,
    out: '',
    error: expect.stringContaining(
      'Passkeys, apps for codes, recovery codes and remembered browsers are not in it',
    ),
  });
  const document = readFileSync(path, 'utf8');
  expect(document).not.toContain('cs-password');
  expect(await cli.run(['import', path, '--dry-run'])).toMatchObject({ exitCode: 0 });

  const changed = document.replace('name: Before', 'name: After');
  const compared = await cli.run(['import', '-', '--dry-run'], { input: changed });
  expect(compared.exitCode).toBe(1);
  expect(compared.out).toContain('name: Before → After');
  expect(await cli.run(['import', '-'], { input: changed })).toMatchObject({ exitCode: 2 });
  expect(await cli.json('cc', 'list')).toMatchObject([{ name: 'Before' }]);

  const imported = await cli.run(['import', '-', '--yes'], { input: changed });
  expect(imported).toMatchObject({ exitCode: 0, out: expect.stringContaining('It is done.') });
  expect(await cli.json('cc', 'list')).toMatchObject([{ name: 'After' }]);
  expect((await cli.run(['export', '--format', 'json'])).out).toMatch(/^\{/);
});

test('an import says whose people set their second factors up again', async () => {
  const { out } = await cli.run(['export', '--format', 'json']);
  const estate = JSON.parse(out);
  const [there] = estate.contactCenters;
  const moved = { ...there, id: randomUUID(), name: 'Moved', domains: ['moved.example'] };
  estate.contactCenters.push({ ...moved, secondFactor: { mode: 'required' } });
  const input = JSON.stringify(estate);
  const compared = await cli.run(['import', '-', '--dry-run'], { input });
  expect(compared.error).toMatch(
    /Warning: contactCenters\.1\.secondFactor: .* people of Moved set theirs up here/,
  );
  expect((await cli.run(['import', '-', '--yes'], { input })).error).toContain('within the time of grace');
});

test('a document that is refused changes nothing, and each mistake is named', async () => {
  const input = 'formatVersion: 2\nenvironments: []\ncontactCenters: [{id: x}]\n';
  const answer = await cli.run(['import', '-', '--yes'], { input });
  expect(answer.exitCode).toBe(5);
  expect(answer.error).toContain('formatVersion');
  expect(answer.error).toContain('contactCenters.0.id');
  expect(await cli.json('cc', 'list')).toHaveLength(2);
});

test('a check lists each step, and its exit code says whether all is well', async () => {
  const id = await cli.api.environment({ configServers: [{ primaryAddress: '127.0.0.1', primaryPort: 1 }] });
  const checked = await cli.run(['check', id]);
  expect(checked.exitCode).toBe(1);
  expect(checked.out).toContain('127.0.0.1:1 (primary)');
  expect(checked.out).toMatch(/✗ tcp/);
  expect(checked.out).toMatch(/- register/);
  const asJson = await cli.run(['check', id, '--json']);
  expect(asJson.exitCode).toBe(1);
  expect(JSON.parse(asJson.out)).toMatchObject([{ environmentId: id, ok: false }]);
});

test('a check names a tenant that the Configuration Server does not have', async () => {
  const server = await startSimulator({ port: 0, seed: demoSeed, hash: 'test' });
  onTestFinished(() => server.close());
  const { userName: username, password, applicationName: appName } = demoServiceAccount;
  const configServers = [{ primaryAddress: '127.0.0.1', primaryPort: server.port }];
  const fields = { username, password, appName, configServers };
  const good = await cli.run(['check', await cli.api.environment({ ...fields, tenant: 'demo' })]);
  expect(good.exitCode).toBe(0);
  expect(good.out).toMatch(/✓ tenant.*\n.*✓ application.*\n.*✓ people/);
  const bad = await cli.run(['check', await cli.api.environment({ ...fields, tenant: 'nowhere' })]);
  expect(bad.exitCode).toBe(1);
  expect(bad.out).toMatch(/✗ tenant .*no tenant named "nowhere".*\n.*✓ application.*\n.*- people/);
});

test('the doctor shows what one service says although the other one does not answer', async () => {
  const answer = await cli.run(['doctor']);
  // This host serves Environment API alone.
  expect(answer.exitCode).toBe(4);
  expect(answer.error).toContain('Auth API');
  expect(answer.out).toMatch(/environment-api/);
  expect(answer.out).toMatch(/✓ Redis/);
  expect(answer.out).toMatch(/- Consul/);
});
