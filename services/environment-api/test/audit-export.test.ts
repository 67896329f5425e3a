/** Changes of configuration data as a file, as far as the caller may see them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let own: string;
let other: string;
beforeAll(async () => {
  api = await startApi();
  [own, other] = [await api.contactCenter({ name: '=1+1' }), await api.contactCenter({ name: 'Other' })];
  for (let index = 0; index < 8; index += 1)
    await api.call('PATCH', `/contact-centers/${own}`, { payload: { data: { name: `Name ${index}` } } });
});
afterAll(() => api.close());

const ask = (query: string, authorization?: string) =>
  api.call(
    'GET',
    `/audit/export?${query}`,
    authorization === undefined ? {} : { headers: { authorization } },
  );
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

it('has every change the filter finds, newest first, and goes on where it was cut', async () => {
  const whole = await ask(`contactCenterId=${own}`);
  expect(whole.headers['content-disposition']).toBe('attachment; filename="configuration-changes.ndjson"');
  const rows = rowsOf(whole.text);
  const listed = (await api.call('GET', `/audit?contactCenterId=${own}`)).body.data;
  expect(rows).toEqual(listed);
  expect(rows[0]).toMatchObject({ entityName: 'Name 7', contactCenterName: 'Name 7' });
  const first = rowsOf((await ask(`contactCenterId=${own}&limit=4`)).text);
  const rest = rowsOf((await ask(`contactCenterId=${own}&before=${first.at(-1)?.id}`)).text);
  expect([...first, ...rest]).toEqual(rows);
});

it('in CSV has the names of the columns first', async () => {
  const { text, headers } = await ask(`contactCenterId=${own}&format=csv&limit=1`);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  const [names, row] = text.split('\r\n');
  expect(names).toMatch(
    /^id,at,action,.*,actorKind,actor,actorContactCenterId,entityName,contactCenterName,actorShownName$/,
  );
  expect(row).toContain('""to"":""Name 7""');
  expect(row).toMatch(/,Name 7,Name 7,$/);
});

// attack: client of a contact centre exports the changes of others | CWE-639, OWASP API1:2023 | guard: services/environment-api/src/audit/service.ts
it('of a bound client has the changes of its contact centres alone', async () => {
  const token = api.authApi.token({ contact_center_ids: [own], contact_center_id: own });
  const rows = rowsOf((await ask('', token)).text);
  expect(new Set(rows.map(({ contactCenterId }) => contactCenterId))).toEqual(new Set([own]));
  expect((await ask(`contactCenterId=${other}`, token)).text).toBe('');
});
