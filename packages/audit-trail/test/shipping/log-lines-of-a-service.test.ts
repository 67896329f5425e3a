import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { freePort } from '@gatehouse/testing/network';
import { expect, test, vi } from 'vitest';

const service = fileURLToPath(new URL('./example-service.ts', import.meta.url));

/** An Elasticsearch that takes whatever it gets. */
async function startElasticsearch() {
  const documents: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const isPacked = request.headers['content-encoding'] === 'gzip';
    const body = await text(isPacked ? request.pipe(createGunzip()) : request);
    const lines = body.split('\n').filter(Boolean);
    documents.push(...lines.filter((_, index) => index % 2 === 1).map((line) => JSON.parse(line)));
    const items = lines.filter((_, index) => index % 2 === 1).map(() => ({ create: { status: 201 } }));
    response.writeHead(200, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
    response.end(JSON.stringify({ errors: false, took: 1, items }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { documents, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test('log lines are sent to Elasticsearch also where standard output is for people', async () => {
  const { documents, url, server } = await startElasticsearch();
  const child = spawn(process.execPath, ['--conditions=source', service], {
    env: {
      LOG_FORMAT: 'pretty',
      GATEHOUSE_HTTP_HOST: '127.0.0.1',
      GATEHOUSE_HTTP_PORT: String(await freePort()),
      GATEHOUSE_MANAGEMENT_HOST: '127.0.0.1',
      GATEHOUSE_MANAGEMENT_PORT: String(await freePort()),
      GATEHOUSE_DRAIN_DELAY_MS: '0',
      GATEHOUSE_ELASTICSEARCH_NODES: url,
      GATEHOUSE_ELASTICSEARCH_LOGS: 'true',
      GATEHOUSE_ELASTICSEARCH_INSTALL: 'false',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = text(child.stdout);
  try {
    await vi.waitFor(() => expect(documents).not.toEqual([]), { timeout: 20_000 });
  } finally {
    child.kill();
    await once(child, 'exit');
    server.close();
  }

  expect(documents[0]).toMatchObject({ message: expect.any(String) });
  expect(await output).toContain(String(documents[0]?.['message']));
  expect(await output).not.toMatch(/^\{/);
}, 30_000);
