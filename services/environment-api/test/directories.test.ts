import { bindPasswordPlace, passwordPlace } from '@gatehouse/contracts/environment-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

const bindPassword = 'bind-password-of-the-tests-91';
const ldap = {
  servers: [{ address: 'ldap-1.example' }],
  bindDn: 'cn=gatehouse,dc=example,dc=com',
  baseDns: ['ou=people,dc=example,dc=com'],
  bindPassword,
};

let api: RunningApi;
let internal: { authorization: string };
beforeAll(async () => {
  api = await startApi();
  internal = { authorization: api.authApi.token({ internal_client: true }) };
});
afterAll(() => api.close());

const create = (data: object) => api.call('POST', '/environments', { payload: { data } });
const patch = (id: string, data: object, method: 'PATCH' | 'PUT' = 'PATCH') =>
  api.call(method, `/environments/${id}`, { payload: { data } });
const read = async (id: string) => (await api.call('GET', `/environments/${id}`)).body.data;
const view = async (id: string) =>
  (await api.call('GET', `/internal/environments/${id}`, { headers: internal })).body.data;
const ofLdap = async (fields: object = {}) =>
  (await create({ directory: 'ldap', ldap: { ...ldap, ...fields } })).body.data.id as string;
const ofPeople = async () => (await create({ directory: 'people' })).body.data.id as string;
const complaints = ({ body }: { body: { errors?: { status: { field: string } }[] } }) =>
  (body.errors ?? []).map(({ status }) => status.field).sort();
const opened = async (id: string) =>
  api.deps.core.secretBox.open((await view(id)).ldap.bindPasswordEnvelope, bindPasswordPlace(id)).toString();

describe('an environment with an LDAP directory', () => {
  it('gets what fits its type for everything that is not given, and is answered without the password', async () => {
    const answer = await create({ directory: 'ldap', ldap });
    expect([answer.status, answer.text.includes(bindPassword)]).toEqual([200, false]);
    const { data } = answer.body;
    expect(data).toMatchObject({ directory: 'ldap', configServers: [], tlsEnabled: true });
    expect(data).not.toHaveProperty('username');
    expect(data).not.toHaveProperty('tenant');
    expect(data.ldap).toEqual({
      type: 'standard',
      servers: [{ address: 'ldap-1.example', port: 636, locations: ['/'] }],
      startTls: false,
      bindDn: ldap.bindDn,
      baseDns: ldap.baseDns,
      groupBaseDns: [],
      filters: { person: '(objectClass=inetOrgPerson)', group: '(objectClass=groupOfNames)' },
      attributes: expect.objectContaining({ id: 'entryUUID', userName: 'uid', member: 'member' }),
      groupDepth: 5,
      pollSeconds: 30,
    });
    expect(await read(data.id)).toEqual(data);
    const [row] = (await api.call('GET', `/audit?entity=environment&entityId=${data.id}`)).body.data;
    expect(row.changes['ldap.bindPassword']).toEqual({ to: '[secret]' });
    expect(row.changes.ldap.to).toEqual(data.ldap);
  });

  it('takes the defaults of Active Directory, and the port of StartTLS or of plaintext', async () => {
    const started = await create({
      directory: 'ldap',
      ldap: { ...ldap, type: 'activeDirectory', startTls: 'true', bindDn: 'gatehouse@example.com' },
    });
    expect(started.body.data.ldap).toMatchObject({
      servers: [{ port: 389 }],
      startTls: true,
      attributes: { id: 'objectGUID', userName: 'sAMAccountName' },
    });
    const plain = await create({ directory: 'ldap', ldap, tlsEnabled: false });
    expect(plain.body.data.ldap.servers[0].port).toBe(389);
  });

  it('is given to Auth API with its password sealed for its own place', async () => {
    const id = await ofLdap();
    const { ldap: seen, ...rest } = await view(id);
    expect(rest).toMatchObject({ directory: 'ldap', username: '', tenant: '', passwordEnvelope: '' });
    expect(await opened(id)).toBe(bindPassword);
    expect(() => api.deps.core.secretBox.open(seen.bindPasswordEnvelope, passwordPlace(id))).toThrow();
    expect((await view(await api.environment())).directory).toBe('configServer');
  });

  it('keeps what a change does not name', async () => {
    const id = await ofLdap({ groupDepth: 2 });
    const before = (await read(id)).ldap;
    for (const method of ['PATCH', 'PUT'] as const) {
      const answer = await patch(id, { ldap: { attributes: { email: 'rfc822Mailbox' } } }, method);
      expect(answer.status).toBe(200);
    }
    const { ldap: after } = await read(id);
    expect(after).toEqual({ ...before, attributes: { ...before.attributes, email: 'rfc822Mailbox' } });
    expect(await opened(id)).toBe(bindPassword);
    expect((await patch(id, { tlsEnabled: true })).status).toBe(200);
    expect((await read(id)).ldap).toEqual(after);
  });

  it('may be listed by an SRV record alone, and be found by a server or a base', async () => {
    const base = `ou=${randomUuid()},dc=example`;
    const id = await ofLdap({ servers: [{ address: 'Host-77.example' }], baseDns: [base] });
    for (const text of ['host-77', base.toUpperCase()]) {
      const found = await api.call('GET', `/environments?search=${encodeURIComponent(text)}`);
      expect(found.body.data.map((one: { id: string }) => one.id)).toEqual([id]);
    }
    const { servers: _, ...unlisted } = ldap;
    const srvRecord = '_ldap._tcp.example.com';
    const created = await create({ directory: 'ldap', srvRecord, ldap: unlisted });
    expect([created.status, created.body.data.ldap.servers]).toEqual([200, []]);
    expect(complaints(await patch(created.body.data.id, { srvRecord: null }))).toEqual(['data.ldap.servers']);
  });

  it.each([
    ['no settings', undefined, ['data.ldap.baseDns', 'data.ldap.bindDn', 'data.ldap.bindPassword']],
    ['no server', { ...ldap, servers: [] }, ['data.ldap.servers']],
    ['no base', { ...ldap, baseDns: [] }, ['data.ldap.baseDns']],
    ['an empty password', { ...ldap, bindPassword: '' }, ['data.ldap.bindPassword']],
    ['an account that is no name', { ...ldap, bindDn: 'gatehouse' }, ['data.ldap.bindDn']],
    ['a base that is no name', { ...ldap, baseDns: ['dc=example', 'dc=a;dc=b'] }, ['data.ldap.baseDns.1']],
    [
      'a filter without an end',
      { ...ldap, filters: { person: '(&(a=b)(c=d)' } },
      ['data.ldap.filters.person'],
    ],
    ['a filter and more', { ...ldap, filters: { group: '(a=b)(c=d)' } }, ['data.ldap.filters.group']],
    ['a filter of nothing', { ...ldap, filters: { group: '()' } }, ['data.ldap.filters.group']],
    ['a filter without parentheses', { ...ldap, filters: { group: 'a=b' } }, ['data.ldap.filters.group']],
    [
      'an attribute with a wildcard',
      { ...ldap, attributes: { userName: 'uid=*' } },
      ['data.ldap.attributes.userName'],
    ],
    ['a URL', { ...ldap, servers: [{ address: 'ldap://a' }] }, ['data.ldap.servers.0.address']],
    ['a port out of range', { ...ldap, servers: [{ address: 'a', port: 0 }] }, ['data.ldap.servers.0.port']],
    [
      'a location without a slash',
      { ...ldap, servers: [{ address: 'a', locations: ['USW1'] }] },
      ['data.ldap.servers.0.locations.0'],
    ],
    ['too deep groups', { ...ldap, groupDepth: 11 }, ['data.ldap.groupDepth']],
    ['too many questions', { ...ldap, pollSeconds: 1 }, ['data.ldap.pollSeconds']],
  ])('is refused with %s', async (_what, settings, fields) => {
    const answer = await create({ directory: 'ldap', ldap: settings });
    expect([answer.status, complaints(answer)]).toEqual([400, fields]);
  });

  it('takes every name and filter that the standards allow', async () => {
    const answer = await create({
      directory: 'ldap',
      ldap: {
        ...ldap,
        bindDn: 'CN=Lučić\\, Ana+UID=7, 2.5.4.11=#04024869 , DC=example,DC=com',
        baseDns: ['dc=example,dc=com', 'O='],
        filters: {
          person:
            '(&(|(uid=a\\2ab*)(cn:caseExactMatch:=x))(!(a~=b))(memberOf:1.2.840.113556.1.4.1941:=cn=g,dc=x))',
        },
      },
    });
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  });
});

describe('the password of an LDAP account', () => {
  const diversions: [what: string, change: object][] = [
    ['another server', { ldap: { servers: [{ address: 'evil.example' }] } }],
    ['another port', { ldap: { servers: [{ ...ldap.servers[0], port: 1636 }] } }],
    ['an SRV record', { srvRecord: '_ldap._tcp.evil.example' }],
    ['plaintext', { tlsEnabled: false }],
    ['StartTLS', { ldap: { startTls: true } }],
    ['another name in the certificate', { tls: { serverName: 'evil.example' } }],
    ['another account', { ldap: { bindDn: 'cn=admin,dc=example,dc=com' } }],
  ];

  // attack: stored LDAP password sent to another server | CVE-2026-15943, CWE-522 | guard: services/environment-api/src/environments/password-path.ts
  it.each(diversions)('must come again with %s', async (_what, change) => {
    const id = await ofLdap();
    const before = await read(id);
    const refused = await patch(id, change);
    expect([refused.status, complaints(refused)]).toEqual([400, ['data.ldap.bindPassword']]);
    expect(await read(id)).toEqual(before);
    const sent = {
      ...change,
      ldap: { ...(change as { ldap?: object }).ldap, bindPassword: 'sent-with-it-4' },
    };
    expect((await patch(id, sent)).status).toBe(200);
    expect(await opened(id)).toBe('sent-with-it-4');
  });

  it('stays with what leads it nowhere else, and may be changed alone', async () => {
    const id = await ofLdap();
    const servers = [{ address: 'LDAP-1.example', port: 636, locations: ['/USW1'] }];
    expect((await patch(id, { ldap: { servers, filters: { person: '(a=b)' } } })).status).toBe(200);
    expect(await opened(id)).toBe(bindPassword);
    const changed = await patch(id, { ldap: { bindPassword: 'another-7' } });
    expect([changed.status, await opened(id)]).toEqual([200, 'another-7']);
  });

  it('is stored sealed or not at all', async () => {
    const id = await ofLdap();
    const { rows } = await api.pool.query(
      'SELECT ldap_bind_password_key_id AS key FROM environment.environments WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ key: 'first' }]);
    await expect(
      api.pool.query('UPDATE environment.environments SET ldap_bind_password = $2 WHERE id = $1', [
        id,
        'plain',
      ]),
    ).rejects.toThrow(/check constraint/);
  });
});

describe('the directory of an environment', () => {
  it.each([
    [
      'configServer',
      { directory: 'configServer', ldap, username: 'a', password: 'b', srvRecord: '_a._tcp.b' },
      ['data.ldap'],
    ],
    [
      'ldap',
      { directory: 'ldap', ldap, username: 'a', configServers: [{ primaryAddress: 'a', primaryPort: 1 }] },
      ['data.configServers', 'data.username'],
    ],
    ['ldap in Consul', { directory: 'ldap', ldap, consulService: 'a' }, ['data.consulService']],
    [
      'people',
      { directory: 'people', password: 'a', tenant: 'a', ldap },
      ['data.ldap', 'data.password', 'data.tenant'],
    ],
    ['an unknown one', { directory: 'nis' }, ['data.directory']],
  ])('has only fields of its own: %s', async (_what, fields, expected) => {
    const answer = await create(fields);
    expect([answer.status, complaints(answer)]).toEqual([400, expected]);
  });

  it('stays, as does what names its people', async () => {
    const id = await ofLdap();
    for (const [change, field] of [
      [{ directory: 'people' }, 'data.directory'],
      [{ directory: 'configServer', username: 'a', password: 'b' }, 'data.directory'],
      [{ ldap: { type: 'activeDirectory' } }, 'data.ldap.type'],
      [{ ldap: { attributes: { id: 'uid' } } }, 'data.ldap.attributes.id'],
      [{ username: 'a' }, 'data.username'],
    ] as const) {
      const answer = await patch(id, change);
      expect([answer.status, complaints(answer)]).toEqual([400, [field]]);
    }
    const same = { directory: 'ldap', ldap: { type: 'standard', attributes: { id: 'entryUUID' } } };
    expect((await patch(id, same)).status).toBe(200);
    expect(complaints(await patch(await api.environment(), { ldap }))).toEqual(['data.ldap']);
  });

  it('is named before what belongs to it where both are wrong', async () => {
    const wrong = { directory: 1, configServers: 1, ldap: 1, srvRecord: 1 };
    const { errors } = (await patch(await ofLdap(), wrong)).body;
    const fields = errors.map(({ status }: { status: { field: string } }) => status.field);
    expect(fields).toEqual(['data.srvRecord', 'data.directory', 'data.configServers', 'data.ldap']);
  });

  it('without Configuration Servers lists none and takes none', async () => {
    const id = await ofPeople();
    const path = `/environments/${id}/config-servers`;
    expect((await api.call('GET', path)).body.data).toEqual([]);
    const data = { primaryAddress: 'a', primaryPort: 1, password: 'x' };
    const answers = await Promise.all([
      api.call('POST', path, { payload: { data } }),
      api.call('PUT', `${path}/${randomUuid()}`, { payload: { data } }),
      api.call('DELETE', `${path}/${randomUuid()}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
  });

  // attack: contact centre that joins the people store of another | RFC 7644 7.1, CWE-639 | guard: services/environment-api/src/contact-centers/writes.ts
  it('with people of its own serves one contact centre, however many ask at once', async () => {
    const environmentId = await ofPeople();
    const make = () =>
      api.call('POST', '/contact-centers', {
        payload: { data: { environmentId, domains: [`d-${randomUuid()}`], auth: 'configServer' } },
      });
    const answers = await Promise.all([make(), make(), make(), make()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(complaints(refused as never)).toEqual(['data.environmentId']);
    const other = await api.contactCenter();
    const moved = await api.call('PATCH', `/contact-centers/${other}`, {
      payload: { data: { environmentId } },
    });
    expect(moved.status).toBe(409);
    const owner = answers.find(({ status }) => status === 200)?.body.data.id;
    const renamed = await api.call('PATCH', `/contact-centers/${owner}`, {
      payload: { data: { name: 'n' } },
    });
    expect(renamed.status).toBe(200);
    const shared = await ofLdap();
    await Promise.all([
      api.contactCenter({ environmentId: shared }),
      api.contactCenter({ environmentId: shared }),
    ]);
  });

  it('travels by export and import, with the password as a reference', async () => {
    const [id, store] = [await ofLdap({ groupDepth: 1 }), await ofPeople()];
    const document = (await api.call('GET', '/export')).body;
    const name = `GATEHOUSE_IMPORT_BIND_PASSWORD_${id.toUpperCase().replaceAll('-', '_')}`;
    const find = (wanted: string) => document.environments.find((one: { id: string }) => one.id === wanted);
    expect(find(id)).toMatchObject({ directory: 'ldap', ldap: { bindPassword: { ref: `env:${name}` } } });
    expect(find(store)).toMatchObject({ directory: 'people' });
    expect(find(store)).not.toHaveProperty('password');
    const put = async (query = '') =>
      api.call('PUT', `/import${query}`, { headers: { 'if-match': '*' }, payload: document });
    const dry = await put('?dryRun=true');
    expect(dry.body.data.changes).toEqual([]);
    expect(dry.body.data.keptSecrets).toContain(`env:${name}`);
    delete find(id).ldap.groupDepth;
    const written = await put();
    expect(written.body.data.changes.map((one: { changes: object }) => Object.keys(one.changes))).toEqual([
      ['ldap'],
    ]);
    expect([(await read(id)).ldap.groupDepth, await opened(id)]).toEqual([5, bindPassword]);
    find(id).ldap.bindDn = 'cn=admin,dc=example';
    const index = document.environments.indexOf(find(id));
    expect(complaints(await put())).toEqual([`environments.${index}.ldap.bindPassword`]);
    const created = { ...find(id), id: randomUuid(), ldap: { ...find(id).ldap, bindPassword: 'new-3' } };
    document.environments[index] = created;
    expect((await put()).status).toBe(200);
    expect(await opened(created.id)).toBe('new-3');
  });
});
