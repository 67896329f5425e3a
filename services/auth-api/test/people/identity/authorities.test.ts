/** What the Configuration Server says of a person, as applications read it. */
import { CfgObjectState, CfgObjectType, CfgRank } from '@gatehouse/people-directory';
import { loadConfig } from '@gatehouse/service-kit/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mappingProblem } from '../../../src/config/authority-mapping.ts';
import { configuration } from '../../../src/config.ts';
import { type AuthApi, publicUrl, requiredSettings, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, passwordTokens, type TestClient, token } from '../../stack/oauth.ts';

const userName = 'mapped';
const password = 'mapped-password';

interface Authority {
  name: string;
  privileges: string[];
}

let stack: AuthApi;
let client: TestClient;
let offsetMs = 0;
beforeAll(async () => {
  stack = await startAuthApi({
    now: () => Date.now() + offsetMs,
    env: {
      GATEHOUSE_AUTHORITY_MAPPING:
        'group:Leads=ROLE_SUPERVISOR, role:Quality=ROLE_QUALITY,role:Quality=ROLE_LISTENER',
      GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0',
    },
  });
  client = await createClient(stack);
  const { store } = stack.simulator;
  // People and groups are numbered apart: the person gets a number that none of the groups below has.
  for (const other of ['one', 'two', 'three'])
    await store.createPerson({ tenantDbid: 101, userName: `${userName}-${other}`, password });
  const person = await store.createPerson({ tenantDbid: 101, userName, password, isAgent: true });
  const dbid = person['DBID'] as number;
  const group = async (name: string) => {
    const { groupInfo } = (await store.createAccessGroup({ tenantDbid: 101, name })) as {
      groupInfo: { DBID: number };
    };
    await store.addToAccessGroup(groupInfo.DBID, dbid);
    return groupInfo.DBID;
  };
  const leads = await group('Leads');
  await group('ROLE_MANAGEMENT_APPLICATION');
  await store.createObject(CfgObjectType.accessGroup, {
    groupInfo: { tenantDBID: 101, name: 'Disbanded', state: CfgObjectState.disabled, userProperties: [] },
    memberIDs: [{ CSID: 0, DBID: dbid, type: CfgObjectType.person }],
    type: 1,
  });
  const role = (name: string, members: object[], changes: object = {}) =>
    store.createObject(CfgObjectType.role, {
      tenantDBID: 101,
      name,
      state: CfgObjectState.enabled,
      members,
      userProperties: [],
      ...changes,
    });
  await role('Quality', [{ objectDBID: leads, objectType: CfgObjectType.accessGroup }], {
    userProperties: [
      [
        'recordings',
        [
          ['listen', 'true'],
          ['delete', 'false'],
          ['export', ''],
          ['rate', 'Yes'],
        ],
      ],
      ['note', 'no section'],
    ],
  });
  await role('Own', [{ objectDBID: dbid, objectType: CfgObjectType.person }]);
  await role('Withdrawn', [{ objectDBID: dbid, objectType: CfgObjectType.person }], {
    state: CfgObjectState.disabled,
  });
  await role('Of somebody else', [{ objectDBID: dbid, objectType: CfgObjectType.accessGroup }]);
});
afterAll(() => stack?.close());

const signIn = () => passwordTokens(stack, client, { username: `demo\\${userName}`, password });

async function authoritiesOf(accessToken: string): Promise<Authority[]> {
  const answer = await stack.app.inject({
    url: '/auth/v3/userinfo',
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return answer.json<{ authorities: Authority[] }>().authorities;
}

describe('authorities', () => {
  it('come from flags and ranks, access groups and roles, and from what the estate says these stand for', async () => {
    const authorities = await authoritiesOf((await signIn()).access_token);

    expect(authorities).toEqual([
      { name: 'ROLE_USER', privileges: [] },
      { name: 'ROLE_AGENT', privileges: [] },
      { name: 'ROLE_SUPERVISOR', privileges: [] },
      { name: 'ROLE_QUALITY', privileges: [] },
      { name: 'ROLE_LISTENER', privileges: [] },
      { name: 'GROUP_Leads', privileges: [] },
      { name: 'GROUP_ROLE_MANAGEMENT_APPLICATION', privileges: [] },
      { name: 'CONFIG_ROLE_Quality', privileges: ['recordings/listen', 'recordings/rate'] },
      { name: 'CONFIG_ROLE_Own', privileges: [] },
    ]);
  });

  it('58: never make a user an administrator of Gatehouse, whatever the groups are called', async () => {
    const { access_token } = await signIn();

    const answer = await stack.app.inject({
      url: '/auth/v3/ops/clients',
      headers: { authorization: `Bearer ${access_token}` },
    });

    expect(answer.statusCode).toBe(403);
  });

  it('follow the Configuration Server at the next refresh', async () => {
    const { refresh_token } = await signIn();
    const { store } = stack.simulator;
    const person = store.personNamed(userName);
    await store.updatePerson(person?.['DBID'] as number, {
      appRanks: [{ appType: 19, appRank: CfgRank.tenantAdministrator }],
    });
    offsetMs += 5_000;

    const renewed = await token(stack, client, { grant_type: 'refresh_token', refresh_token });

    const names = (await authoritiesOf(renewed.json().access_token)).map(({ name }) => name);
    expect(names).toContain('ROLE_ADMIN');
    expect(names).toContain('GROUP_Leads');
  });
});

describe('the mapping of an estate', () => {
  // attack: group or role that is mapped to the right of an installation administrator | ASVS 8.2.1, CWE-269 | guard: services/auth-api/src/config/authority-mapping.ts
  it.each(['group', 'role'])(
    'that gives the right over the installation by a %s keeps the service from starting',
    (kind) => {
      const env = { ...requiredSettings, GATEHOUSE_PUBLIC_URL: publicUrl, GATEHOUSE_MODE: 'local' };
      const mapped = (authority: string) => () =>
        loadConfig(configuration, {
          env: { ...env, GATEHOUSE_AUTHORITY_MAPPING: `${kind}:Leads=${authority}` },
        });
      expect(mapped('ROLE_CONTACT_CENTER_ADMIN')).not.toThrow();
      expect(mapped('ROLE_INSTALLATION_ADMIN')).toThrow('ROLE_INSTALLATION_ADMIN cannot be given to users');
    },
  );

  it.each([
    ['group:Leads=ROLE_SUPERVISOR', undefined],
    ['role:Quality and more=ROLE_QUALITY', undefined],
    ['Leads=ROLE_SUPERVISOR', 'group:NAME=AUTHORITY'],
    ['group:Leads', 'group:NAME=AUTHORITY'],
    ['group:Leads=ROLE MANY', 'group:NAME=AUTHORITY'],
    ['group:Leads=ROLE_MANAGEMENT_APPLICATION', 'cannot be given to users'],
    ['role:Leads=ROLE_INTERNAL_CLIENT', 'cannot be given to users'],
    ['group:Leads=ROLE_INSTALLATION_ADMIN', 'cannot be given to users'],
    ['role:Leads=ROLE_INSTALLATION_ADMIN', 'cannot be given to users'],
    ['group:Leads=ROLE_CONTACT_CENTER_ADMIN', undefined],
  ])('%s', (entry, problem) => {
    if (problem === undefined) expect(mappingProblem(entry)).toBeUndefined();
    else expect(mappingProblem(entry)).toContain(problem);
  });
});
