import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { currentCorrelationId } from '../../src/http/correlation.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

/** Head and body in two pieces, so that the body arrives when the head has been worked on long ago. */
async function postTo(socket: Socket, id: string, betweenPieces: Promise<unknown>): Promise<string> {
  const head = ['POST /things HTTP/1.1', 'host: a', 'content-type: application/json', 'content-length: 2'];
  socket.write(`${head.join('\r\n')}\r\nx-request-id: ${id}\r\n\r\n`);
  await betweenPieces;
  const answer = once(socket, 'data');
  socket.write('{}');
  return String((await answer)[0]).split('\r\n\r\n')[1] ?? '';
}

test('work after the body belongs to its own request, on connections that are used again and side by side', async () => {
  const app = await createApp({
    log: createLogger('example', { level: 'silent', format: 'json' }),
    metrics: createMetrics({ processMetrics: false }),
    http: { bodyLimitBytes: 2048, requestTimeoutMs: 5000, trustedProxies: [] },
  });
  const heads: string[] = [];
  let allHeadsAreThere: (() => void) | undefined;
  app.addHook('onRequest', async (request) => {
    await turn();
    heads.push(request.id);
    if (heads.length % 10 === 0) allHeadsAreThere?.();
  });
  app.post('/things', async () => {
    await turn();
    return currentCorrelationId();
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const sockets = Array.from({ length: 10 }, () => connect(port, '127.0.0.1'));

  for (const round of ['first', 'second', 'third']) {
    const heard = new Promise<void>((resolve) => {
      allHeadsAreThere = resolve;
    });
    const ids = sockets.map((_, index) => `${round}-request-${index}`);
    const answers = await Promise.all(
      sockets.map((socket, index) => postTo(socket, ids[index] ?? '', heard)),
    );
    expect(answers).toEqual(ids);
  }

  expect(currentCorrelationId()).toBeUndefined();
  for (const socket of sockets) socket.destroy();
  await app.close();
});
