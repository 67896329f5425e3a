import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { flat } from './pictures.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
beforeEach(async () => {
  await api.call('PUT', '/import', {
    payload: { formatVersion: 1, environments: [], contactCenters: [] },
    headers: { 'if-match': '*' },
  });
  await api.pool.query('DELETE FROM environment.managed_resources');
  await api.pool.query('DELETE FROM environment.configuration_owners');
});
afterAll(() => api.close());

const owner = 'platform/git';
const apply = (documents: unknown[], more: Record<string, unknown> = {}, headers = {}) =>
  api.call('POST', '/apply', { payload: { owner, documents, ...more }, headers });
const plan = async (documents: unknown[], more: Record<string, unknown> = {}) =>
  (await apply(documents, { dryRun: true, ...more })).body.data;

const document = (
  kind: string,
  name: string,
  spec: object = {},
  { secrets, ...place }: Record<string, unknown> = {},
) => ({
  apiVersion: 'gatehouse/v1',
  kind,
  metadata: { name, ...place },
  spec,
  ...(secrets === undefined ? {} : { secrets }),
});

const secret = 'cs-password-7d1f';
const home = (spec: object = {}, more = { secrets: { password: secret } }) =>
  document(
    'Environment',
    'Home',
    {
      username: 'default',
      configServers: [{ primaryAddress: 'config-1.example.com', primaryPort: 8888, locations: '/USW1' }],
      ...spec,
    },
    more,
  );
const north = (spec: object = {}, more = {}) =>
  document(
    'ContactCenter',
    'north',
    { environment: 'Home', domains: ['north.example'], membership: { by: 'all' }, ...spec },
    more,
  );
const inNorth = { contactCenter: 'north' };
const whole = () => [
  document('Location', '/EUW1'),
  home(),
  document('Setting', 'password-link-hours', { value: '48' }),
  document('Branding', '/', { name: 'Example Travel', colors: { accent: '#0057b8' } }),
  north(),
  document('Setting', 'x-codec', { value: 'opus' }, { ...inNorth, location: '/EUW1' }),
  document('Branding', '/', { greeting: { en: 'Hello.' } }, inNorth),
  document(
    'SingleSignOn',
    'oidc',
    { issuer: 'https://idp.example.com', clientId: 'gatehouse', enabled: true },
    { ...inNorth, secrets: { clientSecret: 'idp-secret-3f81' } },
  ),
  document('Origin', 'https://desktop.example.com', {}, inNorth),
];
const lines = (answer: { changes: { action: string; kind: string; name: string }[] }) =>
  answer.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`);
const nothing = { create: 0, change: 0, delete: 0, refused: 0 };

describe('documents', () => {
  it('make an installation from nothing, and change nothing when they are applied again', async () => {
    const first = await apply(whole(), { revision: '4f1c2a' });
    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject({ isApplied: true, summary: { ...nothing, create: 9 } });
    const again = await apply(whole(), { revision: '4f1c2b' });
    expect(again.body.data).toMatchObject({
      isApplied: true,
      isDifferent: false,
      summary: { ...nothing, nothing: 9 },
      changes: [],
    });
    const { body } = await api.call('GET', '/export');
    expect(body.contactCenters).toMatchObject([
      { domains: ['north.example'], settings: [{ name: 'cors-origins' }, { name: 'x-codec' }] },
    ]);
  });

  // attack: secret in a plan | CWE-532 | guard: services/environment-api/src/configuration/planning.ts
  it('are planned in a dry run, which writes nothing and names no secret', async () => {
    const before = await api.call('GET', '/export');
    const dry = await apply(whole(), { dryRun: true });
    expect(dry.body.data).toMatchObject({ isApplied: false, isDifferent: true, summary: { create: 9 } });
    expect(dry.text).not.toContain(secret);
    expect(dry.text).not.toContain('idp-secret-3f81');
    expect(dry.text).toContain('[secret]');
    expect((await api.call('GET', '/export')).text).toBe(before.text);
  });

  it('change the fields that they have, and leave the others', async () => {
    await apply(whole());
    await api.call('PATCH', `/contact-centers/${await idOf('north.example')}`, {
      payload: { data: { name: 'North' } },
    });
    const changed = [north({ secondFactor: { mode: 'offered' } })];
    expect(await plan(changed)).toMatchObject({
      changes: [
        {
          action: 'change',
          fields: [{ field: 'secondFactor.mode', from: 'off', to: 'offered' }],
        },
      ],
    });
    await apply(changed);
    const { body } = await api.call('GET', `/contact-centers/${await idOf('north.example')}`);
    expect(body.data).toMatchObject({ name: 'North', secondFactor: { mode: 'offered', rememberDays: 0 } });
  });

  it('keep the stored secret where they have none, and tell a new one without showing it', async () => {
    await apply(whole());
    expect(await plan([home({}, {} as never)])).toMatchObject({ changes: [] });
    const changed = await plan([home({}, { secrets: { password: 'another-9c22' } })]);
    expect(changed.changes).toMatchObject([
      { action: 'change', fields: [{ field: 'password', from: '[secret]', to: '[secret]' }] },
    ]);
  });

  it('rename what had another name, and swap tenant names', async () => {
    await apply([
      home(),
      north(),
      document('ContactCenter', 'south', { ...north().spec, domains: ['south.example'] }),
    ]);
    const before = await idOf('north.example');
    const swapped = [
      { ...home(), metadata: { name: 'Head office', formerName: 'Home' } },
      document(
        'ContactCenter',
        'nord',
        { environment: 'Head office', domains: ['south.example'] },
        { formerName: 'north' },
      ),
      document('ContactCenter', 'south', { domains: ['north.example'] }),
    ];
    const answer = await apply(swapped);
    expect(lines(answer.body.data)).toEqual([
      'change Environment Head office',
      'change ContactCenter nord',
      'change ContactCenter south',
    ]);
    expect(await idOf('south.example')).toBe(before);
    expect((await apply(swapped)).body.data.isDifferent).toBe(false);
  });
});

describe('an export of documents', () => {
  it('changes nothing when it is applied, and holds no secret and no identifier', async () => {
    await apply(whole());
    await api.call('PUT', `/contact-centers/${await idOf('north.example')}/branding/logo`, {
      payload: await flat(64, 32).png().toBuffer(),
      headers: { 'content-type': 'image/png' },
    });
    await api.call('POST', '/environments', {
      payload: {
        data: {
          directory: 'ldap',
          name: 'Directory',
          ldap: {
            servers: [{ address: 'ldap.example.com' }],
            bindDn: 'cn=gatehouse,dc=example,dc=com',
            bindPassword: secret,
            baseDns: ['ou=people,dc=example,dc=com'],
          },
        },
      },
    });
    await api.contactCenter({ domains: ['South.example', 'sued.example'] });
    const id = await idOf('north.example');
    const ours = { apiVersion: 'gatehouse/v1', spec: {} } as const;
    const client = { ...ours, kind: 'Client', metadata: { name: 'desktop' } } as const;
    api.authApi.listed.push({ ...client, spec: { contactCenterIds: [id] } });
    api.authApi.listed.push({ ...ours, kind: 'Administrator', metadata: { name: 'ada', contactCenter: id } });
    const answer = await api.call('GET', '/documents');
    api.authApi.listed.length = 0;
    expect(answer.text).not.toMatch(/cs-password|idp-secret|envelope/i);
    expect(answer.text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    const { documents } = answer.body.data;
    expect(documents).toHaveLength(14);
    expect(documents.slice(12)).toEqual([
      { ...client, spec: { contactCenters: ['north'] } },
      { ...ours, kind: 'Administrator', metadata: { name: 'ada', contactCenter: 'north' } },
    ]);
    expect((await plan(documents)).changes).toEqual([]);
  });
});

describe('pruning', () => {
  it('deletes what the owner made and no document names, and what needs others first', async () => {
    await apply(whole());
    const pruned = await apply([], { prune: true });
    expect(lines(pruned.body.data)).toEqual([
      'delete Origin https://desktop.example.com',
      'delete SingleSignOn oidc',
      'delete Branding /',
      'delete Branding /',
      'delete Setting password-link-hours',
      'delete Setting x-codec',
      'delete ContactCenter north',
      'delete Environment Home',
      'delete Location /EUW1',
    ]);
    const { body } = await api.call('GET', '/export');
    expect([body.environments, body.contactCenters, body.locations]).toEqual([[], [], []]);
  });

  it('deletes the environment that a contact centre leaves, whose name a new one takes', async () => {
    await apply([home(), north()]);
    const away = document('Environment', 'Away', { ...home().spec }, { secrets: { password: secret } });
    const moved = await apply([away, north({ environment: 'Away' })], { prune: true });
    expect(moved.body.data).toMatchObject({
      isApplied: true,
      summary: { ...nothing, create: 1, change: 1, delete: 1 },
    });
    expect(lines(moved.body.data)).toEqual([
      'create Environment Away',
      'change ContactCenter north',
      'delete Environment Home',
    ]);
  });

  it('leaves what was there before, what somebody else made, and everything where it is not asked for', async () => {
    await api.environment({ name: 'Home' });
    await apply([home(), north()]);
    await apply([document('Location', '/EUW1')], { owner: 'other/git' });
    await api.call('POST', '/locations', { payload: { data: { location: '/APS1' } } });
    expect(await plan([])).toMatchObject({ changes: [] });
    expect(lines(await plan([], { prune: true }))).toEqual(['delete ContactCenter north']);
  });

  // attack: deleting what another owner has set | CWE-639 | guard: services/environment-api/src/configuration/refusals.ts
  it('is refused where another owner has set something of what would be deleted', async () => {
    await apply([home(), north()]);
    await apply([document('Setting', 'x-codec', { value: 'opus' }, inNorth)], { owner: 'other/git' });
    const refused = await plan([home()], { prune: true });
    expect(refused.changes).toMatchObject([
      { action: 'refused', kind: 'ContactCenter', reason: 'other_owner' },
    ]);
    expect(refused.changes[0].sentence).toContain('other/git');
    expect(lines(await plan([home()], { prune: true, takeOver: true }))).toEqual([
      'delete ContactCenter north',
    ]);
  });
});

describe('an owner', () => {
  // attack: setting a field of another owner | CWE-639 | guard: services/environment-api/src/configuration/refusals.ts
  it('keeps the fields that it has set: another one is refused by both names, or takes them over', async () => {
    await apply([home(), north()]);
    const other = [north({ status: 'disabled' })];
    const refused = (await apply(other, { owner: 'other/git' })).body.data;
    expect(refused).toMatchObject({ isApplied: false, summary: { refused: 1 } });
    expect(refused.changes[0]).toMatchObject({ reason: 'other_owner', field: 'spec.domains' });
    expect(refused.changes[0].sentence).toMatch(/platform\/git.*other\/git/);
    const fields = [document('ContactCenter', 'north', { status: 'disabled' })];
    expect((await apply(fields, { owner: 'other/git' })).body.data.isApplied).toBe(true);
    expect((await apply(other, { owner: 'other/git', takeOver: true })).body.data.isApplied).toBe(true);
    expect((await plan([north()])).changes).toMatchObject([{ action: 'refused' }]);
  });

  it('gives up fields that its documents no longer have', async () => {
    await apply([home(), north({ status: 'active' })]);
    await apply([home(), north()]);
    const other = [document('ContactCenter', 'north', { status: 'disabled' })];
    expect((await apply(other, { owner: 'other/git' })).body.data.isApplied).toBe(true);
  });

  // attack: apply under the name of another owner | CWE-290 | guard: services/environment-api/src/configuration/refusals.ts
  it('cannot be spoofed by another caller, who may take its name over', async () => {
    await apply([home()]);
    const headers = {
      authorization: api.authApi.token({
        sub: 'robot',
        client_id: 'robot',
        authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      }),
    };
    const spoofed = await apply([home()], {}, headers);
    expect([spoofed.status, spoofed.body.errors[0].status.reason]).toEqual([409, 'other_owner']);
    expect((await apply([home()], { takeOver: true }, headers)).status).toBe(200);
    expect((await apply([home()])).status).toBe(409);
  });

  it('is told with its revision and its drift', async () => {
    await apply([home(), north()], { revision: '4f1c2a' });
    await api.call('PATCH', `/contact-centers/${await idOf('north.example')}`, {
      payload: { data: { domains: ['nord.example'] } },
    });
    const checked = await apply([home(), north()], { check: true });
    expect(checked.body.data).toMatchObject({ isApplied: false, summary: { change: 1 } });
    const { body } = await api.call('GET', '/configuration');
    expect(body.data.owners).toMatchObject([
      { owner, actor: 'ops', revision: '4f1c2a', drift: { ...nothing, change: 1 } },
    ]);
    await apply([home(), north()]);
    expect((await api.call('GET', '/configuration')).body.data.owners).toMatchObject([{ drift: nothing }]);
  });
});

describe('what documents keep', () => {
  const managed = (query: Record<string, string>, headers = {}) =>
    api.call('GET', `/managed?${new URLSearchParams(query)}`, { headers });
  const things = async (query: Record<string, string>) => (await managed(query)).body.data.things;
  const keeper = (fields: string[], more: object = {}) => ({
    owner,
    revision: '4f1c2a',
    isMaker: true,
    fields,
    ...more,
  });

  it('is told by owner, with the names that fields have at their API', async () => {
    await apply(whole(), { revision: '4f1c2a' });
    const contactCenterId = await idOf('north.example');
    const [environment] = (await api.call('GET', '/environments')).body.data;
    await apply([document('ContactCenter', 'north', { status: 'disabled' })], { owner: 'other/git' });
    expect(await things({ kind: 'ContactCenter', contactCenterId })).toEqual([
      {
        owners: [
          { owner: 'other/git', isMaker: false, fields: ['status'] },
          keeper(['domains', 'environmentId', 'membership']),
        ],
      },
    ]);
    expect(await things({ kind: 'Environment', id: environment.id })).toEqual([
      { owners: [keeper(['name', 'configServers', 'password', 'username'])] },
    ]);
    expect(await things({ kind: 'Location', name: '/EUW1' })).toEqual([
      { name: '/EUW1', owners: [keeper([])] },
    ]);
    const codec = { name: 'x-codec', location: '/EUW1' };
    const told = [{ ...codec, owners: [keeper(['value'])] }];
    expect(await things({ kind: 'Setting', contactCenterId })).toEqual(told);
    expect(await things({ kind: 'Setting', contactCenterId, ...codec })).toEqual(told);
    expect(await things({ kind: 'Setting', contactCenterId, name: 'no-such-setting' })).toEqual([]);
    expect((await managed({ kind: 'Setting', contactCenterId: 'north' })).status).toBe(400);
  });

  it('is asked of Auth API, where that has the thing', async () => {
    await apply([home()], { revision: '4f1c2a' });
    api.authApi.keep([{ id: 'desktop', madeBy: owner, fields: { name: owner, client_secret: 'other/git' } }]);
    expect(await things({ kind: 'Client', name: 'desktop' })).toEqual([
      {
        name: 'desktop',
        owners: [{ owner: 'other/git', isMaker: false, fields: ['client_secret'] }, keeper(['name'])],
      },
    ]);
  });

  // attack: asking what documents keep in another contact centre, or for the installation | CWE-639 | guard: services/environment-api/src/configuration/managed.ts
  it('of others is not told to a caller of one contact centre', async () => {
    await apply(whole());
    const contactCenterId = await idOf('north.example');
    const headers = {
      authorization: api.authApi.token({
        client_id: 'robot',
        contact_center_ids: [contactCenterId],
        authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      }),
    };
    expect((await managed({ kind: 'ContactCenter', contactCenterId }, headers)).status).toBe(200);
    for (const query of [{ kind: 'Setting' }, { kind: 'Environment' }, { kind: 'Client', contactCenterId }])
      expect((await managed(query, headers)).status, query.kind).toBe(403);
    const stranger = await api.contactCenter();
    expect((await managed({ kind: 'ContactCenter', contactCenterId: stranger }, headers)).status).toBe(404);
  });
});

describe('an import', () => {
  it('sets a field whoever owns it, and the drift of its owner tells it', async () => {
    await apply([home(), north({ status: 'active' })]);
    const { body, headers } = await api.call('GET', '/export');
    body.contactCenters[0].status = 'disabled';
    await api.environment();
    const put = (etag: string) =>
      api.call('PUT', '/import', { payload: body, headers: { 'if-match': etag } });
    const stale = await put(headers['etag'] as string);
    expect(stale.status).toBe(412);
    expect(stale.body.errors[0].status.message).toContain('ops: create environment');
    expect((await put('*')).status).toBe(200);
    expect((await plan([home(), north({ status: 'active' })])).changes).toMatchObject([
      { action: 'change', fields: [{ field: 'status', from: 'disabled', to: 'active' }] },
    ]);
    const others = await plan([document('ContactCenter', 'north', { status: 'disabled' })], {
      owner: 'other/git',
    });
    expect(others.changes).toMatchObject([{ action: 'refused', reason: 'other_owner' }]);
  });
});

describe('what is refused', () => {
  it('takes what needs it with it, by its name', async () => {
    const theme = document('Setting', 'x-theme', { value: 'dark' }, inNorth);
    const { changes } = await plan([home({ configServers: 'none' }), north(), theme]);
    expect(changes).toMatchObject([
      { kind: 'Environment', action: 'refused', isWrong: true },
      {
        kind: 'ContactCenter',
        isWrong: false,
        field: 'spec.environment',
        sentence: expect.stringContaining('Home'),
      },
      {
        kind: 'Setting',
        isWrong: false,
        field: 'metadata.contactCenter',
        sentence: expect.stringContaining('north'),
      },
    ]);
  });

  it('has the reason of the API, and nothing is written', async () => {
    const refused = (
      await apply([
        home({ tls: { caa: 'x' } }),
        document('Environment', 'Second', { directory: 'people' }),
        document('ContactCenter', 'lost', { environment: 'Nowhere', domains: ['lost.example'] }),
        document('Setting', 'cors-orgins', { value: 'x' }),
        document('Setting', 'x-far', { value: '1' }, { location: '/MARS' }),
        document('Branding', '/', { colors: { accent: '#ffffff' } }),
      ])
    ).body.data;
    expect(refused.isApplied).toBe(false);
    expect(
      refused.changes.map(({ action, reason, field }: Record<string, string>) => [action, reason, field]),
    ).toEqual([
      ['refused', 'unknown_field', 'spec.tls.caa'],
      ['create', undefined, undefined],
      ['refused', 'unknown_reference', 'spec.environment'],
      ['refused', 'unknown_setting', 'metadata.name'],
      ['refused', 'unknown_location', 'metadata.location'],
      ['refused', 'low_contrast', 'spec.colors.accent'],
    ]);
    expect((await api.call('GET', '/export')).body.environments).toEqual([]);
  });

  it('is a secret in a spec, an unknown kind, a document twice, and what pollutes prototypes', async () => {
    expect((await plan([home({ password: secret }, {} as never)])).changes).toMatchObject([
      { action: 'refused', field: 'spec.password' },
    ]);
    const wrong = await apply([document('Person', 'ada'), { ...home(), apiVersion: 'v9' }]);
    expect([
      wrong.status,
      wrong.body.errors.map((one: { status: { field: string } }) => one.status.field),
    ]).toEqual([400, ['documents.0.kind', 'documents.1.apiVersion']]);
    expect((await apply([home(), home()])).body.status.message).toContain('documents.0 and documents.1');
    const polluted = await api.call('POST', '/apply', {
      payload: `{"owner":"${owner}","documents":[{"apiVersion":"gatehouse/v1","kind":"Setting","metadata":{"name":"x-a"},"spec":{"__proto__":{"value":"x"}}}]}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(polluted.status).toBe(400);
    await plan([
      document('Setting', 'x-a', { value: 'x', constructor: { prototype: { isPolluted: true } } }),
    ]);
    expect({}).not.toHaveProperty('isPolluted');
  });

  it('is an apply after others have changed something, with who changed what', async () => {
    const { etag } = (await apply(whole(), { dryRun: true })).headers;
    await api.environment();
    const answer = await apply(whole(), {}, { 'if-match': etag });
    expect(answer.status).toBe(412);
    expect(answer.body.status.message).toContain('ops: create environment');
  });

  // attack: taking over by a lower right | CWE-269 | guard: services/environment-api/src/access/matrix.ts
  it('is every caller who may not replace everything', async () => {
    const id = await api.contactCenter();
    for (const fields of [
      { contact_center_ids: [id], authorities: ['ROLE_MANAGEMENT_APPLICATION'] },
      { internal_client: true },
    ]) {
      const authorization = api.authApi.token({ sub: 'robot', client_id: 'robot', ...fields });
      expect((await apply([home()], { takeOver: true }, { authorization })).status).toBe(403);
    }
  });
});

describe('an apply', () => {
  it('that dies at any step has written nothing, and does all of it when it is repeated', async () => {
    const before = (await api.call('GET', '/documents')).text;
    const documents = whole();
    for (let step = 1, isDone = false; !isDone; step += 1) {
      let count = 0;
      const { status } = await watchingQueries(
        () => {
          count += 1;
          if (count >= step) throw new Error('the connection is lost');
        },
        () => apply(documents),
      );
      isDone = count < step;
      expect(status).toBe(isDone ? 200 : 500);
      if (!isDone) expect((await api.call('GET', '/documents')).text).toBe(before);
    }
    const again = await apply(documents);
    expect(again.body.data).toMatchObject({ isDifferent: false, summary: { nothing: 9 } });
  }, 120_000);

  it('is refused while another one of its owner is under way', async () => {
    const client = await api.pool.connect();
    onTestFinished(() => client.release());
    await client.query(`SELECT pg_advisory_lock(hashtext('gatehouse.apply'), hashtext('${owner}'))`);
    expect((await apply([home()])).body.errors[0].status).toMatchObject({ field: 'owner', reason: 'in_use' });
    expect((await apply([home()], { owner: 'other/git' })).status).toBe(200);
    await client.query(`SELECT pg_advisory_unlock(hashtext('gatehouse.apply'), hashtext('${owner}'))`);
  });

  it('of 30 MB is taken', async () => {
    const body = `{"owner":"${owner}","dryRun":true,"documents":[]`;
    const answer = await api.call('POST', '/apply', {
      payload: `${body.padEnd(30 * 1024 * 1024 - 1)}}`,
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
  });

  // attack: an apply of millions of empty values in short JSON | CWE-400 | guard: services/environment-api/src/configuration/routes.ts
  it('of more values than the memory holds is refused before they are read', async () => {
    const answer = await api.call('POST', '/apply', {
      payload: `{"owner":"${owner}","dryRun":true,"documents":[${'[],'.repeat(9_400_000)}[]]}`,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.body.status.message]).toEqual([
      413,
      expect.stringMatching(/more than \d+ values/),
    ]);
  });

  it('of more than 30 MB is refused with the limit', async () => {
    const answer = await api.call('POST', '/apply', {
      payload: ' '.repeat(30 * 1024 * 1024 + 1),
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, answer.body.status.message]).toEqual([
      413,
      expect.stringContaining('31457280 bytes'),
    ]);
  });

  it('of 10 000 things without a change asks the database a few times', async () => {
    const settings = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        document('Setting', `x-${index}`, { value: `${index}` }, inNorth),
      );
    const asked = async (documents: unknown[]) => {
      let count = 0;
      const counted = () => {
        count += 1;
      };
      const { data } = (await watchingQueries(counted, () => apply(documents))).body;
      expect(data).toMatchObject({ isApplied: true, isDifferent: false });
      return count;
    };
    await apply([home(), north()]);
    await api.pool.query(
      `INSERT INTO environment.settings (contact_center_id, name, location, value, shared)
        SELECT $1, 'x-' || n, '/', n::text, false FROM generate_series(0, 9999) n`,
      [await idOf('north.example')],
    );
    const many = settings(10_000);
    await apply(many);
    expect(await asked([home(), north(), ...many])).toBeLessThan(20);
  });
});

describe('documents of clients', () => {
  const desktop = (spec: object = {}) =>
    document(
      'Client',
      'desktop',
      { name: 'Desktop', ...spec },
      { secrets: { client_secret: 'desk-secret-91ab' } },
    );
  const created = () => ({
    changes: [
      {
        kind: 'Client' as const,
        name: 'desktop',
        action: 'create' as const,
        fields: [{ field: 'contactCenterIds', to: [] as unknown[] }],
      },
    ],
    nothing: 0,
  });
  beforeEach(() => {
    api.authApi.forwarded.length = 0;
    api.authApi.failPlacesWith(undefined);
    api.authApi.planForwarded(() => created());
  });

  it('go to Auth API with ids in place of names: as a dry run, and again when the rest is written', async () => {
    const documents = [home(), north(), desktop({ contactCenters: ['north'], jwtBearer: { issuers: [] } })];
    api.authApi.planForwarded(({ documents: [sent] }) => {
      const ids = sent?.spec?.['contactCenterIds'] as string[];
      return {
        ...created(),
        changes: created().changes.map((one) => ({
          ...one,
          fields: [{ field: 'contactCenterIds', to: ids }],
        })),
      };
    });
    const answer = await apply(documents);
    expect(answer.body.data).toMatchObject({ isApplied: true, summary: { create: 3 } });
    expect(answer.body.data.changes.at(-1).fields).toEqual([{ field: 'contactCenters', to: ['north'] }]);
    const id = await idOf('north.example');
    expect(
      api.authApi.forwarded.map(({ dryRun, owner, actor, documents: [sent] }) => [
        dryRun,
        owner,
        actor.name,
        sent?.spec?.['contactCenterIds'],
        sent?.secrets,
      ]),
    ).toEqual([
      [true, owner, 'ops', [id], { client_secret: 'desk-secret-91ab' }],
      [false, owner, 'ops', [id], { client_secret: 'desk-secret-91ab' }],
    ]);
    expect(answer.text).not.toContain('desk-secret');
  });

  it('that are refused there or here, or cannot be planned, keep everything from being written', async () => {
    api.authApi.planForwarded(() => ({
      changes: [
        {
          kind: 'Client',
          name: 'desktop',
          action: 'refused',
          fields: [],
          reason: 'taken',
          sentence: 'Taken',
        },
      ],
      nothing: 0,
    }));
    expect((await apply([home(), desktop()])).body.data).toMatchObject({
      isApplied: false,
      summary: { refused: 1 },
    });
    const lost = await apply([home(), desktop({ contactCenters: ['nowhere'] })]);
    expect(lost.body.data.changes).toContainEqual(
      expect.objectContaining({ kind: 'Client', reason: 'unknown_reference', field: 'spec.contactCenters' }),
    );
    api.authApi.failPlacesWith(500);
    expect((await apply([home(), desktop()])).status).toBe(503);
    expect(api.authApi.forwarded.every(({ dryRun }) => dryRun)).toBe(true);
    expect((await api.call('GET', '/export')).body.environments).toEqual([]);
  });

  it('that Auth API did not take any more are taken when the apply is repeated', async () => {
    api.authApi.planForwarded(({ dryRun }) => {
      if (dryRun) api.authApi.failPlacesWith(503);
      return created();
    });
    expect((await apply([home(), desktop()])).status).toBe(503);
    api.authApi.failPlacesWith(undefined);
    api.authApi.planForwarded(() => created());
    expect((await apply([home(), desktop()])).body.data).toMatchObject({
      isApplied: true,
      summary: { create: 1, nothing: 1 },
    });
  });
});

/** Tells of every query of an apply while `work` runs, from the lock of its owner on. */
async function watchingQueries<T>(watch: () => void, work: () => Promise<T>): Promise<T> {
  const { connect } = api.pool;
  const watched = async () => {
    const client = (await Reflect.apply(connect, api.pool, [])) as unknown as Client;
    const { query, release } = client;
    let isApply = false;
    client.query = async (...values) => {
      isApply ||= String(values[0]).includes('gatehouse.apply');
      if (isApply) watch();
      return query.apply(client, values);
    };
    client.release = (error) => {
      Object.assign(client, { query, release });
      client.release(error);
    };
    return client;
  };
  const instead = (...given: unknown[]) =>
    // Single queries of the pool wait for theirs by a callback.
    given.length > 0 ? Reflect.apply(connect, api.pool, given) : watched();
  Object.assign(api.pool, { connect: instead });
  return work().finally(() => {
    Object.assign(api.pool, { connect });
  });
}

interface Client {
  query(...values: unknown[]): Promise<unknown>;
  release(error?: Error): void;
}

async function idOf(domain: string): Promise<string> {
  const { body } = await api.call('GET', `/contact-centers?domain=${domain}`);
  return body.data[0].id;
}
