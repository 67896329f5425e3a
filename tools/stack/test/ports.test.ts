import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { choosePorts as choose, listenerNames } from '../ports.ts';

const held: Server[] = [];
afterAll(() => {
  for (const server of held) server.close();
});

async function choosePorts(...args: Parameters<typeof choose>) {
  const choice = await choose(...args);
  onTestFinished(() => choice.release(...listenerNames));
  return choice;
}

async function hold(port: number, host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  held.push(server);
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}

test('port 0 gives every listener a free port of its own', async () => {
  const { ports, notes } = await choosePorts(0);
  expect(new Set(Object.values(ports)).size).toBe(Object.keys(ports).length);
  expect(notes).toEqual([]);
});

test('a taken public port is replaced by the next free one, in words', async () => {
  const taken = await hold(0);
  const { ports, notes } = await choosePorts(taken);
  expect(ports.gateway).not.toBe(taken);
  expect(notes).toContain(`Port ${taken} is taken; the public host listens on ${ports.gateway}.`);
});

test('the Configuration Server port 8888 is left when somebody has it', async () => {
  await hold(8888).catch(() => {});
  const { ports, notes } = await choosePorts(undefined);
  expect(ports.configServer).toBeGreaterThan(8888);
  expect(notes.join()).toContain(
    `Port 8888 is taken; the Configuration Server simulator listens on ${ports.configServer}.`,
  );
});

test('a port taken by the other loopback address counts as taken', async () => {
  const taken = await hold(0, '::1');
  const { ports } = await choosePorts(taken);
  expect(ports.gateway).not.toBe(taken);
});

test('listeners that are not needed are not looked for', async () => {
  const { notes } = await choosePorts(undefined, ['configServer']);
  expect(notes.join()).not.toContain('Configuration Server');
});

test('a chosen port is held until its owner is about to listen', async () => {
  const { ports, release } = await choosePorts(0);
  await expect(hold(ports.redis)).rejects.toThrow(/EADDRINUSE/);
  await release('redis');
  expect(await hold(ports.redis)).toBe(ports.redis);
});
