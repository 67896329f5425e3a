import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createAsk } from '../../src/health/release-check.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(listener: RequestListener, port = 0): Promise<string> {
  const server = createServer(listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with one status after the other; the last one stays. */
function answering(...statuses: number[]) {
  const asked: number[] = [];
  const listener: RequestListener = (_request, response) => {
    const status = statuses[Math.min(asked.length, statuses.length - 1)] ?? 500;
    asked.push(status);
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end('{"state":"DOWN",\n"failing":["redis"]}');
  };
  return { asked, listener };
}

const patient = () => createAsk({ timeoutMs: 5000, pauseMs: 5 });
const impatient = () => createAsk({ timeoutMs: 20, pauseMs: 15 });

describe('a check of a release', () => {
  test('waits for a service that is not ready yet', async () => {
    const { asked, listener } = answering(503, 503, 200);
    await patient()({ what: 'the ready endpoint', url: await serve(listener) });
    expect(asked).toEqual([503, 503, 200]);
  });

  test('waits while a network policy lets nothing through yet', async () => {
    const { listener } = answering(200);
    const url = await serve(listener);
    closers.splice(0)[0]?.();
    const asking = patient()({ what: 'the ready endpoint', url });
    await serve(listener, Number(new URL(url).port));
    await asking;
  });

  test('ends in time, with what the service says that it lacks', async () => {
    const url = await serve(answering(503).listener);
    await expect(impatient()({ what: 'the ready endpoint', url: `${url}/readyz` })).rejects.toThrow(
      `the ready endpoint (${url}/readyz) answered 503 {"state":"DOWN", "failing":["redis"]}`,
    );
  });

  test('ends in time where nothing listens, with the reason', async () => {
    const url = await serve(answering(200).listener);
    closers.splice(0)[0]?.();
    await expect(impatient()({ what: 'the front page', url })).rejects.toThrow(
      `the front page (${url}) cannot be reached: connect ECONNREFUSED`,
    );
  });

  test.each([301, 401, 404])('does not wait after %i: it does not become right', async (status) => {
    const { asked, listener } = answering(status);
    await expect(patient()({ what: 'the page', url: await serve(listener) })).rejects.toThrow(
      `answered ${status}`,
    );
    expect(asked).toEqual([status]);
  });

  test('a document of another installation is not the one asked for', async () => {
    const url = await serve((_request, response) => {
      response.end('{"issuer":"https://other.example.com/auth/v3"}');
    });
    const schema = z.object({ issuer: z.literal('https://login.example.com/auth/v3') });
    await expect(patient()({ what: 'the discovery document', url, schema })).rejects.toThrow(
      /^the discovery document \(http.*\) is not as expected: .*"https:\/\/login\.example\.com\/auth\/v3".*issuer/,
    );
  });
});
