import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askControl } from '../../src/control/ask-control.ts';
import { openControlDoor } from '../../src/control/control-door.ts';
import { demoSeed } from '../../src/seed/demo.ts';
import { agent, connectTo, startServer, suiteLog, until, watchSuite } from '../harness.ts';
import { runProgram, runServer } from '../program/run-program.ts';

watchSuite();

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'control-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function controlled(options: Parameters<typeof startServer>[0] = {}) {
  const path = join(await folder(), 'control');
  const server = await startServer(options);
  const door = await openControlDoor(path, server, suiteLog);
  onTestFinished(() => door.close());
  return { path, server, door };
}

describe('the control door', () => {
  it('changes persons of the running server, and its clients hear of it', async () => {
    const { path, server } = await controlled();
    const client = connectTo([server]);
    const heard: string[] = [];
    client.subscribePersons((change) => heard.push(change.kind));
    const login = (password = agent.password) =>
      client.authenticate({ userName: agent.userName, password }).then(
        ({ changePasswordRequired }) => (changePasswordRequired ? 'must change' : 'in'),
        (error) => error.code as string,
      );
    expect(await login()).toBe('in');

    const done = await askControl(path, { command: 'disable', userName: 'AGENT' });
    expect(done).toEqual({ done: 'disable', userName: 'agent', dbid: expect.any(Number) });
    expect(await login()).toBe('AuthenticationFailed');
    await askControl(path, { command: 'enable', userName: 'agent' });
    expect(await login()).toBe('in');

    await askControl(path, { command: 'force-password-change', userName: 'agent' });
    expect(await login()).toBe('must change');
    await askControl(path, { command: 'set-password', userName: 'agent', password: 'given-secret' });
    expect(await login()).toBe('AuthenticationFailed');
    expect(await login('given-secret')).toBe('must change');
    await until(() => heard.length === 4, 'the four changes are told');
  });

  it('unlocks, and lets a password expire where a rule says that passwords do', async () => {
    const rules = { 'account-lockout-threshold': 2, 'password-expiration': 30 };
    const { path, server } = await controlled({
      seed: { ...demoSeed, environmentSecurityRules: rules },
    });
    const client = connectTo([server]);
    const login = (password = agent.password) =>
      client.authenticate({ userName: agent.userName, password }).then(
        () => 'in',
        (error) => error.code as string,
      );
    for (const _ of [1, 2]) expect(await login('wrong')).toBe('AuthenticationFailed');
    expect(await login()).toBe('AccountLocked');
    await askControl(path, { command: 'unlock', userName: 'agent' });
    expect(await login()).toBe('in');
    await askControl(path, { command: 'expire-password', userName: 'agent' });
    expect(await login()).toBe('PasswordExpired');
  });

  it('says what it does not do, and goes on', async () => {
    const { path } = await controlled();
    expect(await askControl(path, { command: 'unlock', userName: 'nobody' })).toMatchObject({
      error: 'CFGObjectNotFound',
    });
    expect(await askControl(path, { command: 'expire-password', userName: 'agent' })).toMatchObject({
      error: 'Unsupported',
      message: 'no password-expiration applies to this person',
    });
    expect(await askControl(path, { command: 'switchover' })).toMatchObject({
      message: expect.stringContaining('a backup follows'),
    });
    const say = (what: string) => text(net.connect({ path }).end(what)).catch(() => 'cut');
    for (const nonsense of ['', 'x', '{}', '{"command":"unlock"}', '{"command":"unlock","userName":1}'])
      expect(await say(nonsense)).toContain('MalformedBody');
    expect(['', 'cut']).toContain(await say('x'.repeat(100_000)));
    expect(await askControl(path, { command: 'enable', userName: 'agent' })).toMatchObject({
      done: 'enable',
    });
  });

  it('is for the user who runs the server alone, and for one server', async () => {
    const { path, server, door } = await controlled();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(openControlDoor(path, server, suiteLog)).rejects.toThrow('another running server');
    await door.close();
    await expect(askControl(path, { command: 'switchover' })).rejects.toThrow('no server listens there');
    await writeFile(path, 'somebody’s text');
    await expect(openControlDoor(path, server, suiteLog)).rejects.toThrow('is no socket');
  });
});

describe('the command admin', () => {
  it('hands over to the backup, and takes the place of a server that was killed', async () => {
    const here = await folder();
    const [file, path] = [join(here, 'estate'), join(here, 'control')];
    const killed = await runServer('--file', file, '--control', path);
    killed.child.kill('SIGKILL');
    await killed.exited;
    const primary = await runServer('--file', file, '--control', path);
    const backup = await runServer('--file', file, '--role', 'backup');
    const client = connectTo([primary, backup]);
    await client.authenticate(agent);
    const admin = runProgram(['admin', 'switchover', '--control', path, '--json']);
    expect(await admin.exited).toBe(0);
    expect(JSON.parse(admin.output())).toEqual({ done: 'switchover' });
    await client.authenticate(agent);
    expect(client.endpoint).toContain(String(backup.port));
    const late = runProgram(['admin', 'set-password', 'agent', '--control', path], {
      input: 'late-secret\n',
    });
    expect(await late.exited).toBe(1);
    expect(late.output()).toMatch(/^error +ReadOnly\n/);
  }, 60_000);

  it('says which argument is wrong', async () => {
    for (const [args, words] of [
      [['unlock', 'agent'], '--control FILE is missing'],
      [['dance', '--control', 'x'], 'admin "dance"? See --help'],
      [['unlock', '--control', 'x'], 'admin unlock whom?'],
      [['unlock', 'agent', '--control', '/nowhere/control'], 'no server listens there'],
    ] as const) {
      const program = runProgram(['admin', ...args]);
      expect({ code: await program.exited, errors: program.errors() }).toEqual({
        code: 2,
        errors: expect.stringContaining(words),
      });
    }
  }, 60_000);
});
