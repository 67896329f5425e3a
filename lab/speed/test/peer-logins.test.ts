import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { BenchStack } from '../bench-stack.ts';
import { measurePeers } from '../peers/measure-peers.ts';
import type { Server } from '../peers/server.ts';

const redirectUri = 'https://bench.test/callback';
const noForms = () => {
  throw new Error('a form was posted');
};
const stack = { pids: [], floor: noForms } as unknown as BenchStack;
const options = { rounds: 1, seconds: 0.1, connections: 1, warmUpSeconds: 0 };

const login = (codes: { redeemed: number }): RequestListener => {
  return ({ method, url }, answer) => {
    if (url === '/token') {
      codes.redeemed += 1;
      answer.end('{"access_token":"a","id_token":"i"}');
    } else if (method === 'POST') answer.writeHead(303, { location: `${redirectUri}?code=c` }).end();
    else answer.end('<form action="/sign-in"><input name="username"><input name="password"></form>');
  };
};

async function serve(name: string, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    name,
    version: '',
    pids: [],
    loginPids: [],
    loginTarget: {
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      authorizePath: '/authorize',
      tokenPath: '/token',
      client: { id: 'bench', authorization: '', redirectUri },
      fields: { username: 'person', password: 'password' },
    },
    plan: async () => undefined,
    stop: async () => undefined,
  };
}

test('logins alone are measured, each until its code is redeemed; a peer whose login does not end is left out by name', async () => {
  const codes = { redeemed: 0 };
  const servers = [
    await serve('Unfinished', (_, answer) => answer.end('<p>no form</p>')),
    await serve('Gatehouse', login(codes)),
  ];

  const { figures, leftOut } = await measurePeers(stack, servers, [], true, options);

  expect(figures.map(({ row, server }) => `${row} ${server}`)).toEqual(['login Gatehouse']);
  expect(codes.redeemed).toBeGreaterThan(0);
  expect(leftOut).toEqual([
    'the login of Unfinished, because it did not end: the page asks for nothing: 200 <p>no form</p>',
  ]);
});

test('a comparison fails when a login of ours does not end', async () => {
  const servers = [await serve('Gatehouse', (_, answer) => answer.end())];

  await expect(measurePeers(stack, servers, [], true, options)).rejects.toThrow('asks for nothing');
});
