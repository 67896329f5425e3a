import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;
let environmentId: string;

beforeAll(async () => {
  cli = await startCli();
  environmentId = await cli.api.environment();
});
afterAll(() => cli.api.close());

async function contactCenter(domain: string): Promise<string> {
  return (
    await cli.json('cc', 'create', '--environment', environmentId, '--domains', domain, '--members', 'all')
  ).id;
}

test('contact centres are created, found, changed and deleted', async () => {
  const id = await contactCenter('Sales, sales.example');
  expect(await cli.json('cc', 'list', '--search', 'SALES')).toMatchObject([
    { id, domains: ['Sales', 'sales.example'] },
  ]);
  expect((await cli.run(['cc', 'update', id, '--status', 'disabled'])).out).toBe(
    `Contact centre ${id} is changed.\n`,
  );
  expect((await cli.run(['cc', 'show', id])).out).toMatch(/status\s+disabled/);
  expect((await cli.run(['cc', 'delete', id])).error).toContain('"Sales"');
  expect((await cli.run(['cc', 'delete', id, '--yes'])).exitCode).toBe(0);
  expect(await cli.json('cc', 'list', '--domain', 'sales')).toEqual([]);
});

test('a deleted contact centre is listed and restored, under other names where somebody has taken them', async () => {
  const id = await contactCenter('taken.example');
  await cli.run(['cc', 'delete', id, '--yes']);
  await contactCenter('taken.example');
  const [kept] = (await cli.api.call('GET', `/deleted?objectId=${id}`)).body.data;
  const place = ['--contact-center', id];
  expect((await cli.run(['deleted', 'list', ...place])).out).toContain('Nothing was deleted');
  expect((await cli.run(['deleted', 'restore', kept.id])).error).toContain('taken.example');
  const restored = await cli.run(['deleted', 'restore', kept.id, '--domains', 'other.example']);
  expect(restored.out).toBe(`Contact centre ${id} is restored.\n`);
  expect(await cli.json('cc', 'show', id)).toMatchObject({ domains: ['other.example'] });
});

const endsOf = (id: string) => ({
  target: { kind: 'contact-center', id },
  ends: { people: 3, sessions: 2, clients: ['desk'], since: '2027-01-01T00:00:00.000Z' },
});

/** Runs a command while Auth API tells what people of the contact centre hold, or something else. */
async function besideAuthApi(id: string, command: string[], data: unknown = endsOf(id)) {
  const authApi = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: { code: 0 }, data }));
  });
  await new Promise<void>((resolve) => authApi.listen(0, '127.0.0.1', resolve));
  const { port } = authApi.address() as AddressInfo;
  const { GATEHOUSE_URL } = cli.env;
  const env = { GATEHOUSE_URL: `http://127.0.0.1:${port}`, GATEHOUSE_ENVIRONMENT_URL: GATEHOUSE_URL };
  const ran = await cli.run(command, { env });
  await new Promise((resolve) => authApi.close(resolve));
  return ran;
}

test('the subject scope is shown, and changed after it was said what ends', async () => {
  const id = await contactCenter('Subjects');
  const shown = await cli.run(['cc', 'subjects', id]);
  expect(shown.out).toMatch(/scope\s+contactCenter/);
  expect(shown.out).toContain('another sub');
  const change = ['cc', 'subjects', id, '--scope', 'environment'];
  const asked = await besideAuthApi(id, change);
  expect([asked.exitCode, asked.error]).toEqual([2, expect.stringContaining('3 people and 2 sessions end')]);
  expect((await cli.json('cc', 'show', id)).subjectScope).toBe('contactCenter');
  expect((await besideAuthApi(id, [...change, '--yes'])).exitCode).toBe(0);
  expect((await cli.json('cc', 'show', id)).subjectScope).toBe('environment');
});

test('tells what ends with one, at both services', async () => {
  const id = await contactCenter('Ending');
  const shown = await besideAuthApi(id, ['cc', 'ends', id, '--json']);
  expect(JSON.parse(shown.out)).toMatchObject({
    disabled: { sessions: 2, clients: ['desk'] },
    deleted: { settings: 0, environment: { id: environmentId } },
  });
  const { name = environmentId } = await cli.json('env', 'show', environmentId);
  expect((await besideAuthApi(id, ['cc', 'ends', id])).out).toMatch(`${name}, used by`);
});

test('receivers of signals are listed with the names of their contact centres', async () => {
  const id = await contactCenter('Signalling');
  const receiver = {
    id: environmentId,
    endpoint: 'https://receiver.example',
    audience: 'receiver',
    events: ['session-revoked'],
    contactCenterIds: [id],
    hasBearerToken: false,
    createdAt: '2027-01-01T00:00:00.000Z',
    updatedAt: '2027-01-01T00:00:00.000Z',
  };
  const { out } = await besideAuthApi(id, ['signals', 'list'], [receiver]);
  expect([out.includes('Signalling'), out.includes(id)]).toEqual([true, false]);
});

test('a list has every page', async () => {
  const before = (await cli.json('cc', 'list')).length;
  await cli.api.pool.query(
    `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
      SELECT gen_random_uuid(), $1, 'Many ' || n, 'configServer', 'active' FROM generate_series(1, 1500) n`,
    [environmentId],
  );
  expect(await cli.json('cc', 'list')).toHaveLength(before + 1500);
});

test('settings are given, inherited and deleted', async () => {
  const cc = await contactCenter('settings.example');
  expect((await cli.run(['settings', 'set', '--global', 'x-greeting', 'Hello'])).exitCode).toBe(0);
  expect(
    (
      await cli.run(
        ['settings', 'set', '--cc', cc, 'x-greeting', '-f', '-', '--location', '/USW1', '--shared'],
        { input: 'Hi' },
      )
    ).exitCode,
  ).toBe(0);
  expect(await cli.json('settings', 'list', '--cc', cc)).toEqual([
    { name: 'x-greeting', value: 'Hi', location: '/USW1', shared: true },
  ]);
  expect((await cli.run(['settings', 'list', '--cc', cc, '--location', '/'])).out).toMatch(
    /x-greeting .*global +- +Hello/,
  );
  expect((await cli.run(['settings', 'delete', '--cc', cc, 'x-greeting', '--yes'])).exitCode).toBe(0);
  expect((await cli.run(['settings', 'delete', '--global', 'x-greeting', '--yes'])).exitCode).toBe(0);
  expect((await cli.run(['settings', 'list', '--global'])).out).toBe('There are no settings.\n');
});

test('settings that Gatehouse reads are described, and a slip of the hand is told', async () => {
  expect((await cli.run(['settings', 'describe'])).out).toMatch(
    /password-link-hours +24 +Environment API +Life of a password link/,
  );
  expect(await cli.json('settings', 'describe', 'cors-origins')).toMatchObject({
    label: 'Allowed origins',
    readBy: 'Environment API, Auth API',
    counts: 'together',
  });
  const cc = await contactCenter('names-of-settings.example');
  for (const args of [
    ['settings', 'describe', 'password-link-hour'],
    ['settings', 'set', '--cc', cc, 'password-link-hour', '9'],
  ])
    expect((await cli.run(args)).error).toContain('did you mean password-link-hours?');
  const wrong = await cli.run(['settings', 'set', '--cc', cc, 'password-link-hours', 'long']);
  expect([wrong.exitCode, wrong.error]).toEqual([5, expect.stringContaining('a whole number from 1 to 168')]);
  expect((await cli.run(['settings', 'set', '--cc', cc, 'password-link-hours', '9'])).exitCode).toBe(0);
  expect((await cli.run(['settings', 'list', '--cc', cc])).out).toMatch(
    /password-link-hours .*Environment API +9/,
  );
});

test.each([
  [['settings', 'list'], '--cc ID or --global'],
  [['settings', 'set', '--global', 'x'], 'Give the value once'],
  [['settings', 'set', '--global', 'x', 'y', '-f', '-'], 'Give the value once'],
])('%j is refused with a sentence', async (args, sentence) => {
  expect(await cli.run(args)).toMatchObject({ exitCode: 2, error: expect.stringContaining(sentence) });
});

test('a location that matches nothing is refused, and can be declared', async () => {
  const cc = await contactCenter('locations.example');
  const set = ['settings', 'set', '--cc', cc, 'x-a', 'y', '--location', '/MARS'];
  const refused = await cli.run(set);
  expect(refused.exitCode).toBe(5);
  expect(refused.error).toContain('/MARS matches no location in use');
  await cli.run(['locations', 'declare', '/MARS']);
  expect((await cli.run(['locations', 'list'])).out).toMatch(/\/MARS +yes/);
  expect((await cli.run(set)).exitCode).toBe(0);
  expect((await cli.run(['locations', 'withdraw', '/MARS', '--yes'])).exitCode).toBe(0);
});

test('origins are allowed and withdrawn', async () => {
  const cc = await contactCenter('cors.example');
  expect((await cli.run(['cors', 'add', 'https://desktop.example.com', '--cc', cc])).exitCode).toBe(0);
  expect(await cli.json('cors', 'list', '--cc', cc)).toMatchObject([
    { origin: 'https://desktop.example.com' },
  ]);
  expect((await cli.run(['cors', 'add', 'https://*.example.com', '--cc', cc])).exitCode).toBe(5);
  expect(
    (await cli.run(['cors', 'remove', 'https://desktop.example.com', '--cc', cc, '--yes'])).exitCode,
  ).toBe(0);
  expect((await cli.run(['cors', 'list', '--cc', cc])).out).toBe('No origins are stored.\n');
});

test('a key stands alone on standard output, works, is rotated and withdrawn', async () => {
  const cc = await contactCenter('keys.example');
  const created = await cli.run([
    'keys',
    'create',
    '--cc',
    cc,
    'reports',
    '--expires-at',
    '2099-01-01T00:00:00Z',
  ]);
  expect(created.out).toMatch(/^\S+\n$/);
  expect(created.error).toContain('keep it now');
  expect(await cli.run(['keys', 'validate', '--key-file', '-'], { input: created.out })).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining(cc),
  });
  const [key] = await cli.json('keys', 'list', '--cc', cc);
  const rotated = await cli.run(['keys', 'rotate', '--cc', cc, key.id, '--overlap-seconds', '3600']);
  expect(rotated.out).not.toBe(created.out);
  expect((await cli.run(['keys', 'list', '--cc', cc])).out).toContain(`${key.prefix}… until`);
  for (const { out } of [created, rotated])
    expect((await cli.run(['keys', 'validate', '--key-file', '-'], { input: out })).exitCode).toBe(0);
  await cli.run(['keys', 'delete', '--cc', cc, key.id, '--yes']);
  expect((await cli.run(['keys', 'validate', '--key-file', '-'], { input: rotated.out })).exitCode).toBe(4);
});

test('a key for SCIM is made, told from the others, and is no API key', async () => {
  const cc = await contactCenter('scim.example');
  const created = await cli.run(['keys', 'create', '--cc', cc, 'entra', '--purpose', 'scim']);
  expect(created.out).toMatch(/^gs_\S+\n$/);
  expect((await cli.run(['keys', 'list', '--cc', cc])).out).toMatch(/entra\s+scim\s+gs_/);
  expect((await cli.run(['keys', 'validate', '--key-file', '-'], { input: created.out })).exitCode).toBe(4);
});

test('the trail tells who changed what', async () => {
  const cc = await contactCenter('audit.example');
  await cli.run(['cc', 'update', cc, '--name', 'Renamed']);
  const shown = await cli.run(['audit', 'changes', '--entity', 'contact-center', '--cc', cc]);
  expect(shown.out).toContain('ops ops');
  expect(shown.out).toContain('name: audit.example → Renamed');
  expect(
    await cli.json('audit', 'changes', '--entity', 'contact-center', '--cc', cc, '-n', '1'),
  ).toHaveLength(1);
});

test('the token of a person whose sign-in is old is refused, with the way on', async () => {
  const cc = await contactCenter('stale.example');
  const login = { client_id: consoleClientId, grant_type: 'authorization_code', sub: 'person-1' };
  const old = { auth_time: Math.floor(Date.now() / 1000) - 960, authorities: [installationAdminAuthority] };
  const GATEHOUSE_TOKEN = cli.api.authApi.token({ ...login, ...old }).replace('Bearer ', '');
  const refused = await cli.run(['cc', 'update', cc, '--name', 'Renamed'], { env: { GATEHOUSE_TOKEN } });
  expect(refused.exitCode).toBe(3);
  expect(refused.error).toContain('sign in again');
  expect(refused.error).toContain('GATEHOUSE_TOKEN, comes from an old or too weak sign-in');
});
