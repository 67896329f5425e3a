/** Where people are in a people store, the counts and previews of second factors know their roles, and say which names nobody has. */
import { randomUUID } from 'node:crypto';
import { runCommand } from '@gatehouse/cli/run-command';
import type { FactorCounts, FactorDryRun, FactorPreview } from '@gatehouse/contracts/auth-administration';
import { maxGroupsOfPeopleAtOnce, type PersonView } from '@gatehouse/contracts/environment-api';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { subjectOf } from '../../../src/registry/contact-centers/subjects.ts';
import { addApp, addPasskey } from '../../factors/people.ts';
import { type AuthApi, contactCenterId, environmentId, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { opsCall } from '../../stack/oauth.ts';
import { usePeopleStore } from '../../stack/people-store.ts';
import { requireFactors } from '../../stack/second-factor.ts';

const path = `/auth/v3/ops/contact-centers/${contactCenterId}/factors`;
const nobody = { count: 0, names: [] };
const longAgo = new Date(Date.now() - 15 * 86_400_000).toISOString();

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_AUTHORITY_MAPPING: 'group:Leads=ROLE_LEAD,scim:Heads=ROLE_HEAD' },
  });
  const stored = await usePeopleStore(stack, [
    { userName: 'agent' },
    { userName: 'lead', groups: ['Leads'] },
    { userName: 'lead-with-app', groups: ['Leads', 'Heads'] },
    { userName: 'lead-with-key', groups: ['Leads'] },
  ]);
  const [, , withApp, withKey] = await Promise.all(stored.map(signIn));
  await addApp(stack, withApp as Person);
  await addPasskey(stack, withKey as Person);
  await stack.deps.audit.drained();
});
afterAll(() => stack?.close());
beforeEach(async () => {
  stack.environmentApi.people.hidesGroups = false;
  await requireFactors(stack, {});
});

type Person = Awaited<ReturnType<typeof signIn>>;

async function signIn({ dbid, userName }: PersonView) {
  const place = { contactCenterId, environmentId, subjectScope: 'environment' } as const;
  const person = { contactCenterId, sub: subjectOf(place, dbid) };
  await stack.deps.audit.writer.write({
    ...{ name: 'login_succeeded', outcome: 'success', correlationId: randomUUID() },
    ...{ clientAddress: '192.0.2.1', ...person, fields: { userName } },
  });
  return person;
}

const count = async () => (await opsCall(stack, 'GET', path)).json<{ data: FactorCounts }>().data;
const preview = async (secondFactor: FactorDryRun['secondFactor']) =>
  (await opsCall(stack, 'POST', `${path}/dry-run`, { data: { secondFactor } })).json<{
    data: FactorPreview;
  }>().data;

it('counts people with a role alone, by the groups that a sign-in would map', async () => {
  await requireFactors(stack, { requiredRoles: ['ROLE_LEAD', 'GROUP_Heads'], raisedAt: longAgo });
  const { areRolesKnown, now } = await count();
  expect([areRolesKnown, now.rolesOfNobody]).toEqual([true, []]);
  expect(now.everybody).toMatchObject({ level: 'password', ready: 4, lockedOut: nobody });
  expect(now.roles).toMatchObject([
    {
      level: 'secondFactor',
      ready: 2,
      mustAdd: 0,
      inGrace: nobody,
      lockedOut: { count: 1, names: ['lead'] },
    },
  ]);
});

it('counts a person with several roles by the one that needs most', async () => {
  const roles = { requiredRoles: ['ROLE_LEAD'], phishingResistantRoles: ['ROLE_HEAD'] };
  await requireFactors(stack, { ...roles, raisedAt: longAgo });
  expect((await count()).now.roles).toMatchObject([
    { roles: ['ROLE_LEAD'], ready: 1, mustAdd: 1, lockedOut: { names: ['lead'] } },
    { roles: ['ROLE_HEAD'], ready: 0, mustAdd: 1, lockedOut: nobody },
  ]);
});

it('previews whom a role keeps out, and names roles that nobody has', async () => {
  const requiredRoles = ['ROLE_LEAD', 'ROLE_LAED'];
  const inTime = await preview({ requiredRoles });
  expect(inTime).toMatchObject({
    areRolesKnown: true,
    newlyInGrace: { count: 1, names: ['lead'] },
    newlyLockedOut: nobody,
  });
  expect([inTime.now.rolesOfNobody, inTime.after.rolesOfNobody]).toEqual([[], ['ROLE_LAED']]);
  const atOnce = await preview({ requiredRoles, enrolmentGraceDays: 0 });
  expect(atOnce.newlyLockedOut).toEqual({ count: 1, names: ['lead'] });
});

it('says nothing of roles where the policy names none', async () => {
  const counts = await count();
  expect(counts).not.toHaveProperty('areRolesKnown');
  expect(counts.now).not.toHaveProperty('rolesOfNobody');
});

it('counts as if everybody had the role while Environment API of the release before does not tell', async () => {
  stack.environmentApi.people.hidesGroups = true;
  const { areRolesKnown, after, newlyInGrace } = await preview({ requiredRoles: ['ROLE_LAED'] });
  expect([areRolesKnown, newlyInGrace, after.rolesOfNobody]).toEqual([false, nobody, undefined]);
  expect(after.roles).toMatchObject([{ ready: 2, inGrace: { count: 2 } }]);
});

it('is what gatehouse says, and a dry run warns of a role that nobody has', async () => {
  await requireFactors(stack, { requiredRoles: ['ROLE_LEAD'], raisedAt: longAgo });
  const env = await operatorEnvironment(stack);
  const counted = await runCommand(['cc', 'factors', contactCenterId], { env });
  expect(counted.out).toMatch(/people with ROLE_LEAD: required\W+a second factor/);
  expect(counted.error).toBe('');
  const change = ['--second-factor-required-roles', 'ROLE_LAED', '--dry-run'];
  const tried = await runCommand(['cc', 'update', contactCenterId, ...change], { env });
  expect(tried.error).toContain('Warning: secondFactor: nobody in the people store has the role ROLE_LAED');
  stack.environmentApi.people.hidesGroups = true;
  const unknown = await runCommand(['cc', 'factors', contactCenterId], { env });
  expect(unknown.out).toMatch(/if all were ROLE_LEAD: required\W+a second factor/);
});

it('reads the people of a large store page by page', async () => {
  const others = Array.from({ length: maxGroupsOfPeopleAtOnce }, (_, index) => ({
    userName: `other-${index}`,
  }));
  await usePeopleStore(stack, [...others, { userName: 'last', groups: ['Heads'] }]);
  const { after } = await preview({ requiredRoles: ['ROLE_LEAD', 'ROLE_HEAD'] });
  expect(after.rolesOfNobody).toEqual(['ROLE_LEAD']);
});
