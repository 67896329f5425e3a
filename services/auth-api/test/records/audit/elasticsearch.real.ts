/** A sign-in on its way from the door of Auth API into a real Elasticsearch with its own credentials, and out of it again. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as forward } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Client } from '@elastic/elasticsearch';
import {
  type ElasticsearchTestServer,
  elasticsearchHomeVariable,
  elasticsearchJavaVariable,
  startElasticsearch,
} from '@gatehouse/testing/elasticsearch-server';
import { recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, opsCall, passwordTokens } from '../../stack/oauth.ts';

const home = process.env[elasticsearchHomeVariable] ?? '';
const javaHome = process.env[elasticsearchJavaVariable] ?? '';
const adminPassword = 'admin-password-of-the-test';
const index = 'logs-gatehouse.audit-default';

/** TLS before a server that has none. */
async function startTlsDoor(certificate: { cert: string; key: string }, target: string) {
  const { hostname, port } = new URL(target);
  const door = createServer(certificate, (request, response) => {
    const { method, url: path, headers } = request;
    const onward = forward({ ...{ hostname, port, method, path, headers } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    url: `https://127.0.0.1:${(door.address() as AddressInfo).port}`,
    async close() {
      door.closeAllConnections();
      door.close();
    },
  };
}

/** As docs/guides/logging.md names them. */
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
  recordForeignSoftware(
    'Elasticsearch',
    'ships sign-ins to it with an account that may only write, over TLS',
    async () => (await admin.info()).version.number,
  );

  const documents = async () => {
    await admin.indices.refresh({ index, ignore_unavailable: true });
    const { hits } = await admin.search<Record<string, never>>({
      index,
      ignore_unavailable: true,
      size: 1000,
    });
    return hits.hits.map(({ _source }) => _source);
  };

  it('arrives through the nodes that are up, over TLS, by an account that may only write, where an administrator installs', async () => {
    await admin.indices.deleteDataStream({ name: index }, { ignore: [404] });
    await admin.indices.deleteIndexTemplate({ name: 'gatehouse-audit' }, { ignore: [404] });
    const installed = [
      ['_ilm/policy/gatehouse-audit', 'ilm-policy'],
      ['_component_template/gatehouse-audit@settings', 'settings'],
      ['_component_template/gatehouse-audit@mappings', 'mappings'],
      ['_index_template/gatehouse-audit', 'index-template'],
    ];
    for (const [path, name] of installed) {
      const text = readFileSync(
        new URL(`../../../../../docs/reference/elasticsearch/${name}.json`, import.meta.url),
        'utf8',
      );
      await admin.transport.request({ method: 'PUT', path: `/${path}`, body: JSON.parse(text) });
    }
    await admin.security.putRole({
      name: 'only_writes',
      cluster: ['monitor'],
      indices: [
        {
          names: ['logs-gatehouse.audit-*'],
          privileges: ['auto_configure', 'create_doc', 'read', 'maintenance'],
        },
      ],
    });
    await admin.security.putUser({
      username: 'writer',
      password: 'password-of-the-writer',
      roles: ['only_writes'],
    });
    const authority = createAuthority();
    const door = await startTlsDoor(authority.issue(), server.url);
    const guarded = await startAuthApi({
      env: {
        GATEHOUSE_ELASTICSEARCH_NODES: `https://127.0.0.1:${await freePort()},${door.url}`,
        GATEHOUSE_ELASTICSEARCH_CA: authority.cert,
        GATEHOUSE_ELASTICSEARCH_USERNAME: 'writer',
        GATEHOUSE_ELASTICSEARCH_PASSWORD: 'password-of-the-writer',
        GATEHOUSE_ELASTICSEARCH_INSTALL: 'false',
      },
    });
    try {
      await passwordTokens(guarded, await createClient(guarded, { authorizedGrantTypes: ['password'] }));
      await vi.waitFor(
        async () => {
          const names = (await documents()).map((one) => one?.['event']?.['action']);
          expect(names).toContain('login_succeeded');
          expect(names).toContain('client_created');
        },
        { timeout: 60_000, interval: 200 },
      );
      expect(guarded.logged()).not.toContain('password-of-the-writer');
    } finally {
      await guarded.close();
      await door.close();
    }
  }, 90_000);

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
