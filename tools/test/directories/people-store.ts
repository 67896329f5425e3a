/** Gives the suite the people of a people store, provisioned by SCIM with a key of the contact centre. */
import { createScimCalls, urns } from '../../../services/environment-api/test/scim-client.ts';
import { type NewPerson, notHere, type Source, titles } from './source.ts';
import type { Stage } from './stage.ts';

export async function startPeopleStore(stage: Stage): Promise<Source> {
  const place = await stage.contactCenter({ directory: 'people' });
  const scim = await createScimCalls(stage.environmentApi, place.contactCenterId);
  const ids = new Map<string, string>();
  const groups = new Map<string, string>();

  const idOf = (userName: string) => {
    const id = ids.get(userName);
    if (id === undefined) throw new Error(`nobody has the user name ${userName}`);
    return id;
  };
  const done = async (answer: ReturnType<typeof scim.call>) => {
    const { status, text, body } = await answer;
    if (status >= 300) throw new Error(text);
    return body;
  };
  const replace = async (userName: string, fields: object) => {
    await done(scim.patch(`/Users/${idOf(userName)}`, [{ op: 'replace', value: fields }]));
  };
  const join = async (name: string, id: string) => {
    const group = groups.get(name);
    const members = [{ value: id }];
    if (group !== undefined)
      return done(scim.patch(`/Groups/${group}`, [{ op: 'add', path: 'members', value: members }]));
    const created = await done(
      scim.call('POST', '/Groups', { schemas: [urns.group], displayName: name, members }),
    );
    groups.set(name, created.id);
  };

  return {
    ...place,
    endsWithinMs: 1_000,
    brokenRules: {
      'min-length': () => 'Too-short-1',
      'max-length': () => 'x'.repeat(129),
      'user-name': ({ userName }) => userName.toUpperCase(),
      'no-repeats': ({ password }) => password,
    },
    async add(person) {
      const { id } = await scim.user(userOf(person));
      ids.set(person.userName, id);
      for (const name of person.groups) await join(name, id);
    },
    async rename(userName, newName) {
      await replace(userName, { userName: newName });
      ids.set(newName, idOf(userName));
    },
    disable: (userName) => replace(userName, { active: false }),
    enable: (userName) => replace(userName, { active: true }),
    leaveGroup: async (userName, name) => {
      const path = `members[value eq "${idOf(userName)}"]`;
      await done(scim.patch(`/Groups/${groups.get(name)}`, [{ op: 'remove', path }]));
    },
    remove: async (userName) => {
      await done(scim.call('DELETE', `/Users/${idOf(userName)}`));
    },
    setPassword: (userName, password) => replace(userName, { password }),
    demandNewPassword: notHere(titles.people, 'nobody can demand a new password'),
    expirePassword: notHere(titles.people, 'passwords do not expire'),
    lock: notHere(titles.people, 'nobody is locked'),
    // Environment API announces every change.
    untilSeen: async () => undefined,
    cut: () => stage.toEnvironmentApi.cut(),
    heal: () => stage.toEnvironmentApi.heal(),
    close: async () => undefined,
  };
}

function userOf({ userName, password, firstName, lastName, email, employeeId, externalId }: NewPerson) {
  return {
    schemas: [urns.user, urns.enterprise],
    ...{ userName, externalId, active: true },
    ...(password === '' ? {} : { password }),
    name: { givenName: firstName, familyName: lastName },
    emails: [{ value: email, type: 'work', primary: true }],
    [urns.enterprise]: { employeeNumber: employeeId },
  };
}
