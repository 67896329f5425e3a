import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../src/run-command.ts';

const add = ['profile', 'add', 'prod', '--url', 'https://login.example.com', '--username', 'ops'];

async function home() {
  const homeFolder = await temporaryFolder();
  const path = join(homeFolder, '.config', 'gatehouse', 'profiles.json');
  const run = (args: string[], input = '') => runCommand(args, { homeFolder, input });
  return { run, path };
}

describe('profiles', () => {
  test('the file with the password is readable by its owner alone, and no answer shows the password', async () => {
    const { run, path } = await home();
    const added = await run([...add, '--secret-file', '-', '--json'], 'my-secret-password\n');
    expect(added.exitCode).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8')).profiles.prod.credentials.password).toBe(
      'my-secret-password',
    );
    const listed = await run(['profile', 'list']);
    expect(listed.out).toContain('https://login.example.com');
    expect(`${added.out}${added.error}${listed.out}`).not.toContain('my-secret-password');
  });

  test('a file that others may read is not used, and the sentence says what to do', async () => {
    const { run, path } = await home();
    await run([...add, '--secret-file', '-'], 'secret');
    chmodSync(path, 0o644);
    const answer = await run(['profile', 'list']);
    expect(answer).toMatchObject({ exitCode: 2, out: '' });
    expect(answer.error).toContain(`chmod 600 ${path}`);
  });

  test('a broken file is named without quoting what stands in it', async () => {
    const { run, path } = await home();
    await run([...add, '--secret-file', '-'], 'secret-in-file');
    writeFileSync(path, '{"profiles": {"prod": secret-in-file');
    expect(await run(['env', 'list'])).toMatchObject({ exitCode: 2, error: `${path} is not JSON\n` });
    writeFileSync(path, '{"profiles": {"prod": {"url": "secret-in-file"}}}');
    const answer = await run(['env', 'list']);
    expect(answer.exitCode).toBe(2);
    expect(answer.error).toContain('profiles.prod.url');
    expect(answer.error).not.toContain('secret-in-file');
  });

  test('use and remove change which one counts', async () => {
    const { run } = await home();
    await run([...add, '--secret-file', '-'], 'one');
    await run(
      [
        'profile',
        'add',
        'test',
        '--url',
        'https://test.example.com',
        '--client-id',
        'c',
        '--secret-file',
        '-',
      ],
      'two',
    );
    const currentOf = async () =>
      JSON.parse((await run(['profile', 'list', '--json'])).out)
        .filter((row: { current: boolean }) => row.current)
        .map((row: { name: string }) => row.name);
    expect(await currentOf()).toEqual(['test']);
    await run(['profile', 'use', 'prod']);
    expect(await currentOf()).toEqual(['prod']);
    await run(['profile', 'remove', 'prod']);
    expect(await currentOf()).toEqual([]);
    expect((await run(['env', 'list'])).error).toContain('gatehouse profile add');
  });

  test.each([
    [
      ['profile', 'add', '../x', '--url', 'https://a.example', '--username', 'ops', '--secret-file', '-'],
      'letters',
    ],
    [
      ['profile', 'add', 'x', '--url', 'ftp://a.example', '--username', 'ops', '--secret-file', '-'],
      'must be an address',
    ],
    [['profile', 'add', 'x', '--url', 'https://a.example', '--secret-file', '-'], '--username'],
    [['profile', 'add', 'x', '--url', 'https://a.example', '--username', 'ops'], '--secret-file'],
    [['profile', 'use', 'unknown'], 'no profile "unknown"'],
    [['env', 'list', '--profile', 'unknown'], 'no profile "unknown"'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { run } = await home();
    const answer = await run(args, 'secret');
    expect(answer).toMatchObject({ exitCode: 2, out: '' });
    expect(answer.error).toContain(sentence);
  });
});

describe('where credentials go', () => {
  const credentials = { GATEHOUSE_USERNAME: 'ops', GATEHOUSE_PASSWORD: 'secret' };

  // attack: take the credentials of the command line by a name that begins like an address of this machine | CWE-319 | guard: packages/api-client/src/http/loopback.ts
  test.each([
    'http://login.example.com',
    'http://127.evil.example',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://[2001:db8::1]',
  ])('never over an unencrypted connection to another machine: %s', async (url) => {
    const env = { ...credentials, GATEHOUSE_URL: url };
    const answer = await runCommand(['env', 'list'], { env });
    expect(answer.exitCode).toBe(2);
    expect(answer.error).toContain('is not encrypted');
  });

  // attack: take the credentials of a profile by a variable that names another address | CWE-522 | guard: packages/cli/src/profile/chosen.ts
  test.each([
    { GATEHOUSE_URL: 'https://evil.example' },
    { GATEHOUSE_ENVIRONMENT_URL: 'https://evil.example' },
    { GATEHOUSE_URL: 'https://login.example.com', GATEHOUSE_ENVIRONMENT_URL: 'https://evil.example' },
  ])('those of a profile never to an address from a variable: %j', async (addresses) => {
    const { run, path } = await home();
    await run([...add, '--secret-file', '-'], 'secret');
    const answer = await runCommand(['env', 'list'], { env: { GATEHOUSE_PROFILES: path, ...addresses } });
    expect(answer.exitCode).toBe(2);
    expect(answer.error).toContain('No credentials are known');
  });
});
