import { randomBytes, randomInt } from 'node:crypto';
import net from 'node:net';
import type { ConfMessage } from '@gatehouse/config-server-client/wire';
import { encode } from 'cborg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startChaosProxy } from '../chaos-proxy.ts';
import { agent, connectTo, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

/** A server that says one thing to everybody who connects, and keeps what it is told. */
async function startForeignServer(greeting: Uint8Array) {
  const heard: Buffer[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => heard.push(chunk));
    socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.address() as net.AddressInfo).port, heard };
}

function frame(messageId: number, refId: number, body: Uint8Array, length = body.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16BE(0x4f43, 0);
  header[2] = 1;
  header[3] = 1;
  header.writeUInt16BE(messageId, 4);
  header.writeUInt32BE(refId, 8);
  header.writeUInt32BE(length, 12);
  return Buffer.concat([header, body]);
}

describe('bytes on a bad day', () => {
  it('single ones, and many frames in one chunk, make no difference', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    proxy.rules = { sliceBytes: 1 };
    const client = connectTo([proxy]);
    const persons = await client.readPersons({});
    proxy.rules = {};
    expect(await client.readPersons({})).toEqual(persons);
    expect(await Promise.all(Array.from({ length: 200 }, () => client.authenticate(agent)))).toHaveLength(
      200,
    );
  });

  it.each([
    ['an HTTP server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'NotThisProtocol'],
    ['a TLS server', Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]), 'TlsExpected'],
    ['a TLS client', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05]), 'TlsExpected'],
    // Any first byte but the three that mean something.
    ['noise', Buffer.concat([Buffer.from([0x80 + randomInt(0x80)]), randomBytes(63)]), 'NotThisProtocol'],
  ])('from %s are named, not answered, and the next server is used', async (_name, greeting, code) => {
    const foreign = await startForeignServer(greeting);
    const server = await startServer();
    const failures: string[] = [];
    const client = connectTo([foreign, server], {
      metrics: { connectionFailed: (_endpoint, failure) => failures.push(failure) },
    });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(failures).toEqual([code]);
    // The registration may have left already; after the greeting nothing more was said.
    const heard = Buffer.concat(foreign.heard);
    expect(heard.length === 0 || heard.readUInt32BE(12) + 16 === heard.length).toBe(true);
  });

  it.each([
    ['garbage', Buffer.from('garbage in the middle')],
    ['a length beyond every limit', frame(11, 1, Buffer.alloc(0), 0xffff_ffff)],
    ['a length one beyond the limit', frame(11, 1, Buffer.alloc(0), 1024 * 1024 + 1)],
    ['a data frame of length 0', frame(11, 1, Buffer.alloc(0))],
    [
      'answers to questions never asked',
      Buffer.concat(
        Array.from({ length: 10 }, () => frame(13, 0xffff_0000, encode({ passwordUpdatingDate: 1 }))),
      ),
    ],
  ])(
    'in the middle of the stream, %s end the connection; what was in flight settles, the next connection works',
    async (_name, bytes) => {
      const server = await startServer();
      const proxy = await startChaosProxy(server.port);
      const client = connectTo([proxy]);
      await client.authenticate(agent);
      server.faults.beforeRequest = () => new Promise(() => undefined);
      const login = client.authenticate(agent).catch((error) => error);
      await client.authenticate(agent, { deadlineMs: 20 }).catch(() => undefined);
      server.faults.beforeRequest = () => undefined;
      proxy.injectToClients(bytes);
      expect(await login).toMatchObject({ code: 'OutcomeUnknown' });
      await expect(client.authenticate(agent)).resolves.toBeDefined();
      expect(proxy.accepted).toBe(2);
    },
  );

  it('in the middle of the stream hide no answer: nothing behind them is decoded', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy]);
    await client.authenticate(agent);
    let refId = 0;
    proxy.rules = {
      toServer: (chunk) => {
        refId = chunk.readUInt32BE(8);
        return Buffer.alloc(0);
      },
    };
    const login = client.authenticate(agent).catch((error) => error);
    await until(() => refId !== 0, 'the login was sent');
    proxy.rules = {};
    const forged = { userDbid: 666, tenantDbid: 1, userName: 'forged', changePasswordRequired: false };
    proxy.injectToClients(Buffer.concat([Buffer.from('garbage'), frame(11, refId, encode(forged))]));
    expect(await login).toMatchObject({ code: 'OutcomeUnknown' });
    await expect(client.authenticate(agent)).resolves.toMatchObject({ userDbid: 101 });
  });

  const bombs: [string, Uint8Array][] = [
    ['too deep', Buffer.alloc(200_000, 0x81)],
    ['of too many items', Buffer.concat([Buffer.from('9a00030d41', 'hex'), Buffer.alloc(200_001)])],
    ['a declared string of 4 GiB', Buffer.from('7affffffff61', 'hex')],
    ['a declared list of 4 G items', Buffer.from('9affffffff00', 'hex')],
    ['a tag', Buffer.from('c060', 'hex')],
    ['duplicate keys', Buffer.from('a2616101616102', 'hex')],
    ['invalid UTF-8', Buffer.from('62c328', 'hex')],
    ['a prototype', Buffer.from('a1695f5f70726f746f5f5fa168706f6c6c75746564f5', 'hex')],
    ['the wrong shape', encode({ userDbid: 'not a number', userName: 7 })],
  ];

  it.each(bombs)('in an answer that is %s fail that request only', async (_name, body) => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy]);
    await client.authenticate(agent);
    proxy.rules = {
      toClient: (chunk) => (chunk.readUInt16BE(4) === 11 ? frame(11, chunk.readUInt32BE(8), body) : chunk),
    };
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'MalformedBody', sent: true });
    proxy.rules = {};
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(proxy.accepted).toBe(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(bombs)(
    'in a request that is %s fail that request only, and the server lives',
    async (_name, body) => {
      const server = await startServer();
      const proxy = await startChaosProxy(server.port);
      const client = connectTo([proxy]);
      await client.authenticate(agent);
      proxy.rules = { toServer: (chunk) => frame(chunk.readUInt16BE(4), chunk.readUInt32BE(8), body) };
      await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'MalformedBody' });
      proxy.rules = {};
      await expect(client.authenticate(agent)).resolves.toBeDefined();
      expect(proxy.accepted).toBe(1);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('of a poll without a body are a poll, in both directions', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy]);
    await client.authenticate(agent);
    const heardKinds: number[] = [];
    proxy.rules = {
      toServer: (chunk) => {
        heardKinds.push(chunk[3] as number);
        return chunk;
      },
    };
    const poll = frame(0, 0, Buffer.alloc(0));
    poll[3] = 2;
    proxy.injectToClients(poll);
    await until(() => heardKinds.includes(3), 'the client answers');
    const answer = await talk(server.port, Buffer.concat([poll, Buffer.from('garbage')]));
    expect(answer[3]).toBe(3);
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(proxy.accepted).toBe(1);
  });

  it('of later versions are taken for what they say to this one: fields dropped, numbers kept, news ignored', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy]);
    await client.authenticate(agent);
    server.faults.onAnswer = (answer, refId, send) => {
      const body: Record<string, unknown> = { ...answer.body, fromTheFuture: { a: [1] } };
      if (answer.name === 'EventObjectsRead')
        body['objects'] = answer.body.objects.map((person) => ({ ...person, state: 77, newField: 'x' }));
      send({ ...answer, body } as ConfMessage, refId);
    };
    const user = await client.authenticate(agent);
    expect(Object.keys(user).sort()).toEqual(
      ['changePasswordRequired', 'lastLogin', 'tenantDbid', 'userDbid', 'userName'].sort(),
    );
    expect(await client.readPersons({ dbid: 101 })).toMatchObject([{ DBID: 101, state: 77 }]);
    proxy.injectToClients(frame(1999, 0, encode({ news: true })));
    await expect(client.authenticate(agent)).resolves.toBeDefined();
    expect(proxy.accepted).toBe(1);
  });

  it('of an unknown message get an error answer, and the connection lives', async () => {
    const server = await startServer();
    const proxy = await startChaosProxy(server.port);
    const client = connectTo([proxy]);
    await client.authenticate(agent);
    proxy.rules = { toServer: (chunk) => frame(998, chunk.readUInt32BE(8), encode({})) };
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'UnknownMessage' });
    proxy.rules = { toServer: (chunk) => frame(24, chunk.readUInt32BE(8), encode({ objectType: 3 })) };
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'UnknownMessage' });
    proxy.rules = {};
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('of strangers do not stop a server: foreign protocols, half a registration, another first message', async () => {
    const server = await startServer({ limits: { registerTimeoutMs: 150 } });
    const answers = await Promise.all(
      [
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        Buffer.from([0x16, 0x03, 0x01, 0x00]),
        frame(2, 1, Buffer.alloc(0), 20_000),
        frame(10, 1, encode({ userName: 'agent', userPassword: 'x' })),
        Buffer.from([0x4f, 0x43, 0x01]),
      ].map((bytes) => talk(server.port, bytes)),
    );
    expect(answers[0]).toHaveLength(0);
    expect(answers[1]).toHaveLength(0);
    expect(answers[2]?.toString('latin1')).toContain('frame-too-large');
    expect(answers[3]?.toString('latin1')).toContain('NotRegistered');
    expect(answers[4]?.toString('latin1')).toContain('register-timeout');
    await expect(connectTo([server]).authenticate(agent)).resolves.toBeDefined();
    await until(() => server.sessionCount() === 1, 'only the client is left');
  });
});

/** Sends and returns everything that comes until the other side closes. */
function talk(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => heard.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(heard)));
  });
}
