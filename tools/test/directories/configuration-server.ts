/** Gives the suite the people of a Configuration Server: our simulator. */
import { startTcpProxy } from '@gatehouse/testing/network';
import { environmentFieldsOf } from '../../../services/auth-api/test/stack/auth-api.ts';
import { environmentBody } from '../../../services/environment-api/test/running-api.ts';
import type { Source } from './source.ts';
import { lockThreshold, type Stage } from './stage.ts';

const tenantDbid = 101;
const rulesSection = 'security-authentication-rules';
/** Of the tenant; the demo has none. */
const rules: [string, string][] = [
  ['account-lockout-threshold', String(lockThreshold)],
  ['account-lockout-attempts-period', '20'],
  ['account-lockout-duration', '30'],
  ['password-min-length', '8'],
  ['password-req-alpha', 'true'],
  ['password-req-number', 'true'],
  ['password-req-punctuation', 'true'],
  ['password-req-mixed-case', 'true'],
  ['password-no-repeats', '3'],
  ['password-expiration', '30'],
];
/** CfgObjectType. */
const cfgTenant = 7;
const cfgAccessGroup = 21;
/** CfgFlag: true. */
const yes = 2;

export async function startConfigurationServer(stage: Stage): Promise<Source> {
  const { simulator } = stage.authApi;
  const { store } = simulator;
  await store.updateObject(cfgTenant, tenantDbid, { userProperties: [[rulesSection, rules]] });
  const way = await startTcpProxy(() => simulator.port);
  const place = await stage.contactCenter(environmentBody(environmentFieldsOf(way.port)));
  const groups = new Map<string, number>();

  const dbidOf = (userName: string) => {
    const dbid = store.personNamed(userName)?.['DBID'];
    if (typeof dbid !== 'number') throw new Error(`nobody has the user name ${userName}`);
    return dbid;
  };
  const groupNamed = async (name: string) => {
    const known = groups.get(name);
    if (known !== undefined) return known;
    const { groupInfo } = await store.createAccessGroup({ tenantDbid, name });
    const { DBID } = groupInfo as { DBID: number };
    groups.set(name, DBID);
    return DBID;
  };

  return {
    ...place,
    endsWithinMs: 1_000,
    brokenRules: {
      'min-length': () => 'Sh0rt!',
      alpha: () => '1234-5678',
      number: () => 'Correct-Horse',
      punctuation: () => 'CorrectHorse1',
      'mixed-case': () => 'correct-horse-1',
      'no-repeats': ({ password }) => password,
    },
    async add({ groups: names, email: emailAddress, password, ...person }) {
      const created = await store.createPerson({
        ...{ tenantDbid, ...person, emailAddress },
        password: password || undefined,
      });
      for (const name of names)
        await store.addToAccessGroup(await groupNamed(name), created['DBID'] as number);
    },
    rename: async (userName, newName) => {
      await store.updatePerson(dbidOf(userName), { userName: newName });
    },
    disable: async (userName) => {
      await store.setEnabled(dbidOf(userName), false);
    },
    enable: async (userName) => {
      await store.setEnabled(dbidOf(userName), true);
    },
    leaveGroup: async (userName, name) => {
      const group = await groupNamed(name);
      const members = (store.get(cfgAccessGroup, group)?.['memberIDs'] ?? []) as { DBID: number }[];
      const memberIDs = members.filter(({ DBID }) => DBID !== dbidOf(userName));
      await store.updateObject(cfgAccessGroup, group, { memberIDs });
    },
    remove: (userName) => store.deletePerson(dbidOf(userName)),
    setPassword: async (userName, password) => {
      await store.updatePerson(dbidOf(userName), { password });
    },
    demandNewPassword: async (userName) => {
      await store.updatePerson(dbidOf(userName), { changePasswordOnNextLogin: yes });
    },
    expirePassword: async (userName) => {
      const longAgo = Math.floor(Date.now() / 1000) - 60 * 86_400;
      await store.updatePerson(dbidOf(userName), { PasswordUpdatingDate: longAgo });
    },
    lock: async (userName) => {
      const lockedAt = String(Math.floor(Date.now() / 1000));
      await store.updatePerson(dbidOf(userName), {
        userProperties: [[rulesSection, [['last-locked-at', lockedAt]]]],
      });
    },
    // It announces every change.
    untilSeen: async () => undefined,
    cut: () => way.cut(),
    heal: () => way.heal(),
    close: async () => way.close(),
  };
}
