/** Log lines on their way to an Elasticsearch that takes some, refuses some, or lets less through than is sent. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogShipping } from '@gatehouse/service-kit/http';
import { afterEach, expect, it, vi } from 'vitest';
import type { ElasticsearchClient } from '../../src/elasticsearch/client.ts';
import { createLogShipping } from '../../src/shipping/log-shipping.ts';
import { silentLog } from '../chain/trail-database.ts';

type Status = (message: string, attempt: number) => number;

let shipping: LogShipping;
afterEach(() => shipping.close());

/** An Elasticsearch of one node, whose templates are of the given version. */
function start(statusOf: Status, { most = 1000, version = 1 }: { most?: number; version?: number } = {}) {
  const taken: string[] = [];
  const ids: string[] = [];
  const put: string[] = [];
  let attempt = 0;
  const client = {
    indices: {
      getIndexTemplate: async () => ({ index_templates: [{ index_template: { version } }] }),
    },
    transport: { request: async ({ path }: { path: string }) => void put.push(path) },
    async bulk({ operations }: { operations: { message?: string; create?: { _id: string } }[] }) {
      const messages = operations.flatMap(({ message }) => message ?? []);
      if (messages.length > most)
        throw Object.assign(new Error('refused'), { name: 'ResponseError', statusCode: 413 });
      attempt += 1;
      ids.push(...operations.flatMap(({ create }) => create?._id ?? []));
      const items = messages.map((message) => ({ create: { status: statusOf(message, attempt) } }));
      taken.push(...messages.filter((_, index) => items[index]?.create.status === 201));
      return { items };
    },
    async close() {},
  };
  shipping = createLogShipping({
    ...{ client: client as unknown as ElasticsearchClient, namespace: 'default', install: true },
    ...{ logRetentionDays: 7, intervalMs: 1 },
  });
  return { taken, ids, put };
}

function write(count: number): void {
  for (let number = 1; number <= count; number += 1)
    shipping.write(JSON.stringify({ message: `line ${number}` }));
}

it('lines that find no place at the moment are sent again, and only those', async () => {
  const { taken } = start((message, attempt) => (message === 'line 2' && attempt === 1 ? 429 : 201));
  write(3);
  shipping.start(silentLog);

  await vi.waitFor(() => expect(taken).toEqual(['line 1', 'line 3', 'line 2']));
});

it('a line that is sent again keeps its id: it is stored once, although the first answer was lost', async () => {
  const { taken, ids } = start((_, attempt) => (attempt === 1 ? 503 : 201));
  write(1);
  shipping.start(silentLog);

  await vi.waitFor(() => expect(taken).toEqual(['line 1']));
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

it('lines that are refused for what they are are counted and hold up no others', async () => {
  const warn = vi.fn();
  const { taken } = start((message) => (message === 'line 2' ? 400 : 201));
  write(3);
  shipping.start({ ...silentLog, warn, info() {} } as unknown as typeof silentLog);

  await vi.waitFor(() => expect(warn).toHaveBeenCalledWith({ dropped: 1 }, expect.any(String)));
  expect(taken).toEqual(['line 1', 'line 3']);
});

it('a proxy that lets less through gets smaller requests', async () => {
  const { taken } = start(() => 201, { most: 2 });
  write(7);
  shipping.start(silentLog);

  await vi.waitFor(() => expect(taken).toHaveLength(7));
  await nextTurn();
  expect(taken).toEqual(Array.from({ length: 7 }, (_, index) => `line ${index + 1}`));
});

it('templates of a newer release are left alone, those of this one have a lifecycle', async () => {
  const newer = start(() => 201, { version: 99 });
  write(1);
  shipping.start(silentLog);
  await vi.waitFor(() => expect(newer.taken).toHaveLength(1));
  expect(newer.put).toEqual([]);
  await shipping.close();

  const same = start(() => 201);
  write(1);
  shipping.start(silentLog);
  await vi.waitFor(() => expect(same.taken).toHaveLength(1));
  expect(same.put).toEqual([
    '/_ilm/policy/gatehouse-service-logs',
    '/_index_template/gatehouse-service-logs',
  ]);
});
