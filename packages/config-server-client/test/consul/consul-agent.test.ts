import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConsulAgent } from '../../src/consul/consul-agent.ts';
import { ConsulFailure } from '../../src/consul/consul-failure.ts';
import { systemClock } from '../../src/surroundings/clock.ts';
import { type Query, startConsulStandIn } from './consul-stand-in.ts';

const token = 'a-secret-token';

async function callWith(play: (query: Query) => void, signal?: AbortSignal) {
  const consul = await startConsulStandIn();
  onTestFinished(() => consul.close());
  const agent = new ConsulAgent({ url: consul.url, token }, systemClock);
  const outcome = agent
    .call({
      timeLimitMs: 200,
      signal,
      send: (client, context) => client.health.service({ service: 'config-server', ...context }),
    })
    .catch((error: unknown) => error);
  const query = await consul.query();
  expect(query.headers['x-consul-token']).toBe(token);
  play(query);
  return outcome;
}

describe('a call to Consul', () => {
  it('brings index and body', async () => {
    const answer = await callWith((query) => query.answer([1], { index: '5' }));
    expect(answer).toEqual({ index: '5', body: [1] });
  });

  it.each([
    ['error status', (query: Query) => query.answer('no', { status: 500 })],
    ['refused token', (query: Query) => query.answer('ACL not found', { status: 403 })],
    ['broken JSON', (query: Query) => query.raw(brokenJson)],
    ['end in mid-answer', (query: Query) => query.raw(brokenJson.slice(0, -1), { end: true })],
    ['closed connection', (query: Query) => query.hangUp()],
    ['silence', () => undefined],
  ])('fails on %s with an error that carries the token nowhere', async (_title, play) => {
    const failure = await callWith(play);
    expect(failure).toBeInstanceOf(ConsulFailure);
    expect(inspect(failure, { depth: 30, showHidden: true, maxStringLength: null })).not.toContain(token);
  });

  it('keeps a foreign text short and on one line', async () => {
    const text = `first\r\nsecond\u001b[31m ${'x'.repeat(5_000)}`;
    const failure = (await callWith((query) => query.answer(text, { status: 500 }))) as ConsulFailure;
    expect(failure.message).toMatch(/^Consul answered 500: first second \[31m x+$/);
    expect(failure.message.length).toBeLessThan(250);
  });

  it('ends with its signal, also when that was aborted before', async () => {
    const controller = new AbortController();
    expect(await callWith(() => controller.abort(), controller.signal)).toMatchObject({ reason: 'cut-off' });
    const agent = new ConsulAgent({ url: 'http://127.0.0.1:1' }, systemClock);
    const send = () => Promise.reject(new Error('must not be called'));
    await expect(agent.call({ timeLimitMs: 10, signal: controller.signal, send })).rejects.toMatchObject({
      reason: 'cut-off',
    });
  });
});

const brokenJson = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n[{';
