/** A SCIM key makes a person and a group, the person signs in to the console, and tries to make another key: with both APIs as they are. */
import { contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScimCalls, urns } from '../../../environment-api/test/scim-client.ts';
import { type Stage, startStage } from './stage.ts';

const group = 'Team leads';
const chosen = 'Provisioned admins';

let stage: Stage;
beforeAll(async () => {
  const mapping = [`group:${group}`, `scim:${chosen}`].map(
    (name) => `${name}=${contactCenterAdminAuthority}`,
  );
  stage = await startStage({ authApiEnv: { GATEHOUSE_AUTHORITY_MAPPING: mapping.join() } });
});
afterAll(() => stage?.close());

/** What the key makes of itself by a group of this name: its own answer, and that of a person whom it has made. */
async function triedBy(displayName: string) {
  const { environmentApi } = stage;
  const environment = await environmentApi.call('POST', '/environments', {
    payload: { data: { directory: 'people' } },
  });
  const domain = `people-${randomUuid()}`;
  const environmentId = environment.body.data.id as string;
  const contactCenterId = await environmentApi.contactCenter({ environmentId, domains: [domain] });
  const scim = await createScimCalls(environmentApi, contactCenterId);
  const credentials = { username: `lead-${randomUuid()}`, password: 'a-password-of-theirs-1' };
  const { id } = await scim.user({
    userName: credentials.username,
    password: credentials.password,
    active: true,
  });
  const made = await scim.call('POST', '/Groups', {
    schemas: [urns.group],
    displayName,
    members: [{ value: id }],
  });
  expect(made.status).toBe(201);
  const person = stage.newPerson();
  await person.openAs('/auth/console', { ...credentials, tenant: domain });
  const { accessToken } = await stage.session.read(person);
  const makeKey = async (text: string) =>
    (
      await environmentApi.call('POST', `/contact-centers/${contactCenterId}/api-keys`, {
        headers: { authorization: `Bearer ${text}` },
        payload: { data: { name: 'another', purpose: 'scim' } },
      })
    ).status;
  return { byKey: await makeKey(scim.key), byPerson: await makeKey(accessToken) };
}

// attack: SCIM key that makes itself administrator by a person and a group of a mapped name, over both services | ASVS 8.2.1, CWE-269 | guard: services/auth-api/src/people/identity/authorities.ts
it('a SCIM key that makes a person and a group of a mapped name makes no further key by them', async () => {
  expect(await triedBy(group)).toEqual({ byKey: 401, byPerson: 403 });
});

it('a group that the mapping names for SCIM keys gives the right', async () => {
  expect(await triedBy(chosen)).toEqual({ byKey: 401, byPerson: 200 });
});
