/** The real Elasticsearch that the slow suites stand on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ElasticsearchTestServer,
  elasticsearchHomeVariable,
  elasticsearchJavaVariable,
  startElasticsearch,
} from '../src/elasticsearch-server.ts';

const home = process.env[elasticsearchHomeVariable] ?? '';
const javaHome = process.env[elasticsearchJavaVariable] ?? '';

describe.skipIf(home === '')('a real Elasticsearch', () => {
  let server: ElasticsearchTestServer;
  beforeAll(async () => {
    server = await startElasticsearch({ home, javaHome });
  }, 180_000);
  afterAll(() => server.close());

  const call = async (path: string, init?: RequestInit) =>
    (await (
      await fetch(`${server.url}${path}`, { headers: { 'content-type': 'application/json' }, ...init })
    ).json()) as Record<string, unknown>;

  it('keeps what it acknowledged when it is killed and started again', async () => {
    await call('/kept/_doc/1?refresh=true', { method: 'PUT', body: '{"word":"kept"}' });

    await server.restart();

    expect(await call('/kept/_doc/1')).toMatchObject({ found: true, _source: { word: 'kept' } });
  }, 180_000);
});
