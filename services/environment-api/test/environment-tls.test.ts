import { createPrivateKey } from 'node:crypto';
import { tlsKeyPlace } from '@gatehouse/contracts/environment-api';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const authority = createAuthority();
const identity = authority.issue({ names: ['gatehouse'] });
const tls = { ca: authority.cert, serverName: 'config.example.com', mutual: identity };
const keyLine = identity.key.split('\n')[1] as string;

const patch = (id: string, fields: unknown) =>
  api.call('PATCH', `/environments/${id}`, { payload: { data: { tls: fields } } });
const internal = async (id: string) =>
  (
    await api.call('GET', `/internal/environments/${id}`, {
      headers: { authorization: api.authApi.token({ internal_client: true }) },
    })
  ).body.data;

describe('the certificates of an environment', () => {
  it('come back without the private key, which only Auth API gets, sealed', async () => {
    const id = await api.environment({ tls });
    const answer = await api.call('GET', `/environments/${id}`);
    expect(answer.body.data.tls).toEqual({
      ca: authority.cert,
      serverName: 'config.example.com',
      mutual: { cert: identity.cert },
    });
    const { mutual } = (await internal(id)).tls;
    expect(mutual.keyEnvelope).toMatch(/^v1\.first\./);
    const everything = [
      answer.text,
      (await api.call('GET', '/environments?limit=1000')).text,
      (await api.call('GET', '/export')).text,
      (await api.call('GET', `/audit?entityId=${id}`)).text,
      api.logged(),
    ].join();
    expect(everything).not.toContain(keyLine);
    expect(everything).not.toContain(mutual.keyEnvelope);
    const { changes } = (await api.call('GET', `/audit?entity=environment&entityId=${id}`)).body.data[0];
    expect(changes['tls.mutual.key']).toEqual({ to: '[secret]' });
  });

  it('change one by one; null takes one or all of them away; what is not given stays', async () => {
    const id = await api.environment({ tls });
    expect((await patch(id, { serverName: null })).body.data.tls).toEqual({
      ca: authority.cert,
      mutual: { cert: identity.cert },
    });
    const before = await internal(id);
    const same = await patch(id, { mutual: identity });
    expect(same.body.data.updatedAt).toBe((await api.call('GET', `/environments/${id}`)).body.data.updatedAt);
    expect((await internal(id)).version).toBe(before.version);
    // A renewed certificate of the same key needs no key.
    expect((await patch(id, { mutual: { cert: `comment\n${identity.cert}` } })).status).toBe(200);
    expect((await patch(id, { mutual: null })).body.data.tls).toEqual({ ca: authority.cert });
    expect((await patch(id, null)).body.data).not.toHaveProperty('tls');
    expect(await internal(id)).not.toHaveProperty('tls');
  });

  it.each([
    ['text that is no certificate', { ca: 'x' }, 'data.tls.ca', /PEM/],
    [
      'a block that is no certificate',
      { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
      'data.tls.ca',
      /block number 1/,
    ],
    [
      'a private key among certificates',
      { ca: authority.cert + identity.key },
      'data.tls.ca',
      /private key goes/,
    ],
    [
      'a certificate without its key',
      { mutual: { cert: identity.cert } },
      'data.tls.mutual.key',
      /needs its/,
    ],
    [
      'the key of another certificate',
      { mutual: { cert: identity.cert, key: authority.issue().key } },
      'data.tls.mutual.key',
      /does not belong/,
    ],
    [
      'a key that is none',
      { mutual: { cert: identity.cert, key: 'hunter2' } },
      'data.tls.mutual.key',
      /in PEM/,
    ],
    [
      'a key behind a passphrase',
      {
        mutual: {
          cert: identity.cert,
          key: createPrivateKey(identity.key).export({
            type: 'pkcs8',
            format: 'pem',
            cipher: 'aes-256-cbc',
            passphrase: 'x',
          }),
        },
      },
      'data.tls.mutual.key',
      /passphrase/,
    ],
    ['a server name with a path', { serverName: 'a/b' }, 'data.tls.serverName', /host name/],
  ])(
    '%s is refused, and the answer names the field but not the value',
    async (_name, fields, field, message) => {
      const answer = await patch(await api.environment(), fields);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain(field);
      expect(JSON.stringify(answer.body)).toMatch(message);
      expect(answer.text).not.toContain('hunter2');
    },
  );

  it('that are sealed for one environment do not open at another, and a plain key is no value of the column', async () => {
    const [first, second] = [await api.environment({ tls }), await api.environment({ tls })];
    const { rows } = await api.pool.query('SELECT tls_key FROM environment.environments WHERE id = $1', [
      first,
    ]);
    const { secretBox } = api.deps.core;
    expect(secretBox.open(rows[0].tls_key, tlsKeyPlace(first)).toString()).toContain('PRIVATE KEY');
    expect(() => secretBox.open(rows[0].tls_key, tlsKeyPlace(second))).toThrow();
    const set = (sql: string, values: unknown[]) =>
      api.pool.query(`UPDATE environment.environments SET ${sql} WHERE id = $1`, [first, ...values]);
    await expect(set('tls_key = $2', [identity.key])).rejects.toThrow(/check constraint/);
    await expect(set('tls_key = NULL', [])).rejects.toThrow(/certificate_with_key/);
  });

  it('travel by export and import, with the key as a reference', async () => {
    const id = await api.environment({ tls });
    const document = (await api.call('GET', '/export', { headers: { accept: 'application/json' } })).body;
    const exported = document.environments.find((one: { id: string }) => one.id === id);
    const name = `GATEHOUSE_IMPORT_TLS_KEY_${id.toUpperCase().replaceAll('-', '_')}`;
    expect(exported.tls.mutual).toEqual({ cert: identity.cert, key: { ref: `env:${name}` } });
    const importing = async (dryRun: boolean) => {
      const answer = await api.call('PUT', `/import?dryRun=${dryRun}`, {
        headers: { 'if-match': '*' },
        payload: document,
      });
      return answer.body.data;
    };
    const unchanged = await importing(true);
    expect([unchanged.changes, unchanged.keptSecrets]).toEqual([[], expect.arrayContaining([`env:${name}`])]);
    exported.tls = { mutual: { cert: identity.cert, key: identity.key } };
    const { changes } = await importing(false);
    expect(changes.map((one: { changes: object }) => Object.keys(one.changes))).toEqual([['tls']]);
    expect((await api.call('GET', `/environments/${id}`)).body.data.tls).toEqual({
      mutual: { cert: identity.cert },
    });
  });
});
