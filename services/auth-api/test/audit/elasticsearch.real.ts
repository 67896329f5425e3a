/** A sign-in on its way from the door of Auth API into a real Elasticsearch with its own credentials, and out of it again. */
import { Client } from '@elastic/elasticsearch';
import {
  type ElasticsearchTestServer,
  elasticsearchHomeVariable,
  elasticsearchJavaVariable,
  startElasticsearch,
} from '@gatehouse/testing/elasticsearch-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createClient, opsCall, passwordTokens } from '../stack/oauth.ts';

const home = process.env[elasticsearchHomeVariable] ?? '';
const javaHome = process.env[elasticsearchJavaVariable] ?? '';
const adminPassword = 'admin-password-of-the-test';
const index = 'logs-gatehouse.audit-default';

/** As docs/logging.md names them. */
const privileges = ['auto_configure', 'create_doc', 'read', 'maintenance', 'manage', 'index'];

describe.skipIf(home === '')('a sign-in and a real Elasticsearch', () => {
  let server: ElasticsearchTestServer;
  let admin: Client;
  let stack: AuthApi;

  beforeAll(async () => {
    server = await startElasticsearch({ home, javaHome, adminPassword });
    admin = new Client({ node: server.url, auth: { username: 'admin', password: adminPassword } });
    const key = await admin.security.createApiKey({
      name: 'gatehouse',
      role_descriptors: {
        shipper: {
          cluster: ['monitor', 'manage_index_templates', 'manage_ilm'],
          indices: [{ names: ['logs-gatehouse.audit-*'], privileges }],
        },
      },
    });
    stack = await startAuthApi({
      env: { GATEHOUSE_ELASTICSEARCH_NODES: server.url, GATEHOUSE_ELASTICSEARCH_API_KEY: key.encoded },
    });
  }, 180_000);
  afterAll(async () => {
    await stack?.close();
    await admin?.close();
    await server?.close();
  });

  const documents = async () => {
    await admin.indices.refresh({ index, ignore_unavailable: true });
    const { hits } = await admin.search<Record<string, never>>({
      index,
      ignore_unavailable: true,
      size: 1000,
    });
    return hits.hits.map(({ _source }) => _source);
  };

  it('arrives as a document with who, what, where and the correlation id; erased, it tells only what', async () => {
    const client = await createClient(stack, { authorizedGrantTypes: ['password'] });
    await passwordTokens(stack, client);

    const login = await vi.waitFor(
      async () => {
        const found = (await documents()).find((one) => one?.['event']?.['action'] === 'login_succeeded');
        expect(found).toBeDefined();
        return found;
      },
      { timeout: 60_000, interval: 200 },
    );
    expect(login).toMatchObject({
      event: { outcome: 'success', dataset: 'gatehouse.audit', category: ['authentication', 'session'] },
      user: { name: 'agent', id: expect.any(String) },
      http: { request: { id: expect.any(String) } },
    });
    expect(stack.logged()).not.toContain(adminPassword);

    const erased = await opsCall(stack, 'POST', '/auth/v3/ops/audit/erase', { data: { user: 'agent' } });
    expect(erased.json<{ data: { copies: number } }>().data.copies).toBeGreaterThan(0);
    expect(JSON.stringify(await documents())).not.toContain('agent');
  });
});
