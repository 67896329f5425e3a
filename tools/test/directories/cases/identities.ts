/** Tries what is said of a person, and that they stay the same person. */

import { contactCenterAdminAuthority } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { expect } from 'vitest';
import { anotherPassword, type Door, outcome } from '../door.ts';
import { supervisors } from '../stage.ts';
import type { Case } from './logins.ts';

export function identityCases(test: Case): void {
  test('userinfo tells number, names, authorities and properties', async (door) => {
    const person = await door.person();
    const claims = await door.userinfo((await door.grant(person.userName, person.password)).json());
    expect(claims).toMatchObject({
      username: `${door.source.domain}\\${person.userName}`,
      loginName: person.userName,
      dbid: expect.any(Number),
      contactCenterId: door.source.contactCenterId,
      properties: {
        tenantDBID: expect.stringMatching(/^\d+$/),
        firstName: person.firstName,
        lastName: person.lastName,
        employeeId: person.employeeId,
        emailAddress: person.email,
        externalId: person.externalId,
      },
    });
    expect(authoritiesOf(claims)).toEqual(['ROLE_USER']);
    expect(claims['dbid']).toBeGreaterThan(0);
    expect(claims['dbid']).toBeLessThan(2 ** 31);
  });

  test('groups are authorities, by their names and by the mapping', async (door) => {
    const person = await door.person({ groups: [supervisors.group, 'Night Shift'] });
    const claims = await door.userinfo((await door.grant(person.userName, person.password)).json());
    expect(authoritiesOf(claims).sort()).toEqual(
      ['ROLE_USER', supervisors.authority, `GROUP_${supervisors.group}`, 'GROUP_Night Shift'].sort(),
    );
  });

  test('a group that is called as a right at the operator console gives no such right', async (door) => {
    const rights = [installationAdminAuthority, contactCenterAdminAuthority];
    const person = await door.person({ groups: rights });
    const claims = await door.userinfo((await door.grant(person.userName, person.password)).json());
    expect(authoritiesOf(claims).sort()).toEqual(
      ['ROLE_USER', ...rights.map((name) => `GROUP_${name}`)].sort(),
    );
  });

  test('a person who leaves a group loses its authorities at the next renewal', async (door) => {
    const person = await door.person({ groups: [supervisors.group] });
    let tokens = (await door.grant(person.userName, person.password)).json();
    expect(authoritiesOf(await door.userinfo(tokens))).toContain(supervisors.authority);
    await door.source.leaveGroup(person.userName, supervisors.group);
    const renewed = async () => {
      tokens = (await door.refresh(tokens)).json();
      return authoritiesOf(await door.userinfo(tokens));
    };
    await expect.poll(renewed, { timeout: 2_000 }).toEqual(['ROLE_USER']);
  });

  test('a person without a password signs in by an identity provider alone', async (door) => {
    const { userName } = await door.person({ password: '' });
    for (const text of ['Wrong-Horse-1', ' '])
      expect(outcome(await door.login(userName, text))).toBe('401 bad_credentials');
    expect(outcome(await door.login(userName, ''))).toBe('400 credentials_required');
    expect(outcome(await door.change(userName, 'Wrong-Horse-1', anotherPassword))).toBe(
      '403 bad_credentials',
    );
    const { contactCenterId } = door.source;
    const found = await door.authApi.deps.accounts.service.identify({
      ...{ contactCenterId, lookup: 'userName', name: userName, accessGroups: [] },
    });
    expect(found).toMatchObject({ outcome: 'found', identity: { loginName: userName } });
  });

  test('an identity provider finds people by user name, address and external id, and only whoever is enabled', async (door) => {
    const person = await door.person({ groups: [supervisors.group] });
    const { userName, email, externalId } = person;
    const names = [
      ['userName', userName.toUpperCase()],
      ['email', email.toUpperCase()],
      ['externalId', externalId],
    ] as const;
    const find = (lookup: (typeof names)[number][0], name: string, accessGroups: string[] = []) =>
      door.authApi.deps.accounts.service.identify({
        contactCenterId: door.source.contactCenterId,
        ...{ lookup, name, accessGroups },
      });
    const { dbid, sub } = await door.identity((await door.grant(userName, person.password)).json());
    for (const [lookup, name] of names) {
      expect(await find(lookup, name)).toMatchObject({ outcome: 'found', identity: { dbid, sub } });
      expect(await find(lookup, `${name.slice(0, -1)}*`)).toEqual({ outcome: 'unknown' });
    }
    expect(await find('userName', userName, [supervisors.group])).toMatchObject({ outcome: 'found' });
    expect(await find('userName', userName, ['Administrators'])).toMatchObject({ outcome: 'not_a_member' });
    const double = await door.person({ email });
    expect(await find('email', email)).toEqual({ outcome: 'ambiguous' });
    await door.source.remove(double.userName);
    await door.source.disable(userName);
    await expect.poll(() => find('email', email), { timeout: 2_000 }).toMatchObject({ outcome: 'disabled' });
  });

  test('a person who is renamed stays the same person; the old name is nobody’s', async (door) => {
    const { userName, password } = await door.person();
    const before = (await door.grant(userName, password)).json();
    const { sub, dbid } = await door.identity(before);
    expect(sub).toMatch(/^[0-9a-f-]{36}$/);
    const newName = `Renamed-${randomUuid()}`;
    await door.source.rename(userName, newName);
    const after = await door.grant(newName, password);
    expect(after.status, after.body).toBe(200);
    expect(await door.identity(after.json())).toMatchObject({ sub, dbid, loginName: newName });
    expect((await door.grant(userName, password)).json().error).toBe('invalid_grant');
    let tokens = before;
    const renewed = async () => {
      tokens = (await door.refresh(tokens)).json();
      return door.identity(tokens);
    };
    await expect.poll(renewed, { timeout: 2_000 }).toMatchObject({ sub, loginName: newName });
  });

  test('somebody who gets the name of a person who left is another person', async (door) => {
    const left = await door.person();
    const before = await identityOf(door, left);
    await door.source.remove(left.userName);
    const newcomer = await door.person({ userName: left.userName });
    const after = await identityOf(door, newcomer);
    expect(after.sub).not.toBe(before.sub);
    expect(after.dbid).not.toBe(before.dbid);
  });
}

async function identityOf(door: Door, { userName, password }: { userName: string; password: string }) {
  const granted = await door.grant(userName, password);
  expect(granted.status, granted.body).toBe(200);
  return door.identity(granted.json());
}

function authoritiesOf(claims: Record<string, unknown>): string[] {
  return (claims['authorities'] as (string | { name: string })[]).map((one) =>
    typeof one === 'string' ? one : one.name,
  );
}
