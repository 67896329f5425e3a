import { describe, expect, it } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { agent, connectTo, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

const quickAddp = { localTimeoutSeconds: 0.2, remoteTimeoutSeconds: 0, traceMode: 'off' as const };

/** A primary behind the proxy, a backup that is reached directly. */
async function pair() {
  const primary = await startServer({ name: 'primary' });
  const backup = await startServer({ name: 'backup' });
  const proxy = await startChaosProxy(primary.port);
  return { primary, backup, proxy };
}

async function untilMoved(client: { endpoint: string | undefined }, port: number) {
  await until(() => client.endpoint?.endsWith(`:${port}`) === true, 'the client moved');
}

describe('a peer that falls silent', () => {
  it.each([
    ['both directions are dead', { swallowToClient: true, swallowToServer: true }],
    ['only answers are lost', { swallowToClient: true }],
  ])('is given up within two timeouts when %s; nothing in flight stays open', async (_name, rules) => {
    const { backup, proxy } = await pair();
    const client = connectTo([{ port: proxy.port }, { port: backup.port }], { addp: quickAddp });
    await client.authenticate(agent);
    proxy.rules = rules;
    const startedMs = performance.now();
    const [login, read] = await Promise.all([
      client.authenticate(agent).catch((error) => ({ error, atMs: performance.now() })),
      client.readPersons({ dbid: 101 }),
    ]);
    expect(login).toMatchObject({ error: { code: 'OutcomeUnknown', sent: true } });
    // The promise is 2 x T; the machine gets as much again before the test complains.
    expect((login as { atMs: number }).atMs - startedMs).toBeLessThan(1_000);
    expect(read).toHaveLength(1);
    await untilMoved(client, backup.port);
  });

  it('is changed for another server when it answers polls but no requests', async () => {
    const { primary, backup } = await pair();
    const client = connectTo([primary, backup], { addp: quickAddp });
    await client.authenticate(agent);
    primary.faults.beforeRequest = () => new Promise(() => undefined);
    for (let count = 0; count < 5; count += 1) {
      await expect(client.authenticate(agent, { deadlineMs: 60 })).rejects.toMatchObject({
        code: 'RequestTimeout',
        sent: true,
      });
    }
    await untilMoved(client, backup.port);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('is kept while it only answers slowly', async () => {
    const { primary, backup } = await pair();
    const client = connectTo([primary, backup], { addp: quickAddp });
    await client.authenticate(agent);
    primary.faults.beforeRequest = () => new Promise((resolve) => setTimeout(resolve, 700));
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(client.endpoint).toContain(String(primary.port));
  });

  it('is noticed by the server as well, which frees the session', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy], {
      addp: { localTimeoutSeconds: 0, remoteTimeoutSeconds: 0.2, traceMode: 'off' },
    });
    await client.authenticate(agent);
    expect(server.sessionCount()).toBe(1);
    proxy.rules = { swallowToServer: true };
    await until(() => server.sessionCount() === 0, 'the server gave the client up');
    proxy.rules = {};
    await until(() => server.sessionCount() === 1, 'the client is back');
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('that never finishes a frame is dropped by the frame timer, although it answers polls', async () => {
    const server = await startServer({ limits: { frameTimeoutMs: 300 } });
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy], { addp: quickAddp });
    await client.authenticate(agent);
    // The server sees a request without its last byte.
    proxy.rules = { toServer: (chunk) => (chunk.length > 40 ? chunk.subarray(0, -1) : chunk) };
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'OutcomeUnknown' });
    proxy.rules = {};
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });
});
