import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../src/run-command.ts';

/** Answers as its path says; the text of the answers is a test's. */
const answers: Record<string, { status: number; body: string }> = {
  '/environment/v3/environments/unknown': {
    status: 404,
    body: '{"status":{"code":404,"message":"There is none"}}',
  },
  '/environment/v3/environments/mine': {
    status: 401,
    body: '{"error":"Unauthorized","error_description":"Bad credentials"}',
  },
  '/environment/v3/environments/busy': {
    status: 503,
    body: '{"status":{"code":503,"message":"Come again"}}',
  },
  '/environment/v3/environments/escape': {
    status: 400,
    body: '{"status":{"code":400,"message":"\\u001b[31mred"}}',
  },
  '/environment/v3/environments/html': { status: 200, body: '<html></html>' },
};

const server = createServer((request, response) => {
  const answer = answers[request.url ?? ''] ?? { status: 500, body: '' };
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
});
let env: Record<string, string>;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  env = {
    GATEHOUSE_URL: `http://127.0.0.1:${port}`,
    GATEHOUSE_USERNAME: 'ops',
    GATEHOUSE_PASSWORD: 'secret',
  };
});

afterAll(() => server.close());

describe('exit codes', () => {
  test.each([
    ['unknown', 4, 'There is none'],
    ['mine', 3, 'Bad credentials'],
    ['busy', 6, 'Come again'],
    ['html', 6, 'is the URL of the profile right?'],
    ['else', 6, 'status 500'],
  ])('of an answer about %s', async (id, exitCode, sentence) => {
    const answer = await runCommand(['env', 'show', id], { env });
    expect(answer).toMatchObject({ exitCode, out: '' });
    expect(answer.error).toContain(sentence);
  });

  test('nobody there: the sentence says what happened', async () => {
    const answer = await runCommand(['env', 'list'], {
      env: { ...env, GATEHOUSE_URL: 'http://127.0.0.1:1' },
    });
    expect(answer.exitCode).toBe(6);
    expect(answer.error).toContain('ECONNREFUSED');
  });

  test.each([
    [['nonsense']],
    [['env']],
    [['env', 'show']],
    [['env', 'list', '--nonsense']],
    [['--timeout', 'x', 'env', 'list']],
  ])('%j is a wrong command line', async (args) => {
    const answer = await runCommand(args, { env });
    expect(answer.exitCode).toBe(2);
    expect(answer.out).toBe('');
  });

  test('help and version are well', async () => {
    expect(await runCommand(['--help'])).toMatchObject({ exitCode: 0, error: '' });
    expect(await runCommand(['env', 'show', '--help'])).toMatchObject({ exitCode: 0, error: '' });
    expect((await runCommand(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test('with --json a failure is JSON too', async () => {
  const answer = await runCommand(['env', 'show', 'unknown', '--json'], { env });
  expect(JSON.parse(answer.error)).toEqual({
    error: { message: 'Environment API: There is none', status: 404, problems: [] },
  });
});

test('control characters of an answer do not reach the terminal', async () => {
  const answer = await runCommand(['env', 'show', 'escape'], { env });
  expect(answer.error).toContain('[31mred');
  expect(answer.error).not.toContain('\u001b');
});

test('nothing is deleted while nobody is there to ask', async () => {
  const answer = await runCommand(['env', 'remove-server', 'unknown', 'server'], { env });
  expect(answer.exitCode).toBe(2);
  expect(answer.error).toContain('--yes');
});

describe('completion', () => {
  const complete = async (...words: string[]) =>
    (await runCommand(['__complete', '--', ...words])).out.split('\n').filter(Boolean);

  test('offers groups, commands, options and choices', async () => {
    expect(await complete('en')).toEqual(['env']);
    expect(await complete('env', 'add')).toEqual(['add-server']);
    expect(await complete('env', 'list', '--se')).toEqual(['--search']);
    expect(await complete('env', 'list', '--js')).toEqual(['--json']);
    expect(await complete('--profile', 'x', 'completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await complete('env', 'list', '--search', '')).toEqual([]);
    expect(await complete('__')).toEqual([]);
  });

  test.each(['bash', 'zsh', 'fish'])('%s has a script', async (shell) => {
    expect((await runCommand(['completion', shell])).out).toContain('__complete');
  });
});
