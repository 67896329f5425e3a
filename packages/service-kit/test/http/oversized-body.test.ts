import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

test('a body far over the limit gets its 413 over a real socket, although it is still being sent', async () => {
  const app = await createApp({
    log: createLogger('example', { level: 'silent', format: 'json' }),
    metrics: createMetrics({ processMetrics: false }),
    http: { bodyLimitBytes: 2048, requestTimeoutMs: 5000, trustedProxies: [] },
  });
  app.post('/things', async () => ({ never: true }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const body = 'x'.repeat(3 * 1024 * 1024);
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST /things HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  socket.write(body);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
  await app.close();
});
