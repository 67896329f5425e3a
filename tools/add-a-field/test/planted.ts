/** Looks for the field and the column that `npm run test:add-a-field` has added to a copy of the sources; it runs there. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../packages/cli/src/run-command.ts';
import { ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { createClient, opsCall } from '../../../services/auth-api/test/stack/oauth.ts';
import type { Person } from '../../../services/auth-ui/test/console/person.ts';
import { type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';

const name = 'hidesAddress';
const label = 'Address stays off the pages';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const fileOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('OpenAPI and the reference describe the field', () => {
  expect(fileOf('services/auth-api/openapi.json')).toContain(`"${name}"`);
  expect(fileOf('docs/reference/auth-api.md')).toContain(`\`data.${name}\``);
});

it('the console edits the field, the API stores it, and a wrong value is refused by its name', async () => {
  const { clientId } = await createClient(stage.authApi, { name: 'Wallboard' });
  const path = `/auth/console/clients/one/${clientId}/edit`;
  const form = await person.open(path);
  expect(form.text).toContain(label);
  await person.submit(form, path, { [name]: 'true' });
  const api = `/auth/v3/ops/clients/${clientId}`;
  const { data } = (await opsCall(stage.authApi, 'GET', api)).json() as unknown as { data: object };
  expect(data).toHaveProperty(name, true);
  const refused = await opsCall(stage.authApi, 'PUT', api, { data: { [name]: 'perhaps' } });
  expect(refused.status).toBe(400);
  expect(refused.body).toContain(`data.${name}`);
});

it('the command line shows the field, and changes it by an option, and lists the column', async () => {
  const { clientId } = await createClient(stage.authApi, { name: 'Desk phone', [name]: true });
  const env = {
    GATEHOUSE_URL: stage.publicUrl,
    GATEHOUSE_USERNAME: ops.username,
    GATEHOUSE_PASSWORD: ops.password,
  };
  const shown = await runCommand(['clients', 'show', clientId, '--json'], { env });
  expect(JSON.parse(shown.out)[name]).toBe(true);
  const changed = await runCommand(['clients', 'update', clientId, '--hides-address', 'false', '--json'], {
    env,
  });
  expect(JSON.parse(changed.out)[name]).toBe(false);
  expect((await runCommand(['clients', 'list'], { env })).out).toMatch(/^CLIENT ID .* SCOPE/);
});

it('the list of the console has the column', async () => {
  const { rows } = await person.open('/auth/console/clients');
  expect(rows[0]).toHaveProperty('Scope');
});
