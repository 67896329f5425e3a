import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;

beforeAll(async () => {
  cli = await startCli();
});
afterAll(() => cli.api.close());

const create = [
  'env',
  'create',
  '--username',
  'gatehouse',
  '--servers',
  'config-1.example.com:8888',
  '--password-file',
  '-',
];

test('a dry run of what is given connects for real, stores nothing, and ends with 1 when a step fails', async () => {
  const at = ['--servers', '127.0.0.1:1', '--tls-enabled', 'false', '--dry-run', '--password-file', '-'];
  const before = (await cli.json('env', 'list')).length;
  const tried = await cli.run(['env', 'create', '--username', 'gatehouse', ...at], {
    input: 'cs-password\n',
  });
  expect(tried).toMatchObject({ exitCode: 1, error: 'Nothing is stored: this was a dry run.\n' });
  expect(tried.out).toMatch(/not every server passed\n +127\.0\.0\.1:1 .*✗ tcp/s);
  expect(await cli.json('env', 'list')).toHaveLength(before);
  const { id } = JSON.parse((await cli.run([...create, '--json'], { input: 'cs-password\n' })).out);
  expect((await cli.run(['env', 'update', id, ...at], { input: 'cs-password\n' })).exitCode).toBe(1);
  const moved = await cli.run(['env', 'update', id, '--servers', '127.0.0.1:1', '--dry-run']);
  expect(moved).toMatchObject({ exitCode: 5, error: expect.stringContaining('send the password') });
  expect((await cli.run(['env', 'show', id])).out).toContain('config-1.example.com:8888');
});

test('an environment is created, shown, changed and deleted', async () => {
  const named = [...create, '--tenant', 'Sales', '--name', 'Sales people', '--json'];
  const created = await cli.run(named, { input: 'cs-password\n' });
  expect(created).toMatchObject({ exitCode: 0, error: '' });
  const { id } = JSON.parse(created.out);
  expect(created.out).not.toContain('cs-password');
  expect((await cli.run(['env', 'list', '--search', 'sales'])).out).toContain(id);

  expect(
    await cli.run(['env', 'update', id, '--tls-enabled', 'false', '--app-name', 'Portal']),
  ).toMatchObject({ exitCode: 5, error: expect.stringContaining('send the password') });
  const plaintext = [
    'env',
    'update',
    id,
    '--tls-enabled',
    'false',
    '--app-name',
    'Portal',
    '--password-file',
    '-',
  ];
  expect((await cli.run(plaintext, { input: 'cs-password\n' })).exitCode).toBe(0);
  expect(await cli.json('env', 'show', 'sales PEOPLE')).toMatchObject({
    id,
    name: 'Sales people',
    tenant: 'Sales',
    appName: 'Portal',
    tlsEnabled: false,
  });
  const shown = await cli.run(['env', 'show', id]);
  expect(shown.out).toMatch(/tlsEnabled\s+no/);
  expect(shown.out).toContain('config-1.example.com:8888');

  expect((await cli.run(['env', 'delete', 'Sales people', '--yes'])).out).toBe(
    `Environment ${id} is deleted.\n`,
  );
  expect(await cli.run(['env', 'show', id])).toMatchObject({ exitCode: 4, out: '' });
});

test('an environment with an LDAP directory is created, shown and changed, its attributes by a file', async () => {
  const directory = [
    ...['env', 'create', '--directory', 'ldap', '--ldap-servers', 'ldap-1.example.com,[::1]:3636'],
    ...['--bind-dn', 'cn=gatehouse,dc=example', '--base-dns', 'ou=a,dc=example; ou=b,dc=example', '--json'],
  ];
  expect((await cli.run(directory)).error).toContain('--bind-password-file');
  const created = await cli.run([...directory, '--bind-password-file', '-'], { input: 'bind-secret\n' });
  expect(created).toMatchObject({ exitCode: 0, error: '' });
  expect(created.out).not.toContain('bind-secret');
  const { id, ldap } = JSON.parse(created.out);
  expect(ldap).toMatchObject({
    servers: [
      { address: 'ldap-1.example.com', port: 636 },
      { address: '::1', port: 3636 },
    ],
    baseDns: ['ou=a,dc=example', 'ou=b,dc=example'],
  });
  const input = 'ldap: { attributes: { email: rfc822Mailbox }, groupDepth: 1 }\n';
  const changed = [
    'env',
    'update',
    id,
    '-f',
    '-',
    '--group-depth',
    '2',
    '--person-filter',
    '(uid=*)',
    '--json',
  ];
  expect(JSON.parse((await cli.run(changed, { input })).out).ldap).toMatchObject({
    attributes: { email: 'rfc822Mailbox', userName: 'uid' },
    filters: { person: '(uid=*)' },
    groupDepth: 2,
  });
  // The option names no locations, and takes none away.
  const servers = [{ address: 'ldap-1.example.com', port: 636, locations: ['/EMEA'] }];
  const password = { bindPassword: 'bind-secret' };
  await cli.api.call('PATCH', `/environments/${id}`, {
    payload: { data: { ldap: { servers, ...password } } },
  });
  const added = ['--ldap-servers', 'ldap-1.example.com,ldap-2.example.com', '--bind-password-file', '-'];
  const withSecond = await cli.run(['env', 'update', id, ...added, '--json'], { input: 'bind-secret\n' });
  expect(JSON.parse(withSecond.out).ldap.servers).toMatchObject([
    ...servers,
    { address: 'ldap-2.example.com', locations: ['/'] },
  ]);
  const back = ['--ldap-servers', 'ldap-1.example.com,[::1]:3636', '--bind-password-file', '-'];
  await cli.run(['env', 'update', id, ...back], { input: 'bind-secret\n' });
  const moved = ['env', 'update', id, '--bind-dn', 'cn=other,dc=example'];
  expect((await cli.run(moved)).exitCode).toBe(5);
  expect((await cli.run([...moved, '--bind-password-file', '-'], { input: 'other\n' })).exitCode).toBe(0);
  const shown = (await cli.run(['env', 'show', id])).out;
  expect(shown).toMatch(/ldap.bindDn\s+cn=other,dc=example/);
  expect(shown).toMatch(/ldap server\s+\[::1\]:3636/);
  expect((await cli.run(['env', 'list'])).out).toMatch(new RegExp(`${id}\\s+ldap.*ldap-1.example.com:636`));
});

test('an environment with a people store needs no account, and is checked', async () => {
  const created = await cli.run(['env', 'create', '--directory', 'people', '--json']);
  expect(created).toMatchObject({ exitCode: 0, error: '' });
  const { id } = JSON.parse(created.out);
  const checked = await cli.run(['check', id]);
  expect([checked.exitCode, checked.out]).toEqual([
    1,
    expect.stringMatching(/cannot sign in[\s\S]*store[\s\S]*people/),
  ]);
});

test('a file gives the fields that have no option, and options count before it', async () => {
  const input =
    'data:\n  username: from-file\n  password: secret\n  tenant: File\n  configServers: [{primaryAddress: a.example, primaryPort: 1}]\n';
  const { out } = await cli.run(['env', 'create', '-f', '-', '--tenant', 'Option', '--json'], { input });
  expect(JSON.parse(out)).toMatchObject({ username: 'from-file', tenant: 'Option' });
});

test('servers are added, changed and removed', async () => {
  const id = await cli.api.environment();
  const add = [
    'env',
    'add-server',
    id,
    '[::1]:8888/b.example.com:8889',
    '--locations',
    '/USW1,/EUW1',
    '--json',
  ];
  expect((await cli.run(add)).error).toContain('--password-file');
  const added = JSON.parse((await cli.run([...add, '--password-file', '-'], { input: 'cs-password\n' })).out);
  expect(added).toMatchObject({ primaryAddress: '::1', backupPort: 8889, locations: ['/EUW1', '/USW1'] });
  expect(await cli.json('env', 'update-server', id, added.id, '--read-only', 'true')).toMatchObject({
    readOnly: true,
  });
  expect((await cli.run(['env', 'show', id])).out).toContain('[::1]:8888/b.example.com:8889, read only');
  expect((await cli.run(['env', 'remove-server', id, added.id, '--yes'])).exitCode).toBe(0);
  expect((await cli.json('env', 'show', id)).configServers).toHaveLength(1);
});

test('what the API refuses is told with the field and the fix', async () => {
  const answer = await cli.run([...create, '--local-timeout', 'never'], { input: 'secret' });
  expect(answer).toMatchObject({ exitCode: 5, out: '' });
  expect(answer.error).toContain('localTimeout');
  expect((await cli.run(['env', 'create', '--servers', 'nonsense'])).error).toContain('host:port');
  expect((await cli.run(['env', 'update', 'x'])).error).toContain('Nothing is given');
});

/** What the guide prints to be written to a file, without its certificate. */
function bodiesOfGuide(): string[] {
  const guide = readFileSync(new URL('../../../../docs/guides/active-directory.md', import.meta.url), 'utf8');
  const blocks = [...guide.matchAll(/^```text\n(\{"data".*?)^```$/gms)].map(([, body = '']) => body);
  return blocks.map((body) => body.replace(/^ *"tls": .*\n/m, ''));
}

test('each file that the guide to LDAP directories prints makes an environment', async () => {
  const bodies = bodiesOfGuide();
  expect(bodies).toHaveLength(2);
  const folder = await temporaryFolder();
  try {
    for (const body of bodies) {
      const file = join(folder, 'directory.json');
      await writeFile(file, body);
      const options = ['--file', file, '--bind-password-file', '-', '--json'];
      const created = await cli.run(['env', 'create', ...options], { input: 'bind-secret' });
      expect(created).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(created.out).ldap.baseDns).toHaveLength(1);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
