import { describe, expect, it } from 'vitest';
import { listenFor, startServer, until, watchSuite } from '../../../config-server-simulator/test/harness.ts';
import { programs, runProgram } from '../../../config-server-simulator/test/program/run-program.ts';
import { type CommandSurroundings, runCommand } from '../../src/run-command.ts';

watchSuite();

/** Runs the command in this process; the harness looks for secrets in what it prints. */
async function run(args: readonly string[], surroundings: CommandSurroundings = {}) {
  const {
    exitCode: code,
    out: output,
    error: errors,
  } = await runCommand(['config-server', ...args], surroundings);
  // The help names the passwords of the demo data.
  if (!args.includes('--help')) listenFor({ lines: `${output}\n${errors}`.split('\n') });
  return { code, output, errors };
}

describe('gatehouse config-server', () => {
  it('explains itself', async () => {
    const { code, output } = await run(['--help']);
    expect(code).toBe(0);
    for (const word of ['ping', 'read', 'authenticate', 'watch', '--json']) expect(output).toContain(word);
    expect(await run(['dance'])).toMatchObject({
      code: 2,
      errors: expect.stringContaining("unknown command 'dance'"),
    });
    for (const [args, words] of [
      [['ping', '--count', '0'], '--count 0'],
      [['read'], 'person, access-group or tenant'],
      [['read', 'person', '--filter', 'dbid=x'], 'dbid needs a number'],
      [['authenticate'], 'the user name'],
    ] as const)
      expect(await run(args)).toMatchObject({ code: 2, errors: expect.stringContaining(words) });
  }, 60_000);

  it('measures, reads and authenticates, for people and for scripts', async () => {
    const server = await startServer();
    const at = ['--server', `127.0.0.1:${server.port}`];
    expect(await run(['ping', ...at, '--count', '3', '--json'])).toMatchObject({ code: 0, errors: '' });
    const table = await run(['read', 'person', ...at, '--filter', 'user_name=agent']);
    expect(table.output.split('\n')[1]).toMatch(/^101 +101 +agent +Ada +Agent +yes +yes +no$/);
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

  it('shows no character that commands the terminal', async () => {
    // Escape, the same in one character (U+009B), a line separator, and a change of direction.
    const server = await startServer();
    await server.store.updatePerson(101, { lastName: '\u001b[31m\u009b31m\u2028\u202ename' });
    const { output } = await run(['read', 'person', '--server', `127.0.0.1:${server.port}`]);
    expect(output).toContain('name');
    expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  }, 30_000);

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

  it('ends without complaint when its reader has seen enough', async () => {
    const server = await startServer();
    const program = runProgram(programs.gatehouse, [
      'config-server',
      'ping',
      '--server',
      `127.0.0.1:${server.port}`,
    ]);
    program.child.stdout.destroy();
    expect(await program.exited).toBe(0);
    expect(program.errors()).toBe('');
  }, 30_000);

  it('prints changes as they happen until it is stopped', async () => {
    const server = await startServer();
    const program = runProgram(programs.gatehouse, [
      'config-server',
      'watch',
      '--server',
      `127.0.0.1:${server.port}`,
    ]);
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
