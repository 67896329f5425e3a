import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/transfer';

async function exported(format: 'json' | 'yaml'): Promise<string> {
  const response = await person.request(`${path}/export.${format}`);
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="gatehouse-estate.${format}"`,
  );
  return response.text();
}

const preview = async (document: string) =>
  person.submit(await person.open(`${path}/import`), `${path}/preview`, { document });

it('takes the document as a file, without a script', async () => {
  const form = await person.open(`${path}/import`);
  const files = { documentFile: Buffer.from(await exported('yaml')) };
  const answer = await person.submitFiles(form, `${path}/preview`, files);
  expect([answer.status, answer.html]).toEqual([200, expect.stringContaining('Nothing would change')]);
});

it('says that no file holds the second factors of people, and whose people set theirs up again', async () => {
  expect((await person.open(path)).text).toContain('Nor are the second factors of people in the file');
  const estate = JSON.parse(await exported('json'));
  const [there] = estate.contactCenters;
  const moved = { ...there, id: randomUUID(), name: 'Moved', domains: ['moved'] };
  estate.contactCenters.push({ ...moved, secondFactor: { mode: 'required' } });
  const page = await preview(JSON.stringify(estate));
  expect(page.text).toMatch(/Please note .*people of Moved set theirs up here within the time of grace/);
});

it('exports a document that changes nothing when it is imported', async () => {
  const page = await preview(await exported('yaml'));
  expect(page.text).toContain('Nothing would change');
  expect(page.forms.map(({ action }) => action)).not.toContain(`${path}/import`);
});

it('shows every change before it is made, and makes all of them', async () => {
  const estate = JSON.parse(await exported('json'));
  estate.contactCenters[0].name = 'Renamed by import';
  estate.locations.push('/IMPORTED');
  const page = await preview(JSON.stringify(estate));
  expect(page.text).toContain('Nothing has happened yet.');
  expect(page.text).toMatch(/Changed Contact centre .* Field Before After Name name Demo Renamed by import/);
  const center = `/contact-centers/${stage.contactCenterId}`;
  expect((await stage.environmentApi.call('GET', center)).body.data.name).toBe('Demo');
  const done = await person.submit(page, `${path}/import`);
  expect(done).toMatchObject({ path, message: 'The import is done. Changes: 2' });
  expect((await stage.environmentApi.call('GET', center)).body.data.name).toBe('Renamed by import');
});

it('makes no change where something changed after the preview, and shows the changes anew', async () => {
  const estate = JSON.parse(await exported('json'));
  estate.locations.push('/LATER');
  const page = await preview(JSON.stringify(estate));
  await stage.environmentApi.call('POST', '/locations', { payload: { data: { location: '/MEANWHILE' } } });
  const again = await person.submit(page, `${path}/import`);
  expect(again).toMatchObject({
    status: 412,
    message: expect.stringContaining('Something changed since you looked'),
  });
  const done = await person.submit(again, `${path}/import`);
  expect(done.message).toMatch(/^The import is done/);
});

it('deletes a contact centre and its environment only after their names are typed', async () => {
  const estate = JSON.parse(await exported('json'));
  const id = await stage.environmentApi.contactCenter({ name: 'Left over' });
  const page = await preview(JSON.stringify(estate));
  expect(page.text).toContain('Left over');
  for (const names of ['', 'left over', 'Left over\nDemo'])
    expect(await person.submit(page, `${path}/import`, { names })).toMatchObject({
      status: 400,
      fieldProblems: { names: 'These are not the names.' },
    });
  expect((await stage.environmentApi.call('GET', `/contact-centers/${id}`)).status).toBe(200);
  const [, listed = ''] = /that this is meant: (.*?) Make these changes/.exec(page.text) ?? [];
  expect(listed).toContain('Left over, ');
  const names = listed.replaceAll(', ', '\n');
  const done = await person.submit(page, `${path}/import`, { names });
  expect(done.message).toMatch(/^The import is done/);
  expect((await stage.environmentApi.call('GET', `/contact-centers/${id}`)).status).toBe(404);
});

it('says at which place a document is wrong, and keeps it', async () => {
  const page = await preview('{"formatVersion": 1, "contactCenters": [{"id": "x"}]}');
  expect(page.status).toBe(400);
  expect(page.fieldProblems['document']).toMatch(/contactCenters|environments|formatVersion/);
  const kept = page.forms.find(({ action }) => action === `${path}/preview`)?.fields['document'];
  expect(kept).toContain('"formatVersion": 1');
  expect((await preview('a: [')).status).toBe(400);
});

it('is no page for the administrator of one contact centre, and neither is the document', async () => {
  const administrator = await stage.contactCenterAdministrator();
  expect((await administrator.open(path)).status).toBe(403);
  expect((await administrator.request(`${path}/export.json`)).status).toBe(403);
});
