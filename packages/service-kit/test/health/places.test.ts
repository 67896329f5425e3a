/** Looks at real TLS servers, good and bad ones, and at names that nobody has. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { createAuthority, type Identity } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { expect, it, onTestFinished } from 'vitest';
import { configuredPlaces, type PlaceSettings } from '../../src/config/places.ts';
import { Secret } from '../../src/crypto/secret.ts';
import { examine } from '../../src/health/diagnosis.ts';
import { certificatesProbe, namesProbe, type Place } from '../../src/health/places.ts';

const authority = createAuthority();
const ca = authority.cert;
const dayMs = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * dayMs);

const look = async (...places: Place[]) => (await examine([certificatesProbe(places, Date.now)])).findings[0];

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function place(identity: Identity, change: Partial<Place> = {}): Promise<Place> {
  const port = await listening(createTlsServer(identity).on('tlsClientError', () => undefined));
  return { host: '127.0.0.1', port, tls: 'direct', ca, ...change };
}

it('certificates that are accepted are told with the days of the first one', async () => {
  const one = await place(authority.issue({ validUntil: inDays(300.5) }));
  const other = await place(authority.issue({ validUntil: inDays(200.5) }));
  expect(await look(one, other)).toMatchObject({
    status: 'ok',
    message: `The certificates of 127.0.0.1:${one.port}, 127.0.0.1:${other.port} are accepted. The first one ends in 200 days.`,
  });
});

it.each([
  ['of another name', { names: ['elsewhere.test'] }, {}, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['that has ended', { validUntil: inDays(-1) }, {}, 'CERT_HAS_EXPIRED'],
  ['of an unknown authority', {}, { ca: createAuthority('another').cert }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
] as const)('a certificate %s fails with its reason', async (_what, issued, change, reason) => {
  const bad = await place(authority.issue({ ...issued } as never), change);
  expect(await look(bad)).toMatchObject({
    status: 'failed',
    message: expect.stringContaining(`127.0.0.1:${bad.port} is not accepted (${reason})`),
  });
  expect(await look({ ...bad, isUnverified: true })).toMatchObject({ status: 'warning' });
});

it('a certificate is renewed in time: the last fifth of its life, of a long one the last 30 days', async () => {
  // It began ten days ago.
  expect(await look(await place(authority.issue({ validUntil: inDays(3) })))).toMatchObject({ status: 'ok' });
  expect(await look(await place(authority.issue({ validUntil: inDays(2) })))).toMatchObject({
    status: 'warning',
    message: expect.stringMatching(/ends in 1 days: renew it/),
  });
  expect(await look(await place(authority.issue({ validUntil: inDays(29) })))).toMatchObject({
    status: 'ok',
  });
  const long = createAuthority('long', inDays(900));
  const old = await place(long.issue({ validUntil: inDays(800) }), { ca: long.cert });
  expect(await look(old)).toMatchObject({ status: 'ok' });
});

it('a name in the certificate that is not the host is accepted where it is configured', async () => {
  const named = await place(authority.issue({ names: ['server.dc1.consul'], validUntil: inDays(100) }), {
    serverName: 'server.dc1.consul',
  });
  expect(await look(named)).toMatchObject({ status: 'ok' });
});

it('PostgreSQL is asked for TLS first; one without it, and one that is down, fail with the reason', async () => {
  const secureContext = createSecureContext(authority.issue({ validUntil: inDays(100) }));
  const server = createServer((socket) => {
    socket.once('data', (question) => {
      expect(question.toString('hex')).toBe('0000000804d2162f');
      socket.write('S');
      new TLSSocket(socket, { isServer: true, secureContext }).on('error', () => undefined);
    });
  });
  const port = await listening(server);
  const postgres: Place = { host: '127.0.0.1', port, tls: 'postgresql', ca };
  expect(await look(postgres)).toMatchObject({ status: 'ok' });
  const without = createServer((socket) => socket.once('data', () => socket.write('N')));
  expect(await look({ ...postgres, port: await listening(without) })).toMatchObject({
    status: 'failed',
    message: 'The server does not speak TLS at this port.',
  });
  expect(await look({ ...postgres, port: await freePort() })).toMatchObject({
    status: 'failed',
    message: expect.stringContaining('Nothing listens at 127.0.0.1:'),
  });
});

it('names are looked up, addresses are not', async () => {
  const names = async (...hosts: string[]) => {
    const places = hosts.map((host): Place => ({ host, port: 1, tls: 'none' }));
    return (await examine([namesProbe(places)])).findings[0];
  };
  expect(await names('127.0.0.1', '::1')).toMatchObject({ status: 'skipped' });
  expect(await names('localhost', '127.0.0.1', 'localhost')).toMatchObject({
    status: 'ok',
    message: 'The name service knows localhost.',
  });
  expect(await names('localhost', 'postgres.invalid')).toMatchObject({
    status: 'failed',
    message: expect.stringMatching(/the host postgres\.invalid/),
  });
});

it('the settings name every server, with TLS where its connections have it', () => {
  const settings = {
    postgres: {
      url: undefined,
      host: 'pg',
      port: 5433,
      ssl: 'require',
      primaryHost: 'first',
      primaryPort: 1,
    },
    redis: { url: 'redis://ignored', clusterNodes: ['r0:7000', '[::1]:7001'], sentinels: [], tls: true },
    consul: { url: 'https://consul:8501', ca: 'of consul', serverName: 'server.dc1.consul' },
    elasticsearch: { nodes: ['http://es'] },
  } as unknown as PlaceSettings;
  const shown = (places: Place[]) => places.map(({ host, port, tls }) => `${host} ${port} ${tls}`);
  const places = configuredPlaces(settings, ['https://auth-api', undefined]);
  expect(shown(places)).toEqual([
    'pg 5433 postgresql',
    'first 1 postgresql',
    'r0 7000 direct',
    '::1 7001 direct',
    'es 80 none',
    'auth-api 443 direct',
    'consul 8501 direct',
  ]);
  expect(places.at(-1)).toMatchObject({ ca: 'of consul', serverName: 'server.dc1.consul' });
  expect(places[0]).toMatchObject({ isUnverified: true });

  const url = new Secret('postgres://user:secret-of-the-test@db.example/gatehouse');
  const byUrl = {
    ...settings,
    postgres: { ...settings.postgres, url, ssl: 'off', primaryHost: undefined },
    redis: { ...settings.redis, clusterNodes: [], url: 'rediss://redis.example', tls: false },
  } as PlaceSettings;
  expect(shown(configuredPlaces(byUrl, []))).toEqual([
    'db.example 5432 none',
    'redis.example 6379 direct',
    'es 80 none',
    'consul 8501 direct',
  ]);
});
