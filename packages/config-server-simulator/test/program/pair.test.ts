import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agent, connectTo, quickStandby, startServer, until, watchSuite } from '../harness.ts';
import { runServer } from './run-program.ts';

watchSuite();

async function estateFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'estate-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'estate.json');
}

describe('a primary and its backup in processes of their own', () => {
  it('survive the death of the primary: the backup knows everything, and the client goes on', async () => {
    const file = await estateFile();
    const primary = await runServer('--file', file, '--name', 'one');
    const backup = await runServer('--file', file, '--name', 'two', '--role', 'backup');
    const client = connectTo([primary, backup]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.changePassword({
      userName: 'agent',
      oldPassword: agent.password,
      newPassword: 'first-secret',
    });
    await until(() => changes.length === 1, 'the change is told');
    expect(client.endpoint).toContain(String(primary.port));
    primary.child.kill('SIGKILL');
    await until(() => client.endpoint?.includes(String(backup.port)) === true, 'the backup took over');
    await client.changePassword({
      userName: 'agent',
      oldPassword: 'first-secret',
      newPassword: 'second-secret',
    });
    await until(() => changes.length === 2, 'the next change is told, without a resync');
    expect(changes.map(({ kind }) => kind)).toEqual(['updated', 'updated']);
    // The dead one comes back as backup, and has learnt what happened when it is needed.
    const returned = await runServer('--file', file, '--name', 'one', '--role', 'backup');
    const later = connectTo([returned, backup]);
    await later.authenticate({ userName: 'agent', password: 'second-secret' });
    expect(later.endpoint).toContain(String(backup.port));
    backup.child.kill('SIGTERM');
    expect(await backup.exited).toBe(0);
    await until(() => later.endpoint?.includes(String(returned.port)) === true, 'it is primary again');
    await expect(later.authenticate({ userName: 'agent', password: 'second-secret' })).resolves.toBeDefined();
  }, 60_000);

  it('the primary killed with 64 requests in flight: each call settles once, reads on the backup', async () => {
    const file = await estateFile();
    const primary = await runServer('--file', file, '--quiet');
    const backup = await runServer('--file', file, '--role', 'backup', '--quiet');
    const client = connectTo([primary, backup], {
      standby: { ...quickStandby, failFastAfterMs: 20_000 },
    });
    await client.authenticate(agent);
    let settlements = 0;
    const count = <T>(promise: Promise<T>) => promise.finally(() => (settlements += 1));
    // Real password hashes, two at a time: most of them are still in the server's queue when it dies.
    const logins = Array.from({ length: 32 }, () => count(client.authenticate(agent)));
    const reads = Array.from({ length: 32 }, () => count(client.readPersons({})));
    const outcomes = Promise.allSettled([...logins, ...reads]);
    await Promise.any(logins);
    primary.child.kill('SIGKILL');
    const results = await outcomes;
    const codes = results.map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code));
    expect(new Set(codes.slice(0, 32))).toEqual(new Set(['ok', 'OutcomeUnknown']));
    expect(new Set(codes.slice(32))).toEqual(new Set(['ok']));
    expect(settlements).toBe(64);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(client.endpoint).toContain(String(backup.port));
  }, 60_000);

  it('change places on demand without a failed read or login, and back again', async () => {
    const file = await estateFile();
    const servers = [
      await runServer('--file', file, '--name', 'one'),
      await runServer('--file', file, '--name', 'two', '--role', 'backup'),
    ] as const;
    const client = connectTo([...servers]);
    await client.authenticate(agent);
    let isDone = false;
    let calls = 0;
    const working = (async () => {
      while (!isDone) {
        await client.readPersons({ dbid: 101 });
        await client.authenticate(agent);
        calls += 1;
      }
    })();
    servers[0].child.kill('SIGUSR2');
    await until(
      () => client.endpoint?.includes(String(servers[1].port)) === true,
      'the second one serves',
      10_000,
    );
    const before = calls;
    await until(() => calls > before + 3, 'calls go on');
    servers[1].child.kill('SIGUSR2');
    await until(
      () => client.endpoint?.includes(String(servers[0].port)) === true,
      'the first one serves again',
      10_000,
    );
    isDone = true;
    await working;
  }, 60_000);

  it('do not change places without a file to hand over by', async () => {
    const alone = await runServer('--name', 'alone');
    alone.child.kill('SIGUSR2');
    await until(() => alone.output().includes('the hand-over failed'), 'the refusal is logged');
    await expect(connectTo([alone]).authenticate(agent)).resolves.toBeDefined();
  }, 30_000);

  it('are joined by a proxy that reads at once what the primary writes', async () => {
    const file = await estateFile();
    const primary = await startServer({ file });
    const proxy = await startServer({ file, role: 'proxy' });
    const client = connectTo([
      { port: proxy.port, role: 'proxy' },
      { port: primary.port, role: 'backup' },
    ]);
    const changes: PersonChange[] = [];
    client.subscribePersons((change) => changes.push(change));
    await client.readTenants({});
    await primary.store.updatePerson(101, { lastName: 'Seen' });
    await until(() => changes.length === 1, 'the change arrives through the proxy');
    const direct = connectTo([proxy]);
    await direct
      .changePassword({ userName: 'agent', oldPassword: agent.password, newPassword: 'x' })
      .catch((error) => {
        expect(error.code).toBe('ReadOnly');
      });
    await expect(direct.authenticate(agent)).resolves.toBeDefined();
  });

  it('never write the same file at the same time', async () => {
    const file = await estateFile();
    const first = await startServer({ file });
    await expect(startServer({ file })).rejects.toThrow(/is written by process \d+/);
    await expect(startServer({ file: `${file}.other`, role: 'backup' })).rejects.toThrow(
      /holds no estate yet/,
    );
    await first.close();
    await expect(startServer({ file })).resolves.toBeDefined();
  });

  it('leave the file to others when the port is taken', async () => {
    const file = await estateFile();
    const other = await startServer();
    await expect(startServer({ file, port: other.port })).rejects.toThrow('EADDRINUSE');
    await expect(startServer({ file })).resolves.toBeDefined();
  });
});
