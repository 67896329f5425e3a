/** Groups that a program with a SCIM key has made, named as groups that are mapped to the right of an administrator. */
import { consoleClientId, consolePath, contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { contactCenterRights } from '@gatehouse/contracts/values';
import { consoleClientSecrets, Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, publicUrl, serviceClient, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createClient, getCode, introspect, opsCall, redeem, type TestClient } from '../stack/oauth.ts';
import { usePeopleStore } from '../stack/people-store.ts';

const console: TestClient = {
  clientId: consoleClientId,
  clientSecret: consoleClientSecrets(new Secret(serviceClient.secret))[0],
  redirectUri: `${publicUrl}${consolePath}/callback`,
};
const password = 'a-long-enough-password';
const people = { lead: ['Team leads'], chosen: ['Provisioned admins'] };

let stack: AuthApi;
let observer: TestClient;
beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_AUTHORITY_MAPPING: [
        `group:Team leads=${contactCenterAdminAuthority}`,
        `group:Team leads=${contactCenterRights['help-desk']}`,
        'group:Team leads=ROLE_SUPERVISOR',
        `scim:Provisioned admins=${contactCenterAdminAuthority}`,
      ].join(','),
    },
  });
  observer = await createClient(stack, { internalClient: true });
  await usePeopleStore(
    stack,
    Object.entries(people).map(([userName, groups]) => ({ userName, groups, password })),
  );
});
afterAll(() => stack?.close());

async function signIn(username: keyof typeof people) {
  const typed = { username, password, tenant: 'demo' };
  const code = await getCode(stack, createBrowser(stack.app), console, {}, typed);
  const { access_token: text } = (await redeem(stack, console, code)).json();
  const path = `/auth/v3/ops/audit?contactCenterId=${contactCenterId}`;
  return {
    authorities: (await introspect(stack, observer, text))['authorities'] as string[],
    status: (await opsCall(stack, 'GET', path, undefined, `Bearer ${text}`)).status,
  };
}

// attack: SCIM key that makes a person and a group of administrators, and signs in as that person | CWE-269, ASVS 8.2.1 | guard: services/auth-api/src/people/identity/authorities.ts
it('give no right of an administrator, and everything else that their name is mapped to', async () => {
  const { authorities, status } = await signIn('lead');
  expect(status).toBe(403);
  for (const right of Object.values(contactCenterRights)) expect(authorities).not.toContain(right);
  expect(authorities).toEqual(expect.arrayContaining(['ROLE_SUPERVISOR', 'GROUP_Team leads']));
});

it('give it where the mapping names this source', async () => {
  const { authorities, status } = await signIn('chosen');
  expect(status).toBe(200);
  expect(authorities).toContain(contactCenterAdminAuthority);
});
