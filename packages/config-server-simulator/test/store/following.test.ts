import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@gatehouse/config-server-client/surroundings';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Simulator } from '../../src/simulator.ts';
import { openEstateFile } from '../../src/store/estate-file.ts';
import { agent, connectTo, startServer, until, watchSuite } from '../harness.ts';
import { runServer } from '../program/run-program.ts';

watchSuite();

async function estateFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'estate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'estate.json');
}

async function logIn(server: Pick<Simulator, 'port'>, times: number): Promise<void> {
  const client = connectTo([server]);
  for (let count = 0; count < times; count += 1) await client.authenticate(agent);
  await client.close();
}

describe('the file of a primary', () => {
  it('is followed by a proxy without a gap and without telling anything twice', async () => {
    const file = await estateFile();
    const primary = await startServer({ file });
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
    expect(await client.readPersons({ user_name: 'agent' })).toMatchObject([{ lastName: 'Name 5' }]);
  }, 30_000);

  it('tells a server that has missed more than it holds', async () => {
    const file = await estateFile();
    const primary = await startServer({ file });
    const follower = await openEstateFile(file, { toWrite: false, log: silentLogger });
    await primary.store.updatePerson(101, { lastName: 'Seen' });
    expect(await follower.catchUp()).toBe(true);
    await primary.store.updatePerson(101, { lastName: 'Missed' });
    primary.expireHistory();
    await logIn(primary, 1);
    expect(await follower.catchUp()).toBe(false);
    expect(follower.store.personNamed('agent')).toMatchObject({ lastName: 'Missed' });
    const { log } = follower.store;
    const known = log.lastHistoryId;
    expect(() => log.since(log.id, known - 1)).toThrow('does not reach back');
    await primary.store.updatePerson(101, { lastName: 'Next' });
    expect(await follower.catchUp()).toBe(true);
    expect(log.since(log.id, known)).toMatchObject([{ delta: { set: { lastName: 'Next' } } }]);
  });

  it('is written by one of two backups that take over at the same time', async () => {
    const file = await estateFile();
    const primary = await startServer({ file });
    const backups = [
      await startServer({ file, role: 'backup' }),
      await startServer({ file, role: 'backup' }),
    ];
    await primary.close();
    const primaries = () => backups.filter(({ state }) => state.role === 'primary');
    await until(() => primaries().length > 0, 'one takes over');
    // Both may have written at the same moment: then one of them resigns.
    await until(
      () => primaries().length === 1 && backups.every(({ state }) => state.epoch === 2),
      'one is left',
    );
    const [taken] = primaries();
    for (let count = 0; count < 5; count += 1)
      await taken?.store.updatePerson(101, { lastName: `Name ${count}` });
    await until(
      () => backups.every((one) => one.store.personNamed('agent')?.['lastName'] === 'Name 4'),
      'both know it',
    );
    expect(primaries()).toEqual([taken]);
    expect(backups.map(({ state }) => state.epoch)).toEqual([2, 2]);
  });

  it('is read again by its primary after a person has edited it, and its clients go on', async () => {
    const file = await estateFile();
    const primary = await startServer({ file });
    const client = connectTo([primary]);
    await client.authenticate(agent);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"lastName":"Agent"', '"lastName":"Edited"'));
    await until(() => primary.store.personNamed('agent')?.['lastName'] === 'Edited', 'it is read');
    await until(() => primary.state.role === 'primary', 'it writes again');
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(await readFile(file, 'utf8')).toContain('"lastName":"Edited"');
  });

  it('makes the clients of such a server read everything again', async () => {
    const file = await estateFile();
    const primary = await startServer({ file });
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
    await logIn(primary, 1);
    proxy.child.kill('SIGCONT');
    await until(() => kinds.length === 2, 'the client hears that it missed something', 15_000);
    expect(kinds).toEqual(['updated', 'resync']);
    expect(await client.readPersons({ dbid: 101 })).toMatchObject([{ lastName: 'Missed' }]);
  }, 30_000);
});
