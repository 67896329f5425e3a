/** SCIM 2.0 (RFC 7643, RFC 7644) over HTTP, with PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;

beforeAll(async () => {
  api = await startApi({ env: { GATEHOUSE_PUBLIC_URL: 'https://login.example.com' } });
  scim = await createScimClient(api);
});
afterAll(() => api.close());

const ada = {
  userName: 'Ada@Example.com',
  externalId: 'ext-ada',
  name: { givenName: 'Ada', familyName: 'Lovelace', middleName: 'King' },
  displayName: 'Ada L.',
  title: 'Analyst',
  emails: [
    { value: 'ada@home.example', type: 'home' },
    { value: 'ada@example.com', type: 'work', primary: true },
  ],
  phoneNumbers: [{ value: '+44 20 7946 0000', type: 'work' }],
  addresses: [{ type: 'work', locality: 'London', formatted: 'Line 1\nLondon' }],
  [urns.enterprise]: { employeeNumber: '701984', department: 'Engines', manager: { value: 'm-1' } },
};

describe('a user', () => {
  it('is created, given back unchanged, and found by each name', async () => {
    const created = await scim.call('POST', '/Users', { schemas: [urns.user, urns.enterprise], ...ada });
    expect(created.status, created.text).toBe(201);
    const { id } = created.body;
    expect(created.headers['location']).toBe(
      `https://login.example.com/environment/v3${scim.base}/Users/${id}`,
    );
    expect(created.headers['content-type']).toMatch('application/scim+json');
    expect(created.body).toEqual({
      ...ada,
      schemas: [urns.user, urns.enterprise],
      id,
      active: true,
      meta: {
        resourceType: 'User',
        created: expect.any(String),
        lastModified: expect.any(String),
        location: created.headers['location'],
        version: created.headers['etag'],
      },
    });
    const read = await scim.call('GET', `/Users/${id}`);
    expect(read.body).toEqual(created.body);
    for (const filter of [
      'userName eq "ADA@example.COM"',
      'externalId eq "ext-ada"',
      'emails.value eq "Ada@Home.example"',
      'emails[type eq "work" and value eq "ada@example.com"]',
      'emails[type eq "work"].value eq "ada@example.com"',
      `id eq "${id}" and active eq true`,
      `${urns.enterprise}:employeeNumber eq "701984"`,
      `${urns.user}:name.familyName sw "love" and not (title eq "Clerk")`,
      `${urns.enterprise}:department co "gine"`,
      '(displayName pr and nickName eq null) or userName eq "nobody"',
      'meta.lastModified gt "2020-01-01T00:00:00Z" and name.givenName ew "DA" and emails.primary eq true',
      'phoneNumbers pr and addresses.locality eq "london"',
    ]) {
      const found = await scim.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
      expect([filter, found.body.totalResults, found.body.Resources?.[0]?.id]).toEqual([filter, 1, id]);
    }
    const { rows } = await api.pool.query('SELECT * FROM environment.people WHERE id = $1', [id]);
    expect(rows[0]).toMatchObject({
      user_name_key: 'ada@example.com',
      first_name: 'Ada',
      email: 'ada@example.com',
      employee_id: '701984',
      email_keys: ['ada@example.com', 'ada@home.example'],
    });
  });
});
