import type { ConfMessage } from '@gatehouse/config-server-client/wire';
import { describe, expect, it } from 'vitest';
import { agent, connectTo, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

type Send = (message: ConfMessage, refId: number) => void;

describe('answers', () => {
  it('in reverse order, and lists mixed page by page, reach the right callers', async () => {
    const server = await startServer({ limits: { pageObjects: 1 } });
    const client = connectTo([server]);
    await client.authenticate(agent);
    const held: [ConfMessage, number][] = [];
    let sendLater: Send | undefined;
    server.faults.onAnswer = (answer, refId, send) => {
      held.push([answer, refId]);
      sendLater = send;
    };
    const users = ['agent', 'supervisor', 'admin', 'newcomer'];
    const logins = users.map((userName) =>
      client.authenticate({ userName, password: `demo-${userName}-password` }),
    );
    const lists = [
      client.readPersons({ tenant_dbid: 101 }),
      client.readPersons({ is_agent: 2 }),
      client.readTenants({}),
    ];
    // 4 logins; 5, 2 and 2 pages; 3 ends.
    await until(() => held.length === 16, 'all answers are held');
    server.faults.onAnswer = (answer, refId, send) => send(answer, refId);
    const lastToFirst = held.filter(([answer]) => answer.name === 'EventAuthenticated').reverse();
    const pages = held.filter(([answer]) => answer.name !== 'EventAuthenticated');
    const refIds = [...new Set(pages.map(([, refId]) => refId))];
    const mixed = Array.from({ length: 16 }, (_, turn) =>
      refIds.flatMap((refId) => pages.filter(([, own]) => own === refId).slice(turn, turn + 1)),
    ).flat();
    for (const [answer, refId] of [...lastToFirst, ...mixed]) sendLater?.(answer, refId);
    expect((await Promise.all(logins)).map(({ userName }) => userName)).toEqual(users);
    expect((await Promise.all(lists)).map((list) => list.length)).toEqual([5, 2, 2]);
  });

  it('that come twice, or too late, are dropped and counted', async () => {
    const server = await startServer();
    const dropped: string[] = [];
    const client = connectTo([server], { metrics: { answerDropped: (kind) => dropped.push(kind) } });
    await client.authenticate(agent);
    server.faults.onAnswer = (answer, refId, send) => {
      send(answer, refId);
      send(answer, refId);
    };
    await client.authenticate(agent);
    let sendLate: (() => void) | undefined;
    server.faults.onAnswer = (answer, refId, send) => {
      sendLate = () => send(answer, refId);
    };
    await expect(client.authenticate(agent, { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'RequestTimeout',
    });
    await until(() => sendLate !== undefined, 'the late answer is there');
    server.faults.onAnswer = (answer, refId, send) => send(answer, refId);
    sendLate?.();
    await client.authenticate(agent);
    expect(dropped).toEqual(['late', 'late']);
  });

  it('to an aborted call are dropped, and the connection lives', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    const abort = new AbortController();
    server.faults.beforeRequest = () => abort.abort();
    await expect(client.authenticate(agent, { signal: abort.signal })).rejects.toMatchObject({
      code: 'Aborted',
      sent: true,
    });
    server.faults.beforeRequest = () => undefined;
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('nobody asked for end the connection after ten', async () => {
    const server = await startServer();
    const dropped: string[] = [];
    const client = connectTo([server], { metrics: { answerDropped: (kind) => dropped.push(kind) } });
    await client.authenticate(agent);
    server.faults.onAnswer = (answer, refId, send) => {
      for (let count = 0; count < 9; count += 1) send(answer, 4_000_000_000 + count);
      send(answer, refId);
    };
    await client.authenticate(agent);
    expect(dropped).toHaveLength(9);
    server.faults.onAnswer = (answer, refId, send) =>
      send(answer, answer.name === 'EventAuthenticated' ? 4_000_000_000 : refId);
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'OutcomeUnknown' });
    server.faults.onAnswer = (answer, refId, send) => send(answer, refId);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('of the wrong kind fail their own request', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    server.faults.onAnswer = (_answer, refId, send) =>
      send({ name: 'EventPasswordChanged', body: { passwordUpdatingDate: 1 } }, refId);
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'ProtocolViolation' });
    server.faults.onAnswer = (answer, refId, send) => send(answer, refId);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('with an error in the middle of a list discard the list', async () => {
    const server = await startServer({ limits: { pageObjects: 1 } });
    const client = connectTo([server]);
    await client.authenticate(agent);
    let pages = 0;
    server.faults.onAnswer = (answer, refId, send) => {
      if (answer.name !== 'EventObjectsRead' || ++pages !== 3) return send(answer, refId);
      send(
        { name: 'EventError', body: { error: 'AccessDenied', description: 'no further', retryable: false } },
        refId,
      );
    };
    await expect(client.readPersons({})).rejects.toMatchObject({ code: 'AccessDenied' });
    // The pages that come behind the error belong to nobody.
    expect(await client.readPersons({})).toHaveLength(6);
    expect(server.sessionCount()).toBe(1);
  });

  it('that announce another number of objects than came are not taken for complete', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    server.faults.onAnswer = (answer, refId, send) => {
      if (answer.name !== 'EventObjectsRead') send(answer, refId);
    };
    await expect(client.readPersons({})).rejects.toMatchObject({ code: 'ProtocolViolation' });
  });

  it('with an error name of a later version are an internal error that says which', async () => {
    const server = await startServer();
    const client = connectTo([server]);
    await client.authenticate(agent);
    server.faults.onAnswer = (_answer, refId, send) =>
      send(
        {
          name: 'EventError',
          body: { error: 'FromTheFuture', description: 'x', retryable: true, errorType: 77 },
        },
        refId,
      );
    await expect(client.authenticate(agent)).rejects.toMatchObject({
      code: 'InternalError',
      retryable: true,
      details: { error: 'FromTheFuture' },
    });
  });

  it('that are slow fill window and queue, never more; afterwards everything is as before', async () => {
    const server = await startServer();
    const depths: number[] = [];
    const flights: number[] = [];
    const client = connectTo([server], {
      metrics: { queueDepth: (waiting) => depths.push(waiting), inFlight: (count) => flights.push(count) },
    });
    await client.authenticate(agent);
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    server.faults.beforeRequest = () => gate;
    const calls = Array.from({ length: 64 + 1_024 + 50 }, () =>
      client.readTenants({ dbid: 1 }).then(
        () => 'ok',
        (error) => error.code,
      ),
    );
    await until(() => flights.includes(64) && depths.includes(1_024), 'the window and the queue are full');
    release?.();
    server.faults.beforeRequest = () => undefined;
    const outcomes = await Promise.all(calls);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(64 + 1_024);
    expect(outcomes.filter((outcome) => outcome === 'QueueFull')).toHaveLength(50);
    expect(Math.max(...flights)).toBe(64);
    expect(Math.max(...depths)).toBeLessThanOrEqual(1_024);
    // Whoever comes now waits for nothing: each call has a place at once, and none is left from before.
    depths.length = 0;
    flights.length = 0;
    const later = Array.from({ length: 64 }, () => client.readTenants({ dbid: 1 }, { deadlineMs: 1_000 }));
    expect(await Promise.all(later)).toHaveLength(64);
    expect(depths.filter((depth) => depth > 0)).toEqual([]);
    expect(flights.at(-1)).toBe(0);
  });
});
