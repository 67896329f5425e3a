import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agent, connectTo, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

describe('roles of servers', () => {
  it('a backup that says so costs no pause', async () => {
    const backup = await startServer({ role: 'backup' });
    const primary = await startServer();
    const client = connectTo([backup, primary]);
    const startedMs = performance.now();
    await client.authenticate(agent);
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(client.endpoint).toContain(String(primary.port));
  });

  it('an announced switchover costs no read', async () => {
    const a = await startServer({ serverEpoch: 1 });
    const b = await startServer({ role: 'backup', serverEpoch: 1 });
    const client = connectTo([a, b]);
    await client.authenticate(agent);
    let isDone = false;
    const reading = (async () => {
      let reads = 0;
      while (!isDone) {
        await client.readPersons({ dbid: 101 });
        reads += 1;
      }
      return reads;
    })();
    b.state.epoch = 2;
    b.state.role = 'primary';
    await a.handOver();
    await until(() => client.endpoint?.includes(String(b.port)) === true, 'the client moved');
    isDone = true;
    expect(await reading).toBeGreaterThan(0);
  });

  it('a server with an older epoch than seen before is not used', async () => {
    const a = await startServer({ serverEpoch: 3 });
    const b = await startServer({ serverEpoch: 2 });
    const client = connectTo([a, b]);
    await client.authenticate(agent);
    await a.close();
    await until(() => client.state === 'down', 'the old primary is no way out');
    expect(client.stateReason).toBeDefined();
    b.state.epoch = 3;
    await until(() => client.state === 'open', 'the new epoch is accepted');
  });

  it('a proxy answers reads and logins; changes go to a server that takes them', async () => {
    const proxy = await startServer({ role: 'proxy' });
    const primary = await startServer();
    const client = connectTo([
      { port: proxy.port, role: 'primary' },
      { port: primary.port, role: 'backup' },
    ]);
    await client.authenticate(agent);
    expect(client.endpoint).toContain(String(proxy.port));
    // The list does not say that the first one is a proxy; its registration does.
    await client.changePassword({
      userName: 'agent',
      oldPassword: agent.password,
      newPassword: 'moved-secret',
    });
    expect(primary.store.personNamed('agent')?.['PasswordUpdatingDate']).toBeGreaterThan(0);
    expect(client.endpoint).toContain(String(proxy.port));
    const named = connectTo([
      { port: proxy.port, role: 'proxy' },
      { port: primary.port, role: 'backup', readOnly: false },
    ]);
    await named.changePassword({
      userName: 'supervisor',
      oldPassword: 'demo-supervisor-password',
      newPassword: 'moved-secret',
    });
    expect(primary.store.personNamed('supervisor')?.['PasswordUpdatingDate']).toBeGreaterThan(0);
    expect(proxy.store.personNamed('supervisor')?.['PasswordUpdatingDate']).toBe(0);
  });

  it('a change never goes to a primary of an older epoch than was seen by the reads', async () => {
    const proxy = await startServer({ role: 'proxy', serverEpoch: 3 });
    const deposed = await startServer({ serverEpoch: 2 });
    const primary = await startServer({ serverEpoch: 3 });
    const client = connectTo([
      { port: proxy.port, role: 'primary' },
      { port: deposed.port, role: 'backup' },
      { port: primary.port, role: 'backup' },
    ]);
    await client.authenticate(agent);
    expect(client.endpoint).toContain(String(proxy.port));
    await client.changePassword({
      userName: 'agent',
      oldPassword: agent.password,
      newPassword: 'moved-secret',
    });
    expect(deposed.store.personNamed('agent')?.['PasswordUpdatingDate']).toBe(0);
    expect(primary.store.personNamed('agent')?.['PasswordUpdatingDate']).toBeGreaterThan(0);
  });

  it('a proxy rises with the epoch of the primary it follows, so it is still good after a switchover', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'estate-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'estate.json');
    const first = await startServer({ file });
    const proxy = await startServer({ file, role: 'proxy' });
    const second = await startServer({ file, role: 'backup' });
    await first.close();
    await until(() => second.state.role === 'primary', 'the backup took over');
    const client = connectTo([second, { port: proxy.port, role: 'proxy' }]);
    await client.authenticate(agent);
    expect(client.endpoint).toContain(String(second.port));
    await second.close();
    await until(() => client.endpoint?.includes(String(proxy.port)) === true, 'the proxy serves');
    await expect(client.readPersons({ dbid: 101 })).resolves.toHaveLength(1);
  });

  it('a server in read-only mode refuses a change with ReadOnly when there is no other', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    server.state.operationalMode = 2;
    const change = { userName: 'agent', oldPassword: agent.password, newPassword: 'new-secret' };
    await expect(client.changePassword(change)).rejects.toMatchObject({ code: 'ReadOnly', retryable: true });
    server.state.operationalMode = 1;
    // Answers follow notifications: after this one the client knows the mode.
    await client.readTenants({});
    await expect(client.changePassword(change)).resolves.toBeDefined();
  });
});
