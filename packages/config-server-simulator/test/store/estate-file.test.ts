import { type ChildProcess, spawnSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoSeed } from '../../src/seed/demo.ts';
import { agent, connectTo, quickStandby, startServer, until, watchSuite } from '../harness.ts';
import { runServer } from '../program/run-program.ts';

watchSuite();

async function estateFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'estate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'estate.json');
}

const lockingSeed = {
  ...demoSeed,
  environmentSecurityRules: { 'account-lockout-threshold': 1 },
};

const canLimit = spawnSync('prlimit', ['--version']).status === 0;

/** What a process writes beyond it fails, as on a full disk. */
function limitFileSize({ pid }: ChildProcess, bytes: number | 'unlimited'): void {
  expect(spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).status).toBe(0);
}

/** Until it is done. */
async function retried(change: () => Promise<unknown>): Promise<void> {
  let isDone = false;
  await expect
    .poll(
      async () => {
        isDone ||= await change().then(
          () => true,
          () => false,
        );
        return isDone;
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBe(true);
}

describe('an estate in a file', () => {
  it('is there again with its passwords, logins, locks and history, whatever the seed says', async () => {
    const file = await estateFile();
    const first = await startServer({ file });
    const client = connectTo([first]);
    await client.authenticate(agent);
    await client.changePassword({
      userName: 'agent',
      oldPassword: agent.password,
      newPassword: 'kept-secret',
    });
    await first.store.deletePerson(102);
    await client.close();
    await first.close();
    const second = await startServer({ file, seed: { ...demoSeed, persons: [] } });
    const again = connectTo([second]);
    await expect(again.authenticate({ userName: 'agent', password: 'kept-secret' })).resolves.toMatchObject({
      lastLogin: expect.any(Number),
    });
    expect(await again.readPersons({ user_name: 'supervisor' })).toEqual([]);
    const created = await second.store.createPerson({ tenantDbid: 101, userName: 'new' });
    expect(created['DBID']).toBe(106);
  });

  it('lets a client that was connected before go on without a gap', async () => {
    const file = await estateFile();
    const first = await startServer({ file });
    const client = connectTo([first]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.authenticate(agent);
    await first.store.updatePerson(101, { lastName: 'Before' });
    await until(() => changes.length === 1, 'the first change');
    await first.close();
    const second = await startServer({ file, port: first.port });
    await second.store.updatePerson(101, { lastName: 'After' });
    await until(() => changes.length === 2, 'the second change');
    expect(changes[1]).toMatchObject({ kind: 'updated', delta: { set: { lastName: 'After' } } });
  });

  it('holds no password in readable form', async () => {
    const file = await estateFile();
    await (await startServer({ file })).close();
    expect(await readFile(file, 'utf8')).not.toMatch(/demo-\w+-password/);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('is one file that a reader finds whole at every moment, while it changes', async () => {
    const file = await estateFile();
    const server = await startServer({ file });
    let isDone = false;
    const reading = (async () => {
      let reads = 0;
      for (; !isDone; reads += 1) expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('epoch', 1);
      return reads;
    })();
    const client = connectTo([server]);
    for (let count = 0; count < 30; count += 1) {
      await server.store.updatePerson(101, { lastName: `Name ${count}` });
      await client.authenticate(agent);
      expect(await readFile(file, 'utf8')).toContain(`"lastName":"Name ${count}"`);
    }
    isDone = true;
    expect(await reading).toBeGreaterThan(1);
    expect(await readdir(join(file, '..'))).toEqual(['estate.json']);
  });

  it('is written once for all changes that come while it is being written', async () => {
    const file = await estateFile();
    const server = await startServer({ file });
    const changes = Array.from({ length: 200 }, (_, index) =>
      server.store.createPerson({ tenantDbid: 101, userName: `user-${index}` }),
    );
    const persons = await Promise.all(changes);
    expect(new Set(persons.map(({ DBID }) => DBID)).size).toBe(200);
    await server.close();
    await writeFile(`${file}.left-by-a-killed-server.draft`, 'x');
    const again = await startServer({ file });
    expect(again.store.personNamed('user-199')).toBeDefined();
    expect(await readdir(join(file, '..'))).toEqual(['estate.json']);
  });

  it('stays where a link leads to, readable by its owner alone', async () => {
    const file = await estateFile();
    const linked = `${file}.link`;
    await writeFile(file, '');
    await symlink(file, linked);
    await (await startServer({ file: linked })).close();
    expect((await lstat(linked)).isSymbolicLink()).toBe(true);
    expect((await stat(file)).size).toBeGreaterThan(1_000);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it.each([
    ['a process that is gone', '999999999 unknown'],
    ['a process whose number was given to another one since', `${process.pid} long-ago/1`],
  ])('is taken over from %s', async (_name, primary) => {
    const file = await estateFile();
    await (await startServer({ file })).close();
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"primary": null', `"primary": ${JSON.stringify(primary)}`));
    const server = await startServer({ file });
    expect(server.state.epoch).toBe(2);
  });

  it.each([
    ['a text of somebody else', 'some important\nother file\n'],
    ['a word', 'x'],
    ['an estate of another version', '{ "format": "gatehouse-config-server-estate-0" }'],
    ['half an estate', '{ "format": "gatehouse-config-server-estate-1", "primary": null, "epoch": 1, '],
  ])('never takes %s for one of its own', async (_what, content) => {
    const file = await estateFile();
    await writeFile(file, content);
    await expect(startServer({ file })).rejects.toThrow('it is left as it is');
    expect(await readFile(file, 'utf8')).toBe(content);
  });

  it('gives the last session of an account to one of those that ask at once, while their logins are being written', async () => {
    const environmentSecurityRules = { 'max-account-sessions': 1 };
    const server = await startServer({
      file: await estateFile(),
      seed: { ...demoSeed, environmentSecurityRules },
    });
    const asked = Array.from({ length: 5 }, () =>
      connectTo([server], { standby: { ...quickStandby, failFastAfterMs: 500 } }).readTenants({}),
    );
    await Promise.allSettled(asked);
    expect(server.sessionCount()).toBe(1);
  });

  it('loses no acknowledged change when the process is killed, again and again', async () => {
    const file = await estateFile();
    let password = agent.password;
    for (let round = 0; round < 3; round += 1) {
      const { port, child, exited } = await runServer('--file', file, '--quiet');
      const client = connectTo([{ port }]);
      await expect(client.authenticate({ userName: 'agent', password })).resolves.toBeDefined();
      // Changes one after the other until the kill; what was acknowledged counts, the last one may or may not have happened.
      let attempted = password;
      const changing = (async () => {
        for (let count = 0; ; count += 1) {
          attempted = `round-${round}-${count}-secret`;
          await client.changePassword({ userName: 'agent', oldPassword: password, newPassword: attempted });
          password = attempted;
        }
      })().catch((error) => error.code);
      await until(() => password.startsWith(`round-${round}-2`), 'some changes are acknowledged', 15_000);
      child.kill('SIGKILL');
      await exited;
      await changing;
      await client.close();
      const next = await runServer('--file', file, '--quiet');
      const patient = { ...quickStandby, failFastAfterMs: 20_000 };
      const check = connectTo([{ port: next.port }], { standby: patient });
      const outcomes = await Promise.allSettled(
        [...new Set([password, attempted])].map((candidate) =>
          check.authenticate({ userName: 'agent', password: candidate }),
        ),
      );
      const works = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(works).toBeGreaterThanOrEqual(0);
      password = [password, attempted][works] as string;
      await check.close();
      next.child.kill('SIGTERM');
      expect(await next.exited).toBe(0);
    }
  }, 90_000);

  it.skipIf(!canLimit)(
    'on a full disk goes on with logins and locks, refuses changes before they are made, and is whole again later',
    async () => {
      const file = await estateFile();
      await (await startServer({ file, seed: lockingSeed })).close();
      const { port, child, exited } = await runServer('--file', file);
      const before = await readFile(file, 'utf8');
      // Every write ends in the middle of the file.
      limitFileSize(child, Math.floor((await stat(file)).size / 2));
      const client = connectTo([{ port }]);
      for (let count = 0; count < 60; count += 1) await client.authenticate(agent);
      expect(await readFile(file, 'utf8')).toBe(before);
      const change = (userName: string) =>
        client.changePassword({
          userName,
          oldPassword: `demo-${userName}-password`,
          newPassword: 'new-secret',
        });
      await expect(change('supervisor')).rejects.toMatchObject({ code: 'ReadOnly' });
      await expect(
        client.authenticate({ userName: 'supervisor', password: 'demo-supervisor-password' }),
      ).resolves.toBeDefined();
      const wrong = { userName: 'admin', password: 'wrong-secret' };
      await expect(client.authenticate(wrong)).rejects.toMatchObject({ code: 'AuthenticationFailed' });
      await expect(
        client.authenticate({ userName: 'admin', password: 'demo-admin-password' }),
      ).rejects.toMatchObject({ code: 'AccountLocked' });

      // Room again: the next change finds it, and what could not be written before is in the file as well.
      limitFileSize(child, 'unlimited');
      await retried(() => change('supervisor'));
      child.kill('SIGKILL');
      await exited;
      const again = connectTo([await startServer({ file })]);
      await again.authenticate({ userName: 'supervisor', password: 'new-secret' });
      await expect(again.authenticate(agent)).resolves.toMatchObject({ lastLogin: expect.any(Number) });
    },
    60_000,
  );
});
