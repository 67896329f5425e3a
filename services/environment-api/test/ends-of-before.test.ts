/** What ended before ends were announced is announced by the upgrade. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

// attack: keep the tokens of a contact centre that ended before the upgrade | ASVS 7.4.2 | guard: services/environment-api/migrations/20261127110000_ends_of_before.sql
it('the upgrade announces contact centres that are disabled or deleted, and deleted environments', async () => {
  const { pool } = api;
  const kept = await api.environment();
  const deletedEnvironment = await api.environment();
  const create = () => api.contactCenter({ environmentId: kept });
  const [active, disabled, deleted, again] = [await create(), await create(), await create(), await create()];
  await api.call('PATCH', `/contact-centers/${disabled}`, { payload: { data: { status: 'disabled' } } });
  for (const id of [deleted, again]) await api.call('DELETE', `/contact-centers/${id}`);
  await api.contactCenter({ id: again, environmentId: kept });
  await api.call('DELETE', `/environments/${deletedEnvironment}`);
  // As the release before has left it.
  const { rows: before } = await pool.query('SELECT max(seq) AS latest FROM environment.changes');
  await pool.query("DELETE FROM environment.changes WHERE entity LIKE '%-end' AND seq < $1", [
    before[0]?.latest,
  ]);
  // Migrations that came after it have run: its lines are run alone.
  const migration = new URL('../migrations/20261127110000_ends_of_before.sql', import.meta.url);
  const [up = ''] = (await readFile(migration, 'utf8')).split('-- Down Migration');
  await pool.query(up);

  const { rows } = await pool.query(
    'SELECT seq, entity, entity_id, contact_center_id FROM environment.changes WHERE seq > $1 ORDER BY seq',
    [before[0]?.latest],
  );
  const endOf = (id: string) => ['contact-center-end', id, id];
  const announced = rows.map((row) => [row.entity, row.entity_id, row.contact_center_id]);
  expect(announced).toEqual([
    ...[disabled, deleted].sort().map(endOf),
    ['environment-end', deletedEnvironment, null],
  ]);
  expect(rows.map(({ seq }) => Number(seq))).toEqual(
    rows.map((_row, index) => Number(before[0]?.latest) + 1 + index),
  );
  expect(announced.flat()).not.toContain(active);
});
