import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { passwordPlace } from '@gatehouse/contracts/environment-api';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

const password = 'the-stored-password-4c1e';
const address = {
  primaryAddress: 'cs.example',
  primaryPort: 8888,
  backupAddress: 'cs2.example',
  backupPort: 8888,
};
const authority = createAuthority();

let api: RunningApi;
let id: string;
let managing: { authorization: string };

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_CHECK_STEP_TIMEOUT_MS: '500' } });
  managing = { authorization: api.authApi.token({ authorities: ['ROLE_MANAGEMENT_APPLICATION'] }) };
});
beforeEach(async () => {
  const tls = { ca: authority.cert, serverName: 'config.example' };
  id = await api.environment({ password, tlsEnabled: true, tls, configServers: [address] });
});
afterAll(() => api.close());

const patch = (data: object) =>
  api.call('PATCH', `/environments/${id}`, { headers: managing, payload: { data } });
const servers = async () => (await api.call('GET', `/environments/${id}/config-servers`)).body.data;
const fieldsOf = (answer: { body: { errors?: { status: { field: string } }[] } }) =>
  answer.body.errors?.map(({ status }) => status.field);

async function storedPassword(): Promise<string> {
  const { rows } = await api.pool.query('SELECT password FROM environment.environments WHERE id = $1', [id]);
  return api.deps.core.secretBox.open(rows[0].password, passwordPlace(id)).toString();
}

const diversions: [what: string, change: object][] = [
  ['another address', { configServers: [{ ...address, primaryAddress: 'evil.example' }] }],
  ['another port', { configServers: [{ ...address, primaryPort: 1 }] }],
  ['another backup', { configServers: [{ ...address, backupAddress: 'evil.example' }] }],
  ['one more server', { configServers: [address, { primaryAddress: 'evil.example', primaryPort: 1 }] }],
  ['a service in Consul', { consulService: 'evil' }],
  ['an SRV record', { srvRecord: '_ocs._tcp.evil.example' }],
  ['plaintext', { tlsEnabled: false }],
  ['plaintext as text', { tlsEnabled: 'false' }],
  ['another authority', { tls: { ca: createAuthority('another').cert } }],
  ['any authority of the system', { tls: { ca: null } }],
  ['another name in the certificate', { tls: { serverName: 'evil.example' } }],
  ['no TLS settings', { tls: null }],
];

describe('the password of an environment', () => {
  // attack: stored password sent to another server | CVE-2026-15943, CWE-522 | guard: services/environment-api/src/environments/password-path.ts
  it.each(diversions)('must come again with %s', async (_what, change) => {
    const before = (await api.call('GET', `/environments/${id}`)).text;
    for (const method of ['PUT', 'PATCH'] as const) {
      const refused = await api.call(method, `/environments/${id}`, {
        headers: managing,
        payload: { data: change },
      });
      expect([refused.status, fieldsOf(refused)]).toEqual([400, ['data.password']]);
    }
    expect((await api.call('GET', `/environments/${id}`)).text).toBe(before);
    const accepted = await patch({ ...change, password: 'sent with it' });
    expect(accepted.status).toBe(200);
    expect(await storedPassword()).toBe('sent with it');
    const [row] = (await api.call('GET', `/audit?entity=environment&entityId=${id}`)).body.data;
    expect(row.changes.password).toEqual({ from: '[secret]', to: '[secret]' });
    expect(Object.keys(row.changes).length).toBeGreaterThan(1);
  });

  // attack: stored password sent to another server | CVE-2026-15943, CWE-522 | guard: services/environment-api/src/environments/password-path.ts
  it('is not heard by a server that a managing client puts in its place and checks', async () => {
    const heard: Buffer[] = [];
    const listener = createServer((socket) =>
      socket.on('data', (chunk) => heard.push(chunk)).on('error', () => {}),
    );
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void listener.close());
    const primaryPort = (listener.address() as AddressInfo).port;
    await patch({ tlsEnabled: false });
    await patch({ configServers: [{ primaryAddress: '127.0.0.1', primaryPort }] });
    await api.call('POST', `/environments/${id}/config-servers`, {
      headers: managing,
      payload: { data: { primaryAddress: '127.0.0.1', primaryPort } },
    });
    await api.call('POST', `/environments/${id}/check`, { headers: managing });
    const tried = await api.call('POST', `/environments/${id}/dry-run`, {
      headers: managing,
      payload: { data: { configServers: [{ primaryAddress: '127.0.0.1', primaryPort }], tlsEnabled: false } },
    });
    expect(fieldsOf(tried)).toEqual(['data.password']);
    expect(Buffer.concat(heard).toString('latin1')).toBe('');
  });

  // attack: stored password sent to another server | CVE-2026-15943, CWE-522 | guard: services/environment-api/src/environments/password-path.ts
  it('must come again with a server that is added or moved alone', async () => {
    const path = `/environments/${id}/config-servers`;
    const [{ id: serverId }] = await servers();
    const added = { primaryAddress: 'cs3.example', primaryPort: 8888 };
    const moved = { backupAddress: 'cs4.example' };
    const send = (method: 'POST' | 'PUT', at: string, data: object) =>
      api.call(method, at, { headers: managing, payload: { data } });
    expect(fieldsOf(await send('POST', path, added))).toEqual(['data.password']);
    expect(fieldsOf(await send('PUT', `${path}/${serverId}`, moved))).toEqual(['data.password']);
    expect((await send('POST', path, { ...added, password: 'first' })).status).toBe(200);
    expect(await storedPassword()).toBe('first');
    const answer = await send('PUT', `${path}/${serverId}`, { ...moved, password: 'second' });
    expect([answer.status, answer.text.includes('second')]).toEqual([200, false]);
    expect(await storedPassword()).toBe('second');
  });

  it('stays where it goes to the same servers, no less protected', async () => {
    const harmless = [
      { configServers: [{ ...address, primaryAddress: 'CS.example', readOnly: true, locations: ['/USW1'] }] },
      { configServers: [{ ...address, primaryAddress: 'cs2.example', backupAddress: 'cs.example' }] },
      { configServers: [{ primaryAddress: 'cs2.example', primaryPort: '8888' }] },
      { tls: { mutual: authority.issue({ names: ['gatehouse'] }) } },
      { tenant: 'Other', localTimeout: 9, tlsEnabled: true },
    ];
    for (const change of harmless) expect((await patch(change)).status).toBe(200);
    expect(await storedPassword()).toBe(password);
    const plain = await api.environment({ password, tlsEnabled: false, configServers: [address] });
    const data = { tlsEnabled: true, tls: { ca: authority.cert } };
    expect((await api.call('PATCH', `/environments/${plain}`, { payload: { data } })).status).toBe(200);
  });

  it('counts as sent when it is the same: it is sealed anew, which the audit trail shows', async () => {
    const change = { configServers: [{ primaryAddress: 'cs9.example', primaryPort: 8888 }], password };
    expect((await patch(change)).status).toBe(200);
    const [row] = (await api.call('GET', `/audit?entity=environment&entityId=${id}`)).body.data;
    expect(Object.keys(row.changes).sort()).toEqual(['configServers', 'password']);
  });
});

describe('in an import', () => {
  const variable = () => `GATEHOUSE_IMPORT_PASSWORD_${id.toUpperCase().replaceAll('-', '_')}`;
  const provide = (value: string) => {
    const name = variable();
    process.env[name] = value;
    onTestFinished(() => void delete process.env[name]);
  };
  async function importWith(change: object, headers: Record<string, string> = managing) {
    const { body } = await api.call('GET', '/export');
    const index = body.environments.findIndex((one: { id: string }) => one.id === id);
    Object.assign(body.environments[index], change);
    const answer = await api.call('PUT', '/import', {
      headers: { ...headers, 'if-match': '*' },
      payload: body,
    });
    return { answer, field: `environments.${index}.password` };
  }
  const moved = { configServers: [{ primaryAddress: 'evil.example', primaryPort: 1 }] };

  // attack: stored password moved by an import | CVE-2026-15943, CWE-522 | guard: services/environment-api/src/environments/password-path.ts
  it('a reference without a value keeps the password, but not for another server', async () => {
    const { answer, field } = await importWith(moved);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
    expect((await importWith({ tenant: 'Other' })).answer.status).toBe(200);
  });

  // attack: secret of the installation named, not known | CWE-441 | guard: services/environment-api/src/import-export/import-secrets.ts
  it('a managing client that only names a secret of the installation cannot have it sent anywhere', async () => {
    provide(password);
    expect(fieldsOf((await importWith(moved)).answer)).toHaveLength(1);
    provide('rotated');
    expect(fieldsOf((await importWith({})).answer)).toHaveLength(1);
    const created = await importWith({ ...moved, id: '6f1e3c52-0b46-4b8b-9a55-0a0e4d8c7b77' });
    expect(fieldsOf(created.answer)).toEqual([created.field]);
    expect(await storedPassword()).toBe(password);
  });

  // attack: client secret moved by an import | CVE-2026-15943, CWE-522 | guard: services/environment-api/src/single-sign-on/service.ts
  it('the client secret of single sign-on must come again with another issuer', async () => {
    const center = await api.contactCenter({ environmentId: id });
    const oidc = {
      enabled: true,
      issuer: 'https://idp.example',
      clientId: 'c',
      clientSecret: 'idp-secret-3f',
    };
    expect(
      (await api.call('PUT', `/contact-centers/${center}/oidc`, { payload: { data: oidc } })).status,
    ).toBe(200);
    const importing = async (change: object) => {
      const { body } = await api.call('GET', '/export');
      const entry = body.contactCenters.find((one: { id: string }) => one.id === center).oidc[0];
      Object.assign(entry, { issuer: 'https://evil.example' }, change);
      return api.call('PUT', '/import', { headers: { ...managing, 'if-match': '*' }, payload: body });
    };
    const refused = await importing({});
    expect([refused.status, fieldsOf(refused)]).toEqual([
      400,
      [expect.stringMatching(/oidc\.0\.clientSecret$/)],
    ]);
    expect((await importing({ clientSecret: 'idp-secret-3f' })).status).toBe(200);
  });

  it('the secret itself, and references of the operator account, count as sent', async () => {
    expect((await importWith({ ...moved, password })).answer.status).toBe(200);
    provide(password);
    const back = await importWith({ configServers: [address] }, {});
    expect(back.answer.status).toBe(200);
    const [row] = (await api.call('GET', `/audit?entity=environment&entityId=${id}`)).body.data;
    expect(Object.keys(row.changes).sort()).toEqual(['configServers', 'password']);
    provide('rotated');
    expect((await importWith({}, {})).answer.status).toBe(200);
    expect(await storedPassword()).toBe('rotated');
  });
});
