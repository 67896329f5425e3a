import net from 'node:net';
import tls from 'node:tls';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it, onTestFinished } from 'vitest';
import { agent, connectTo, quickStandby, startServer, until, watchSuite } from '../harness.ts';

watchSuite();

const authority = createAuthority();
const identity = authority.issue();

/** The first failure a client reports for this server. */
async function firstFailure(port: number, options: Parameters<typeof connectTo>[1] = {}): Promise<string> {
  const failures: string[] = [];
  connectTo([{ port }], {
    ...options,
    metrics: { connectionFailed: (_endpoint, code) => failures.push(code) },
    standby: { ...quickStandby, openTimeoutMs: 500 },
  });
  await until(() => failures.length > 0, 'an attempt failed');
  return failures[0] as string;
}

describe('TLS', () => {
  it('carries logins when authority and name are right', async () => {
    const server = await startServer({ tls: identity });
    const client = connectTo([server], { tls: { ca: authority.cert } });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it('checks the given server name instead of the host', async () => {
    const server = await startServer({ tls: authority.issue({ names: ['config.example.com'] }) });
    const client = connectTo([server], { tls: { ca: authority.cert, serverName: 'config.example.com' } });
    await expect(client.authenticate(agent)).resolves.toBeDefined();
  });

  it.each([
    ['an expired certificate', authority.issue({ validUntil: new Date(Date.now() - 1_000) }), {}],
    ['a certificate for another host', authority.issue({ names: ['other.example.com'] }), {}],
    ['an unknown authority', createAuthority('another').issue(), {}],
    ['a server name that is not in the certificate', identity, { serverName: 'config.example.com' }],
  ])('refuses %s', async (_name, serverIdentity, options) => {
    const server = await startServer({ tls: serverIdentity });
    expect(await firstFailure(server.port, { tls: { ca: authority.cert, ...options } })).toBe('TlsFailure');
    expect(server.sessionCount()).toBe(0);
  });

  it('needs a client certificate where the server asks for one', async () => {
    const server = await startServer({ tls: { ...identity, clientCa: authority.cert } });
    const known = connectTo([server], {
      tls: { ca: authority.cert, ...authority.issue({ names: ['gatehouse'] }) },
    });
    await expect(known.authenticate(agent)).resolves.toBeDefined();
    const stranger = createAuthority('another').issue({ names: ['gatehouse'] });
    // In TLS 1.3 the refusal comes after the client's side of the handshake is done.
    const refusals = ['TlsFailure', 'ConnectionLost'];
    expect(refusals).toContain(await firstFailure(server.port, { tls: { ca: authority.cert } }));
    expect(refusals).toContain(await firstFailure(server.port, { tls: { ca: authority.cert, ...stranger } }));
    expect(server.sessionCount()).toBe(1);
  });

  it('takes renewed certificates for new connections, without a restart', async () => {
    const server = await startServer({ tls: { ...identity, clientCa: authority.cert } });
    let current = createAuthority('another').issue({ names: ['gatehouse'] });
    const client = connectTo([server], { tls: () => ({ ca: authority.cert, ...current }) });
    await expect(client.authenticate(agent)).rejects.toMatchObject({ code: 'NoEndpoint' });
    current = authority.issue({ names: ['gatehouse'] });
    await until(() => client.state === 'open', 'the renewed certificate is used');
  });

  it('refuses versions below 1.2', async () => {
    const old = tls.createServer({
      cert: identity.cert,
      key: identity.key,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    old.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => old.close(() => resolve())));
    const { port } = old.address() as net.AddressInfo;
    expect(await firstFailure(port, { tls: { ca: authority.cert } })).toBe('TlsFailure');
  });

  it('never falls back to plaintext: a plain server hears no registration', async () => {
    const heard: Buffer[] = [];
    const plain = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => heard.push(chunk));
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => plain.close(() => resolve())));
    const { port } = plain.address() as net.AddressInfo;
    expect(await firstFailure(port, { tls: { ca: authority.cert } })).toBe('ConnectTimeout');
    expect(Buffer.concat(heard).includes('gatehouse')).toBe(false);
  });

  it('on one side only is named as such, quickly', async () => {
    const plain = await startServer();
    expect(await firstFailure(plain.port, { tls: { ca: authority.cert } })).toBe('TlsFailure');
    const encrypted = await startServer({ tls: identity });
    expect(await firstFailure(encrypted.port)).toBe('TlsExpected');
  });
});
