/** People who sign in to the console itself, and what their tokens open while their rights come and go. */
import { consoleClientId, consolePath } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { consoleClientSecrets, Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Estate, startEstate } from '../../operations/help-desk/stack.ts';
import { contactCenterId as own, publicUrl, serviceClient } from '../../stack/auth-api.ts';
import { addAdministrator, removeAdministrator } from '../../stack/console.ts';
import { createClient, introspect, opsCall, type TestClient, token } from '../../stack/oauth.ts';

const console: TestClient = {
  clientId: consoleClientId,
  clientSecret: consoleClientSecrets(new Secret(serviceClient.secret))[0],
  redirectUri: `${publicUrl}${consolePath}/callback`,
};
const group = 'Gatehouse Admins';

let estate: Estate;
let observer: TestClient;
let groupDbid: number;
beforeAll(async () => {
  estate = await startEstate({
    env: {
      GATEHOUSE_AUTHORITY_MAPPING: `group:${group}=ROLE_CONTACT_CENTER_ADMIN`,
      GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0',
    },
  });
  observer = await createClient(estate.stack, { internalClient: true });
  const { groupInfo } = (await estate.stack.simulator.store.createAccessGroup({
    tenantDbid: 101,
    name: group,
  })) as { groupInfo: { DBID: number } };
  groupDbid = groupInfo.DBID;
});
afterAll(() => estate?.close());

const status = async (path: string, text: string) =>
  (await opsCall(estate.stack, 'GET', `/auth/v3/ops${path}`, undefined, `Bearer ${text}`)).status;
const authoritiesOf = async (text: string) =>
  (await introspect(estate.stack, observer, text))['authorities'] as string[];
const renewed = async (refreshToken: string) =>
  (await token(estate.stack, console, { grant_type: 'refresh_token', refresh_token: refreshToken })).json();

it('a member of the mapped group administers the own contact centre, by the console and by no other client', async () => {
  const [member, plain] = [await estate.someone(), await estate.someone()];
  await estate.stack.simulator.store.addToAccessGroup(groupDbid, member.dbid);
  const [{ tokens }, ofPlain] = [await member.signIn(console), await plain.signIn(console)];
  const elsewhere = await member.signIn(await createClient(estate.stack));

  expect(await status(`/audit?contactCenterId=${own}`, tokens.access_token)).toBe(200);
  expect(await status('/signing-keys', tokens.access_token)).toBe(403);
  expect(await status(`/audit?contactCenterId=${own}`, ofPlain.tokens.access_token)).toBe(403);
  expect(await authoritiesOf(elsewhere.tokens.access_token)).toContain('ROLE_CONTACT_CENTER_ADMIN');
  expect(await status(`/audit?contactCenterId=${own}`, elsewhere.tokens.access_token)).toBe(403);
});

// attack: right of a removed administrator that a refresh brings back | CWE-613 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
it('an administrator who was removed has lost the right in the token and in every renewed one', async () => {
  const person = await estate.someone();
  const added = await addAdministrator(estate.stack, { user: person.userName, contactCenter: 'demo' });
  const { tokens } = await person.signIn(console);
  const { sub } = added.json<{ data: { sub: string } }>().data;
  expect(await authoritiesOf(tokens.access_token)).toContain(installationAdminAuthority);
  const next = await renewed(tokens.refresh_token);
  expect(await status('/signing-keys', next.access_token)).toBe(200);

  await removeAdministrator(estate.stack, sub);
  const last = await renewed(next.refresh_token);
  for (const text of [next.access_token, last.access_token]) {
    expect(await status('/signing-keys', text)).toBe(403);
    expect(await authoritiesOf(text)).not.toContain(installationAdminAuthority);
  }
});
