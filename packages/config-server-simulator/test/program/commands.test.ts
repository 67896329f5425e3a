import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../certificates.ts';
import { startAgentStandIn } from '../consul-registration/agent-stand-in.ts';
import { startServer, until, watchSuite } from '../harness.ts';
import { runProgram, runServer } from './run-program.ts';

watchSuite();

async function run(args: string[], options: Parameters<typeof runProgram>[1] = {}) {
  const program = runProgram(args, options);
  const code = await program.exited;
  return { code, output: program.output(), errors: program.errors() };
}

describe('the program', () => {
  it('explains itself', async () => {
    const { code, output } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['serve', 'ping', 'read', 'authenticate', 'watch', '--seed', '--json'])
      expect(output).toContain(word);
    expect(await run(['dance'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining('unknown command "dance"'),
    });
    for (const [args, words] of [
      [['serve', '--port', 'x'], '--port x'],
      [['ping', '--count', '0'], '--count 0'],
      [['read'], 'person, access-group or tenant'],
      [['read', 'person', '--filter', 'dbid=x'], 'dbid needs a number'],
      [['authenticate'], 'the user name'],
      [['serve', '--role', 'backup'], 'needs the --file'],
      [
        ['serve', '--port', '0', '--host', '0.0.0.0', '--consul', 'http://127.0.0.1:8500'],
        '--consul-address is missing',
      ],
      [['serve', '--port', '0', '--file', '/nowhere/estate'], '--file /nowhere/estate'],
      [['serve', '--port', '0', '--consul', 'http://consul.example'], 'explicit permission'],
    ] as const)
      expect(await run([...args])).toMatchObject({ code: 2, errors: expect.stringContaining(words) });
  }, 60_000);

  it('measures, reads and authenticates, for people and for scripts', async () => {
    const server = await startServer();
    const at = ['--server', `127.0.0.1:${server.port}`];
    expect(await run(['ping', ...at, '--count', '3', '--json'])).toMatchObject({ code: 0, errors: '' });
    const table = await run(['read', 'person', ...at, '--filter', 'user_name=agent']);
    expect(table.output.split('\n')[2]).toMatch(/^101 +101 +agent +Ada +Agent +yes +yes +no$/);
    const json = JSON.parse(
      (await run(['read', 'access-group', ...at, '--filter', 'person_dbid=101', '--json'])).output,
    );
    expect(json.map(({ name }: { name: string }) => name)).toEqual(['Users', 'Agents']);
    expect(await run(['read', 'person', ...at, '--filter', 'colour=1'])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/unknown filter key "colour"; known are .*user_name/),
    });
    expect(await run(['authenticate', 'agent', ...at], { input: 'demo-agent-password\n' })).toMatchObject({
      code: 0,
      output: expect.stringContaining('authenticated'),
    });
    expect(await run(['authenticate', 'agent', ...at, '--json'], { input: 'wrong\n' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('AuthenticationFailed'),
    });
  }, 60_000);

  it('says why a server cannot be used', async () => {
    const server = await startServer();
    const at = ['--server', `127.0.0.1:${server.port}`, '--json'];
    const refused = await run(['ping', ...at], { env: { CONFIG_SERVER_PASSWORD: 'wrong-secret' } });
    expect(refused).toMatchObject({ code: 2, output: expect.stringContaining('service account') });
    await server.close();
    expect(await run(['ping', ...at])).toMatchObject({
      code: 2,
      output: expect.stringMatching(/cannot connect to .*: nothing listens there/),
    });
  }, 60_000);

  it('examines a server, but not one that is not there, and tries no wrong password twice', async () => {
    const server = await startServer();
    const at = ['conformance', '--server', `127.0.0.1:${server.port}`];
    for (const name of ['CONFIG_SERVER_PASSWORD', 'CONFIG_SERVER_USER_PASSWORD']) {
      let tried = 0;
      server.faults.beforeRequest = ({ name: request }) => {
        if (request === 'RequestRegisterClient' || request === 'RequestAuthenticate') tried += 1;
      };
      expect(await run(at, { env: { [name]: 'wrong' } })).toMatchObject({
        code: 1,
        output: expect.stringMatching(/is refused \(.*\): nothing can be examined without it/),
      });
      expect(tried).toBeLessThanOrEqual(2);
    }
    await server.close();
    const { code, output } = await run(at);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('nothing listens there') });
    expect(output.split('\n')).toHaveLength(3);
  }, 60_000);

  it('gives up the examination of a server that says nothing, with one sentence', async () => {
    const server = await startServer();
    server.faults.onConnection = () => 'ignore';
    expect(await run(['conformance', '--server', `127.0.0.1:${server.port}`])).toEqual({
      code: 1,
      output: expect.stringMatching(
        /^error +RegisterTimeout\nmessage +the server takes the connection and says nothing .* nothing can be examined\n$/,
      ),
      errors: '',
    });
  }, 30_000);

  it('ends without complaint when its reader has seen enough', async () => {
    const server = await startServer();
    const program = runProgram(['ping', '--server', `127.0.0.1:${server.port}`]);
    program.child.stdout.destroy();
    expect(await program.exited).toBe(0);
    expect(program.errors()).toBe('');
  }, 30_000);

  it('serves TLS, and registers in Consul under its present role', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'program-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const authority = createAuthority();
    const { cert, key } = authority.issue();
    for (const [name, content] of Object.entries({ ca: authority.cert, cert, key })) {
      await writeFile(join(folder, `${name}.pem`), content);
    }
    const at = (name: string) => join(folder, `${name}.pem`);
    const agent = await startAgentStandIn();
    const server = await runServer(
      '--tls-cert',
      at('cert'),
      '--tls-key',
      at('key'),
      '--consul',
      agent.url,
      '--name',
      'one',
    );
    await until(() => agent.registration !== undefined, 'the registration');
    expect(agent.registration).toMatchObject({
      Name: 'config-server',
      Port: server.port,
      Meta: { role: 'primary' },
    });
    const ping = await run([
      'ping',
      '--server',
      `127.0.0.1:${server.port}`,
      '--ca',
      at('ca'),
      '--count',
      '1',
    ]);
    expect(ping).toMatchObject({ code: 0, errors: '' });
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(agent.calls.at(-1)).toMatch(/^PUT service\/deregister\//);
  }, 30_000);

  it('prints changes as they happen until it is stopped', async () => {
    const server = await startServer();
    const program = runProgram(['watch', '--server', `127.0.0.1:${server.port}`]);
    await until(() => program.output().includes('watching'), 'it watches', 15_000);
    // The subscription follows the line; a change is made until one is seen.
    let count = 0;
    await until(() => {
      if (count++ % 20 === 0) void server.store.updatePerson(101, { lastName: `Name ${count}` });
      return program.output().includes('Name ');
    }, 'a change is printed');
    program.child.kill('SIGTERM');
    expect(await program.exited).toBe(0);
  }, 30_000);
});
