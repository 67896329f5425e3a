import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type Balancer, startBalancer } from '../balancer.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (response: ServerResponse) => unknown;

async function replica(name: string, answer: Handler = (response) => response.end(name)) {
  const server = http.createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startWith(...replicas: string[]): Promise<Balancer> {
  const balancer = await startBalancer();
  closers.push(() => void balancer.close());
  for (const one of replicas) balancer.join(one);
  return balancer;
}

const ask = async ({ url }: Balancer) => (await fetch(url)).text();

it('reaches every replica in turn', async () => {
  const balancer = await startWith(await replica('one'), await replica('two'));
  const answers = [await ask(balancer), await ask(balancer), await ask(balancer)];
  expect(answers).toEqual(['one', 'two', 'one']);
});

it('lets a replica leave when it has answered what it was sent, and sends it nothing more', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  const leaving = await replica('', (response) => asked.resolve(response));
  const balancer = await startWith(leaving);
  const answer = ask(balancer);
  const response = await asked.promise;
  let hasLeft = false;
  const left = balancer.leave(leaving).then(() => {
    hasLeft = true;
  });
  balancer.join(await replica('two'));

  expect(await ask(balancer)).toBe('two');
  expect(hasLeft).toBe(false);
  response.end('one');
  expect(await answer).toBe('one');
  await left;
  expect(await ask(balancer)).toBe('two');
});

it('answers 503 while there is no replica', async () => {
  const balancer = await startWith();
  expect((await fetch(balancer.url)).status).toBe(503);
});
