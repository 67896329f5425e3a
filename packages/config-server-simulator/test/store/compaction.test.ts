import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PersonChange } from '@gatehouse/config-server-client/backend';
import { silentLogger } from '@gatehouse/config-server-client/log';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoSeed } from '../../src/seed/demo.ts';
import type { Simulator } from '../../src/simulator.ts';
import { openEstateFile } from '../../src/store/estate.ts';
import { agent, connectTo, recordingLog, startServer, until, watchSuite } from '../harness.ts';
import { runReady, runServer } from '../program/run-program.ts';

watchSuite();

async function estateFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'estate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'estate.journal');
}

const lines = async (file: string) => (await readFile(file, 'utf8')).trimEnd().split('\n').length;

/** Logins are what makes a file longer than its estate. */
async function logIn(server: Pick<Simulator, 'port'>, times: number): Promise<void> {
  const client = connectTo([server]);
  for (let count = 0; count < times; count += 1) await client.authenticate(agent);
  await client.close();
}

describe('an estate file that has become long', () => {
  it('is written anew, and nothing of the estate is lost by it', async () => {
    const file = await estateFile();
    const log = recordingLog();
    const first = await startServer({ file, spareEntries: 20, log });
    const client = connectTo([first]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.changePassword({
      userName: 'agent',
      oldPassword: agent.password,
      newPassword: 'kept-secret',
    });
    await first.store.deletePerson(105);
    await first.store.updatePerson(102, { lastName: 'Before' });
    for (let count = 0; count < 120; count += 1)
      await client.authenticate({ userName: 'agent', password: 'kept-secret' });
    await until(() => changes.length === 3, 'the changes are told');
    expect(log.lines.join('\n')).toContain('estate file written anew');
    expect(await lines(file)).toBeLessThan(100);
    expect(await readFile(file, 'utf8')).not.toMatch(/demo-\w+-password|kept-secret/);
    expect(await readdir(join(file, '..'))).toEqual(['estate.journal', 'estate.journal.lock']);
    await first.close();

    const second = await startServer({ file, port: first.port, seed: { ...demoSeed, persons: [] } });
    await second.store.updatePerson(102, { lastName: 'After' });
    await until(() => changes.length === 4, 'the client goes on without a gap');
    expect(changes.map(({ kind }) => kind)).toEqual(['updated', 'deleted', 'updated', 'updated']);
    await expect(client.authenticate({ userName: 'agent', password: 'kept-secret' })).resolves.toMatchObject({
      lastLogin: expect.any(Number),
    });
    // The DBID of a person who was deleted is not used again.
    expect((await second.store.createPerson({ tenantDbid: 101, userName: 'new' }))['DBID']).toBe(106);
    expect(second.state.epoch).toBe(2);
  });

  it('is followed by a proxy without a gap and without telling anything twice', async () => {
    const file = await estateFile();
    const log = recordingLog();
    const primary = await startServer({ file, spareEntries: 10, log });
    const proxy = await startServer({ file, role: 'proxy' });
    const client = connectTo([proxy]);
    const names: unknown[] = [];
    client.subscribePersons((change) => {
      names.push(change.kind === 'updated' ? change.delta.set.lastName : change.kind);
    });
    await client.readTenants({});
    const expected: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      await logIn(primary, 40);
      expected.push(`Name ${round}`);
      await primary.store.updatePerson(101, { lastName: `Name ${round}` });
    }
    await until(() => names.length >= expected.length, 'every change came through the proxy');
    expect(names).toEqual(expected);
    expect(log.lines.filter((line) => line.includes('written anew')).length).toBeGreaterThan(1);
    expect(await client.readPersons({ user_name: 'agent' })).toMatchObject([{ lastName: 'Name 5' }]);
  }, 30_000);

  it('tells a server that has missed more than it holds', async () => {
    const file = await estateFile();
    const primary = await startServer({ file, spareEntries: 10 });
    const follower = await openEstateFile(file, { toWrite: false, holder: 'late', log: silentLogger });
    await primary.store.updatePerson(101, { lastName: 'Seen' });
    expect(await follower.catchUp()).toEqual({ missed: false });
    await primary.store.updatePerson(101, { lastName: 'Missed' });
    primary.expireHistory();
    await logIn(primary, 80);
    expect(await follower.catchUp()).toEqual({ missed: true });
    expect(follower.store.personNamed('agent')).toMatchObject({ lastName: 'Missed' });
    const { log } = follower.store;
    const known = log.lastHistoryId;
    expect(() => log.since(log.id, known - 1)).toThrow('does not reach back');
    await primary.store.updatePerson(101, { lastName: 'Next' });
    expect(await follower.catchUp()).toEqual({ missed: false });
    expect(log.since(log.id, known)).toMatchObject([{ delta: { set: { lastName: 'Next' } } }]);
    await follower.close();
  });

  it('makes the clients of such a server read everything again', async () => {
    const file = await estateFile();
    const primary = await startServer({ file, spareEntries: 10 });
    const proxy = await runServer('--file', file, '--role', 'proxy', '--quiet');
    const client = connectTo([proxy]);
    const kinds: string[] = [];
    client.subscribePersons(({ kind }) => kinds.push(kind));
    await client.readTenants({});
    await primary.store.updatePerson(101, { lastName: 'Seen' });
    await until(() => kinds.length === 1, 'the proxy tells a change');
    proxy.child.kill('SIGSTOP');
    await primary.store.updatePerson(101, { lastName: 'Missed' });
    primary.expireHistory();
    await logIn(primary, 80);
    proxy.child.kill('SIGCONT');
    await until(() => kinds.length === 2, 'the client hears that it missed something', 15_000);
    expect(kinds).toEqual(['updated', 'resync']);
    expect(await client.readPersons({ dbid: 101 })).toMatchObject([{ lastName: 'Missed' }]);
  }, 30_000);

  it('stays where a link leads to, readable by its owner alone', async () => {
    const file = await estateFile();
    const linked = `${file}.link`;
    await writeFile(file, '');
    await symlink(file, linked);
    const server = await startServer({ file: linked, spareEntries: 10 });
    await logIn(server, 80);
    await server.close();
    expect((await lstat(linked)).isSymbolicLink()).toBe(true);
    expect(await lines(file)).toBeLessThan(80);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('goes on as it is where it cannot be written anew', async () => {
    const file = await estateFile();
    const log = recordingLog();
    const first = await startServer({ file, spareEntries: 10, log });
    // What cannot be removed as a file is in the way of the draft.
    await mkdir(`${file}.draft`);
    await logIn(first, 80);
    await first.store.updatePerson(101, { lastName: 'Kept' });
    expect(log.lines.filter((line) => line.includes('could not be written anew'))).toHaveLength(1);
    await first.close();
    const second = await startServer({ file });
    expect(second.store.personNamed('agent')).toMatchObject({ lastName: 'Kept' });
  });

  it('loses no acknowledged change when the process is killed over it, again and again', async () => {
    const file = await estateFile();
    const program = fileURLToPath(new URL('compacting-server.ts', import.meta.url));
    let password = agent.password;
    for (let round = 0; round < 3; round += 1) {
      const { port, child, exited, output } = await runReady(program, [file]);
      const client = connectTo([{ port }]);
      let attempted = password;
      const working = (async () => {
        for (let count = 0; ; count += 1) {
          await Promise.all(
            Array.from({ length: 20 }, () => client.authenticate({ userName: 'agent', password })),
          );
          attempted = `round-${round}-${count}-secret`;
          await client.changePassword({ userName: 'agent', oldPassword: password, newPassword: attempted });
          password = attempted;
        }
      })().catch((error) => error.code);
      await until(() => output().split('written anew').length > 3 + round, 'it is written anew', 15_000);
      child.kill('SIGKILL');
      await exited;
      await working;
      await client.close();
      const next = await startServer({ file });
      const outcomes = await Promise.allSettled(
        [...new Set([password, attempted])].map((candidate) =>
          connectTo([next]).authenticate({ userName: 'agent', password: candidate }),
        ),
      );
      const works = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(works).toBeGreaterThanOrEqual(0);
      password = [password, attempted][works] as string;
      await next.close();
    }
  }, 90_000);
});
