/**
 * Runs in a network of its own whose name server lies: calls of strangers' addresses, Redis and a Configuration Server by name.
 * Prints what happened as JSON.
 */
import { lookup } from 'node:dns';
import { createServer as createHttps } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createAddressPolicy, createHttpClient } from '@gatehouse/api-client/http';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery';
import { createLogger } from '@gatehouse/service-kit/observability';
import { createRedis } from '@gatehouse/service-kit/redis';
import { createAuthority } from '@gatehouse/testing/keys';
import { redisConfigOf, startRedis } from '@gatehouse/testing/redis';
import { type NameAnswer, startNameServer } from './name-server.ts';

const publicAddress = '9.9.9.9';
const names = await startNameServer('127.0.0.53');
const authority = createAuthority();
const identity = authority.issue({ names: ['mixed.test', 'turning.test', 'good.test'] });

const reached: string[] = [];
const server = createHttps(identity, (request, response) => {
  reached.push(String(request.socket.localAddress));
  response.end('{}');
});
await new Promise<void>((resolve) => server.listen(443, '0.0.0.0', resolve));
const insideSockets: string[] = [];
const inside = createTcp((socket) => {
  insideSockets.push(String(socket.localAddress));
  socket.on('error', () => undefined);
});
await new Promise<void>((resolve) => inside.listen({ port: 443, host: '::1' }, resolve));

async function timed<T>(work: () => Promise<T>): Promise<{ outcome: T | string; ms: number }> {
  const startedMs = performance.now();
  const outcome = await work().catch((error) => error.failure ?? error.code ?? error.message);
  return { outcome, ms: Math.round(performance.now() - startedMs) };
}

const strangers = () =>
  createHttpClient({ addresses: createAddressPolicy([], false), ca: authority.cert, timeoutMs: 2_000 });
const call = async (http: ReturnType<typeof strangers>, name: string) =>
  (await http.send({ url: `https://${name}/keys` })).status;

const http = strangers();
const insideAnswers: Record<string, unknown> = {};
for (const address of [
  '127.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '10.0.0.1',
  '169.254.169.254',
  'fd00:ec2::254',
  '64:ff9b::7f00:1',
]) {
  names.set('liar.test', [address]);
  insideAnswers[address] = (await timed(() => call(http, 'liar.test'))).outcome;
}
names.set('mixed.test', ['127.0.0.1', publicAddress, '::1']);
const mixed = (await timed(() => call(http, 'mixed.test'))).outcome;
names.set('turning.test', [publicAddress], ['127.0.0.1']);
const turning = [
  (await timed(() => call(http, 'turning.test'))).outcome,
  // Over a connection of its own, which asks again.
  (await timed(() => call(strangers(), 'turning.test'))).outcome,
];

names.set('own.test', ['127.0.0.1']);
const crowd = strangers();
const silent = Array.from({ length: 20 }, (_, index) => {
  names.set(`silent${index}.test`, 'silence');
  return timed(() => call(crowd, `silent${index}.test`));
});
// They have asked by now.
await pause(200);
const own = await timed(
  () =>
    new Promise<string>((resolve, reject) =>
      lookup('own.test', (error, address) => (error ? reject(error) : resolve(address))),
    ),
);
const silentEnded = Math.max(...(await Promise.all(silent)).map(({ ms }) => ms));

const log = createLogger('names', { level: 'silent', format: 'json' });
const store = await startRedis();
names.set('redis.test', ['127.0.0.1']);
const redis = createRedis(redisConfigOf({ url: `redis://redis.test:${store.port}` }, 1_000), { log });
const write = () => timed(() => redis.set('key', 'value'));
const untilWritten = async () => {
  const startedMs = performance.now();
  while ((await write()).outcome !== 'OK' && performance.now() - startedMs < 30_000) await pause(50);
  return Math.round(performance.now() - startedMs);
};
await untilWritten();
names.set('redis.test', 'server-failure');
await store.stop();
await store.start();
const redisWithoutName = await write();
names.set('redis.test', ['127.0.0.1']);
const redisBackMs = await untilWritten();

const seen: Buffer[] = [];
const sink = createTcp((socket) => socket.on('data', (data) => seen.push(data)).on('error', () => undefined));
await new Promise<void>((resolve) => sink.listen(8888, '127.0.0.1', resolve));
names.set('config.test', ['127.0.0.1']);
const account = {
  applicationName: 'gatehouse',
  userName: 'gatehouse-account',
  password: 'the-service-password',
};
const linkTo = async (tls: { ca: string } | undefined) => {
  const client = createConfigServerClient({
    endpoints: staticEndpoints([{ host: 'config.test', port: 8888 }]),
    ...account,
    ...(tls && { tls }),
  });
  const result = await timed(() => client.readPersons({ dbid: 1 }));
  await client.close();
  return String(result.outcome);
};
const plainLink = await linkTo(undefined);
const plainSeen = Buffer.concat(seen.splice(0)).length;
const tlsLink = await linkTo({ ca: authority.cert });
const tlsSeen = Buffer.concat(seen);

// Last, because every way that is silence holds one of the two threads for ten seconds.
const broken: Record<string, unknown> = {};
const ways: NameAnswer[] = [
  'no-such-name',
  'server-failure',
  'refused',
  'empty',
  'garbage',
  'another-question',
  'another-id',
  'alias-of-itself',
  'truncated',
  'silence',
];
for (const way of ways) {
  names.set(`${way}.test`, way);
  // Each with a client of its own: what was slow before must not answer for it.
  broken[way as string] = await timed(() => call(strangers(), `${way}.test`));
}

console.log(
  JSON.stringify({
    insideAnswers,
    mixed,
    turning,
    reached,
    insideSockets,
    broken,
    own,
    silentEnded,
    redisWithoutName,
    redisBackMs,
    links: {
      plainLink,
      plainSeen,
      tlsLink,
      holdsPassword: tlsSeen.includes(account.password),
      isTls: tlsSeen[0] === 22,
    },
  }),
);
process.exit(0);
