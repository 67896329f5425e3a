/** Which people of an LDAP directory belong to a contact centre: by organisational unit, and by group. */

import type { Membership } from '@gatehouse/contracts/environment-api';
import {
  findSlapd,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
  unitDn,
} from '@gatehouse/testing/ldap';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { call } from '../../operations/help-desk/stack.ts';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  environmentId,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { ldapEnvironment } from '../../stack/ldap-environment.ts';

describe.skipIf(findSlapd() === undefined)(
  'people of an LDAP directory that two contact centres share',
  () => {
    let directory: LdapTestServer;
    let stack: AuthApi;
    let version = 1;
    beforeAll(async () => {
      watchSecret(ldapNames.bindPassword, 'password of the account that searches');
      directory = await startLdapServer({
        units: ['Nordic, east', 'Baltic'],
        people: [{ uid: 'nora', unit: 'Nordic, east' }, { uid: 'olaf', unit: 'Baltic' }, { uid: 'paul' }],
        groups: [
          { cn: 'Nordic agents', members: [personDn('nora', 'Nordic, east')] },
          { cn: 'Baltic agents', members: [personDn('olaf', 'Baltic')] },
        ],
      });
      stack = await startAuthApi({
        env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000', GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '8' },
      });
      stack.environmentApi.environments.set(environmentId, ldapEnvironment(directory));
    });
    afterAll(async () => {
      await stack?.close();
      await directory?.close();
    });

    const choose = async (membership: Membership) => {
      version += 1;
      stack.environmentApi.contactCenters.set(contactCenterId, { ...demoContactCenter, membership, version });
      await announceChange(stack, { entity: 'contact-center', id: contactCenterId, contactCenterId });
      const { service } = stack.deps.contactCenters;
      await vi.waitFor(async () => expect(await service.find(contactCenterId)).toMatchObject({ membership }));
    };
    const statusOf = async (username: string) =>
      (
        await createBrowser(stack.app).postJson('/auth/v3/sign-in', {
          data: { username, password: ldapNames.personPassword, tenant: 'demo' },
        })
      ).status;
    const listed = async () => {
      const answer = await call(stack, 'GET', '/people', { contactCenter: 'demo' });
      return answer
        .json<{ data: { people: { userName: string }[] } }>()
        .data.people.map(({ userName }) => userName);
    };

    it.each<[string, Membership]>([
      ['group', { by: 'accessGroup', names: ['Nordic agents'] }],
      ['organisational unit', { by: 'organizationalUnit', names: [unitDn('Nordic, east')] }],
      [
        'organisational unit in another spelling',
        {
          by: 'organizationalUnit',
          names: [`OU = nordic\\2C east , ${ldapNames.peopleDn.toUpperCase()}`],
        },
      ],
    ])(
      'are told apart by %s: they sign in and are listed, the others are nobody',
      async (_name, membership) => {
        await choose(membership);
        expect(await listed()).toEqual(['nora']);
        expect([await statusOf('nora'), await statusOf('olaf'), await statusOf('paul')]).toEqual([
          200, 401, 401,
        ]);
        // Now that somebody has a number.
        expect([await statusOf('NORA'), await listed()]).toEqual([200, ['nora']]);
      },
    );

    it.each<[string, Membership]>([
      [
        'a unit whose name only ends alike',
        { by: 'organizationalUnit', names: [`ou=east,${ldapNames.peopleDn}`] },
      ],
      ['an entry that is not there', { by: 'organizationalUnit', names: ['ou=nordic,dc=elsewhere'] }],
      ['a tenant', { by: 'tenant', names: ['Environment'] }],
      ['a folder', { by: 'folder', names: ['Environment/Persons'] }],
    ])('are nobody where the directory does not say so: %s', async (_name, membership) => {
      await choose(membership);
      expect([await statusOf('nora'), await listed()]).toEqual([401, []]);
    });
  },
);
