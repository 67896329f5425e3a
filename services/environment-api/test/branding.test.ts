import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flat } from './pictures.ts';
import { environmentBody, opsAuthorization, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let id: string;
let other: string;

beforeAll(async () => {
  api = await startApi();
  const configServers = [{ primaryAddress: 'cs', primaryPort: 8888, locations: ['/USW1/DC2', '/EUW1'] }];
  const environmentId = await api.environment(environmentBody({ configServers }));
  id = await api.contactCenter({ environmentId });
  other = await api.contactCenter({ environmentId });
});
afterAll(() => api.close());

const own = () => `/contact-centers/${id}/branding`;
const put = (data: Record<string, unknown>, path = own(), headers: Record<string, string> = {}) =>
  api.call('PUT', path, { payload: { data }, headers });
const refusal = async (data: Record<string, unknown>) => {
  const { status, body } = await put(data);
  return [
    status,
    body.errors?.[0]?.status.field ?? body.status.field,
    body.errors?.[0]?.status.message ?? body.status.message,
  ];
};
const internalToken = () => ({ authorization: api.authApi.token({ internal_client: true }) });
const viewAt = async (location: string, center = id) =>
  (
    await api.call('GET', `/internal/contact-centers/${center}?location=${location}`, {
      headers: internalToken(),
    })
  ).body.data.branding;
const effectiveAt = async (location: string) =>
  (await api.call('GET', `${own()}?location=${location}`)).body.data.effective;

const notice = {
  kind: 'maintenance',
  text: { en: 'Sunday from two to four', de: 'Sonntag von zwei bis vier' },
  from: '2027-01-31T02:00:00Z',
  until: '2027-01-31T04:00:00Z',
};
const whole = {
  name: 'Acme',
  colors: { accent: '#7A2BBF', accentDark: '#c79bf0' },
  greeting: { en: 'Welcome', 'pt-BR': 'Bem-vindo' },
  links: [
    { kind: 'privacy', url: 'https://www.example.com/privacy' },
    { kind: 'other', url: 'https://www.example.com/desk', label: { en: 'Service desk' } },
  ],
  notice,
  byName: true,
};

it('is stored, read and given to Auth API; what is not sent stays, null takes one away', async () => {
  const { status, body, headers } = await put(whole);
  expect(status).toBe(200);
  const stored = {
    ...whole,
    colors: { accent: '#7a2bbf', accentDark: '#c79bf0' },
    notice: { ...notice, from: '2027-01-31T02:00:00.000Z', until: '2027-01-31T04:00:00.000Z' },
  };
  expect(body.data).toEqual({ location: '/', ...stored });
  const read = await api.call('GET', own());
  expect(read.body.data).toEqual({ entries: [{ location: '/', ...stored }] });
  expect(read.headers['etag']).toBe(headers['etag']);
  const { notice: storedNotice, ...shown } = stored;
  expect(await viewAt('/EUW1')).toEqual({ ...shown, notices: [storedNotice] });
  await put({ greeting: null, name: 'Acme Corporation' });
  expect((await api.call('GET', own())).body.data.entries[0]).toMatchObject({
    name: 'Acme Corporation',
    byName: true,
  });
  expect(Object.keys(await viewAt('/'))).not.toContain('greeting');
  // What was read may be sent back.
  const [entry] = (await api.call('GET', own())).body.data.entries;
  expect((await put(entry)).headers['etag']).toBe((await api.call('GET', own())).headers['etag']);
  await api.call('DELETE', own());
  expect(await viewAt('/')).toBeUndefined();
});

it('is previewed with what is inherited, refused as a change is, and nothing is written', async () => {
  await put({ name: 'Everybody', greeting: { en: 'Hello' } }, '/branding');
  await put({ name: 'Acme', byName: true });
  const before = (await api.call('GET', own())).body;
  const preview = (data: Record<string, unknown>, path = own()) =>
    api.call('POST', `${path}/preview`, { payload: { data } });
  const { status, body } = await preview({ name: null, colors: { accent: '#0057b8' } });
  expect([status, body.data.effective]).toEqual([
    200,
    {
      name: 'Everybody',
      greeting: { en: 'Hello' },
      colors: { accent: '#0057b8', accentDark: '#4a88cd' },
      byName: true,
      notices: [],
      sources: expect.objectContaining({
        name: { level: 'installation', location: '/' },
        colors: { level: 'contactCenter', location: '/' },
      }),
    },
  ]);
  expect((await preview({ name: 'All' }, '/branding')).body.data.effective.name).toBe('All');
  expect((await preview({ colors: { accent: '#ffcc00' } })).body.errors[0].status.field).toBe(
    'data.colors.accent',
  );
  expect((await preview({ name: 'x', location: '/NOWHERE' })).status).toBe(400);
  expect((await api.call('GET', own())).body).toEqual(before);
  await api.call('DELETE', own());
  await api.call('DELETE', '/branding');
});

it('inherits each field from the wider location, then from the installation, and says where it comes from', async () => {
  await put({ name: 'Everybody', colors: { accent: '#0057b8' }, notice }, '/branding');
  await put({ name: 'Everybody in the West', location: '/USW1' }, '/branding');
  await put({ name: 'Acme', greeting: { en: 'Hello' } });
  await put({ greeting: { en: 'Hello Europe' }, notice: { ...notice, kind: 'incident' }, location: '/EUW1' });
  expect(await effectiveAt('/USW1/DC2')).toMatchObject({
    name: 'Acme',
    greeting: { en: 'Hello' },
    sources: {
      name: { level: 'contactCenter', location: '/' },
      colors: { level: 'installation', location: '/' },
    },
  });
  const europe = await effectiveAt('/EUW1');
  expect(europe.greeting).toEqual({ en: 'Hello Europe' });
  expect(europe.sources.greeting).toEqual({ level: 'contactCenter', location: '/EUW1' });
  // Neither hides the other.
  expect(europe.notices.map(({ kind }: { kind: string }) => kind)).toEqual(['maintenance', 'incident']);
  expect((await viewAt('/USW1', other)).name).toBe('Everybody in the West');
  const ofNobody = await api.call('GET', '/internal/branding?location=/USW1', { headers: internalToken() });
  expect(ofNobody.body.data.branding.name).toBe('Everybody in the West');
  for (const location of ['/', '/EUW1']) await api.call('DELETE', `${own()}?location=${location}`);
  for (const location of ['/', '/USW1']) await api.call('DELETE', `/branding?location=${location}`);
});

it('changes only what the caller has seen, tells every replica, and is in the audit trail with before and after', async () => {
  const first = await put({ name: 'First' });
  const { latest } = (await api.call('GET', '/internal/changes?since=0', { headers: internalToken() })).body
    .data;
  const stale = await put({ name: 'Stale' }, own(), { 'if-match': '"1"' });
  expect(stale.status).toBe(412);
  await put({ name: 'Second' }, own(), { 'if-match': first.headers['etag'] as string });
  const { changes } = (
    await api.call('GET', `/internal/changes?since=${latest}`, { headers: internalToken() })
  ).body.data;
  expect(changes).toMatchObject([{ entity: 'branding', id: '/', contactCenterId: id }]);
  const trail = (await api.call('GET', `/audit?entity=branding&contactCenterId=${id}&limit=1`)).body.data;
  expect(trail[0]).toMatchObject({ action: 'update', changes: { name: { from: 'First', to: 'Second' } } });
  const global = await put({ name: 'All' }, '/branding');
  expect((await put({ name: 'Old' }, '/branding', { 'if-match': '"1"' })).status).toBe(412);
  expect(
    (await put({ name: null }, '/branding', { 'if-match': global.headers['etag'] as string })).status,
  ).toBe(200);
  await api.call('DELETE', own());
});

describe('a colour', () => {
  // attack: pages that nobody can read, by the colours of a contact centre | WCAG 2.2 section 1.4.3 | guard: packages/contracts/src/resources/branding.ts
  it.each([
    ['#ffcc00', 'accent', '1.38 : 1', '#876c00'],
    ['#ffffff', 'accent', '1.00 : 1', '#707070'],
    ['#135848', 'accentDark', '2.01 : 1', '#5f8d83'],
  ])(
    '%s that cannot be read as %s is refused, with its contrast and the nearest one that passes',
    async (color, field, ratio, nearest) => {
      const [status, at, message] = await refusal({ colors: { accent: '#0057b8', [field]: color } });
      expect([status, at]).toEqual([400, `data.colors.${field}`]);
      for (const part of [ratio, '4.5 : 1', 'WCAG 2.2 AA', nearest]) expect(message).toContain(part);
      expect((await put({ colors: { accent: '#0057b8', [field]: nearest } })).status).toBe(200);
    },
  );

  it('for dark pages is derived where none is given', async () => {
    expect((await put({ colors: { accent: '#0057b8' } })).body.data.colors).toEqual({
      accent: '#0057b8',
      accentDark: '#4a88cd',
    });
  });

  // attack: colour that brings CSS rules of its own | CWE-79 | guard: packages/contracts/src/resources/branding.ts
  it.each([
    'red',
    '#0057b8;}body{display:none}',
    'url(https://evil.example)',
    '#0057b',
    '#0057b8\n',
    'var(--x)',
    '#００57b8',
  ])('%j is none', async (accent) => {
    expect((await refusal({ colors: { accent } }))[0]).toBe(400);
  });
});

// attack: link of a sign-in page that runs a script | CWE-79 | guard: packages/contracts/src/resources/branding.ts
it.each([
  'javascript:alert(1)',
  'http://www.example.com/',
  'data:text/html,<script>1</script>',
  '//evil.example',
  '/auth/v3/sign-out',
  'https://user:password@example.com/',
  'https://example.com/\u0000',
])('refuses the link %j', async (url) => {
  const [status, field] = await refusal({ links: [{ kind: 'help', url }] });
  expect([status, field]).toEqual([400, 'data.links.0.url']);
});

it('refuses too many links, texts, languages and unknown fields', async () => {
  const link = { kind: 'help', url: 'https://example.com/' };
  const languages = Object.fromEntries(
    Array.from({ length: 21 }, (_, at) => [`x${String.fromCharCode(97 + at)}`, 'a']),
  );
  for (const data of [
    { links: Array.from({ length: 7 }, () => link) },
    { links: [{ ...link, label: { en: 'Own words' } }] },
    { links: [{ kind: 'other', url: 'https://example.com/' }] },
    { greeting: languages },
    { greeting: { en: 'x'.repeat(281) } },
    { greeting: { 'en"><script>': 'x' } },
    { greeting: 'Hello' },
    { greeting: {} },
    { name: 'two\nlines' },
    { notice: { ...notice, until: notice.from } },
    { notice: { ...notice, kind: 'party' } },
    { colours: { accent: '#0057b8' } },
    { logo: 'x', name: 7 },
    { name: 'A', location: '/NOWHERE' },
  ])
    expect([data, (await refusal(data))[0]]).toEqual([data, 400]);
});

// attack: decoder kept busy by callers who may store no picture | CWE-400 | guard: services/environment-api/src/access/matrix.ts
it('decodes nothing for the manager of another contact centre', async () => {
  const authorization = api.authApi.token({
    contact_center_ids: [other],
    contact_center_id: other,
    authorities: ['ROLE_MANAGEMENT_APPLICATION'],
  });
  const file = {
    payload: Buffer.from('no picture'),
    headers: { authorization, 'content-type': 'image/png' },
  };
  const statuses = [`${own()}/logo`, '/branding/logo', `/contact-centers/${other}/branding/logo`].map(
    async (path) => (await api.call('PUT', path, file)).status,
  );
  expect(await Promise.all(statuses)).toEqual([404, 403, 400]);
});

// attack: branding of another contact centre | CWE-639 | guard: services/environment-api/src/access/caller.ts
it('belongs to its contact centre: the manager of another one neither sees nor changes it', async () => {
  const authorization = api.authApi.token({
    contact_center_ids: [other],
    contact_center_id: other,
    authorities: ['ROLE_MANAGEMENT_APPLICATION'],
  });
  const file = {
    payload: await flat(4, 4).png().toBuffer(),
    headers: { authorization, 'content-type': 'image/png' },
  };
  for (const answer of [
    await api.call('GET', own(), { headers: { authorization } }),
    await put({ name: 'Mine' }, own(), { authorization }),
    await api.call('DELETE', own(), { headers: { authorization } }),
    await api.call('PUT', `${own()}/logo`, file),
    await api.call('DELETE', `${own()}/logo`, { headers: { authorization } }),
  ])
    expect(answer.status).toBe(404);
  for (const answer of [
    await put({ name: 'Mine' }, '/branding', { authorization }),
    await api.call('PUT', '/branding/logo', file),
  ])
    expect(answer.status).toBe(403);
  expect((await put({ name: 'Mine' }, `/contact-centers/${other}/branding`, { authorization })).status).toBe(
    200,
  );
});

it('goes out and in again with its logo, and a second import changes nothing', async () => {
  await put({ name: 'Whole', greeting: { en: 'Hi' } });
  const headers = { authorization: opsAuthorization, 'content-type': 'image/png' };
  // Does not compress without loss: what is decoded anew is another picture.
  const noise = Buffer.from(
    Uint8Array.from({ length: 300 * 200 * 3 }, (_, at) => (at * 2_654_435_761) >>> 24),
  );
  const { default: sharp } = await import('sharp');
  const payload = await sharp(noise, { raw: { width: 300, height: 200, channels: 3 } })
    .png()
    .toBuffer();
  const { digest } = (await api.call('PUT', `${own()}/logo`, { payload, headers })).body.data.logo;
  await put({ name: 'All', location: '/EUW1' }, '/branding');
  const exported = (await api.call('GET', '/export')).body;
  expect(exported.branding).toEqual([{ location: '/EUW1', name: 'All' }]);
  const asYaml = await api.call('GET', '/export', { headers: { accept: 'application/yaml' } });
  expect(asYaml.text).toContain('logo: data:image/webp;base64,');

  const target = await startApi();
  try {
    for (const environment of exported.environments) environment.password = 'known';
    const imported = await target.call('PUT', '/import', { payload: exported, headers: { 'if-match': '*' } });
    expect(imported.status).toBe(200);
    const again = await target.call('PUT', '/import', { payload: exported, headers: { 'if-match': '*' } });
    expect(again.body.data.changes.filter(({ entity }: { entity: string }) => entity === 'branding')).toEqual(
      [],
    );
    const [entry] = (await target.call('GET', own())).body.data.entries;
    expect(entry).toMatchObject({ name: 'Whole', logo: { width: 300, height: 200 } });
    // A document must not bring a picture of its maker's choice past the decoder.
    const forged = structuredClone(exported);
    const center = forged.contactCenters.find((one: { id: string }) => one.id === id);
    center.branding[0].logo = `data:image/webp;base64,${Buffer.from('<script>alert(1)</script>').toString('base64')}`;
    const refused = await target.call('PUT', '/import', { payload: forged, headers: { 'if-match': '*' } });
    expect([refused.status, refused.text.includes('branding.0.logo')]).toEqual([400, true]);
    // What a document does not name is deleted.
    center.branding = [];
    delete forged.branding;
    await target.call('PUT', '/import', { payload: forged, headers: { 'if-match': '*' } });
    expect((await target.call('GET', own())).body.data.entries).toEqual([]);
    expect((await target.call('GET', '/branding')).body.data.entries).toEqual([]);
  } finally {
    await target.close();
  }
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
});

it('ends with its contact centre', async () => {
  const gone = await api.contactCenter();
  await put({ name: 'Gone' }, `/contact-centers/${gone}/branding`);
  expect((await api.call('DELETE', `/contact-centers/${gone}`)).status).toBe(200);
  const { rowCount } = await api.pool.query(
    'SELECT 1 FROM environment.branding WHERE contact_center_id = $1',
    [gone],
  );
  expect(rowCount).toBe(0);
});
