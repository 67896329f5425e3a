/** Administrators see how many people have which second factor, and whom a policy keeps out, before they save it. */
import { randomUUID } from 'node:crypto';
import { runCommand } from '@gatehouse/cli/run-command';
import type { FactorCounts, FactorDryRun, FactorPreview } from '@gatehouse/contracts/auth-administration';
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addApp, addPasskey } from '../../factors/people.ts';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { opsCall } from '../../stack/oauth.ts';
import { requireFactors } from '../../stack/second-factor.ts';

const path = `/auth/v3/ops/contact-centers/${contactCenterId}/factors`;
const dayMs = 86_400_000;
const nobody = { count: 0, names: [] };

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
  const login = (userName: string, method?: string, place = contactCenterId) =>
    signIn(userName, method, place);
  await login('plain');
  await login('gone-there', undefined, otherContactCenterId);
  const app = await login('with-app');
  await addApp(stack, app);
  const synced = await login('with-synced-key');
  await addPasskey(stack, synced, { authenticator: createAuthenticator({ eligible: true }) });
  await addPasskey(stack, await login('with-key'));
  // The last sign-in counts.
  const provided = await login('by-provider');
  await signIn('by-provider', 'oidc', contactCenterId, provided.sub);
  await stack.deps.audit.drained();
});
afterAll(() => stack?.close());
beforeEach(() => requireFactors(stack, {}));

async function signIn(
  userName: string,
  method: string | undefined,
  place: string,
  sub: string = randomUUID(),
) {
  await stack.deps.audit.writer.write({
    ...{ name: 'login_succeeded', outcome: 'success', correlationId: randomUUID() },
    ...{ clientAddress: '192.0.2.1', sub, contactCenterId: place },
    fields: { userName, ...(method && { method }) },
  });
  return { contactCenterId: place, sub };
}

const count = async () => (await opsCall(stack, 'GET', path)).json<{ data: FactorCounts }>().data;
const preview = async (secondFactor: FactorDryRun['secondFactor']) =>
  (await opsCall(stack, 'POST', `${path}/dry-run`, { data: { secondFactor } })).json<{
    data: FactorPreview;
  }>().data;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs).toISOString();

describe('the count of second factors', () => {
  it('says how many people have which one, of those who signed in and those who have one', async () => {
    // She signed in before the security events begin.
    await addApp(stack, { contactCenterId, sub: randomUUID() });
    const counts = await count();
    expect(counts).toMatchObject({
      contactCenterId,
      people: 6,
      held: { passkeys: 2, devicePasskeys: 1, totp: 2, recoveryCodes: 0, rememberedDevices: 0, none: 2 },
      now: { everybody: { level: 'password', ready: 6, lockedOut: nobody }, roles: [] },
    });
    expect(Date.now() - Date.parse(counts.since)).toBeGreaterThan(89 * dayMs);
    const events = await opsCall(stack, 'GET', '/auth/v3/ops/audit?name=access_inspected&limit=1');
    expect(events.body).toContain('"purpose":"factors"');
  });

  it('names who still has time to set one up, and who is kept out afterwards', async () => {
    await requireFactors(stack, { mode: 'required', raisedAt: daysAgo(13) });
    const { everybody, enrolmentEndsAt } = (await count()).now;
    expect(everybody).toEqual({
      ...{ level: 'secondFactor', ready: 4, byProvider: 1, mustAdd: 0 },
      ...{ inGrace: { count: 1, names: ['plain'] }, lockedOut: nobody },
    });
    expect(Date.parse(enrolmentEndsAt ?? '') - Date.now()).toBeGreaterThan(dayMs * 0.9);
    await requireFactors(stack, { mode: 'required', raisedAt: daysAgo(15) });
    expect((await count()).now.everybody).toMatchObject({ inGrace: nobody, lockedOut: { names: ['plain'] } });
    await requireFactors(stack, { mode: 'required', raisedAt: daysAgo(15), federated: 'alsoHere' });
    expect((await count()).now.everybody).toMatchObject({ byProvider: 0, lockedOut: { count: 2 } });
  });

  it('counts as if everybody had a role that needs more, where roles are known at a sign-in alone', async () => {
    await requireFactors(stack, { phishingResistantRoles: ['ROLE_ADMIN'], raisedAt: daysAgo(15) });
    const { areRolesKnown, now } = await count();
    const { everybody, roles, rolesOfNobody } = now;
    expect([areRolesKnown, rolesOfNobody]).toEqual([false, undefined]);
    expect(everybody).toMatchObject({ level: 'password', ready: 6 });
    expect(roles).toMatchObject([
      { roles: ['ROLE_ADMIN'], level: 'phishingResistant', ready: 2, mustAdd: 2, lockedOut: { count: 1 } },
    ]);
  });

  it('asks holders where factors are offered, and keeps nobody else out', async () => {
    await requireFactors(stack, { mode: 'offered', allowedFactors: ['passkey'] });
    expect((await count()).now.everybody).toMatchObject({ ready: 4, mustAdd: 2, lockedOut: nobody });
  });

  it('counts no passkey where passkeys do not work under the public host', async () => {
    await requireFactors(stack, { mode: 'required', raisedAt: daysAgo(15) });
    const on = (await count()).now.everybody;
    const moved = await startAuthApi({ beside: stack, env: { GATEHOUSE_PUBLIC_URL: 'https://moved.test' } });
    const off = (await opsCall(moved, 'GET', path)).json<{ data: FactorCounts }>().data.now.everybody;
    await moved.close();
    expect(off).toMatchObject({ ready: on.ready - 2, mustAdd: 0 });
    expect(off.lockedOut.count).toBe(on.lockedOut.count + 2);
  });

  // attack: an administrator of one contact centre counts the factors of another | CWE-639 | guard: services/auth-api/src/operations/factor-counts/service.ts
  it('is not given to administrators of another contact centre', async () => {
    const sub = randomUUID();
    const administrator = await contactCenterAdministrator(stack, {
      sub,
      contactCenterId: otherContactCenterId,
    });
    const data = { secondFactor: { mode: 'required' } };
    const answers = [
      await opsCall(stack, 'GET', path, undefined, administrator),
      await opsCall(stack, 'POST', `${path}/dry-run`, { data }, administrator),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    for (const { body } of answers) expect(body).not.toContain('plain');
  });
});

describe('the preview of a policy', () => {
  it('names whom a stricter one keeps out, by what it names alone, and stores nothing', async () => {
    const { isStricter, newlyInGrace, newlyLockedOut, after, now } = await preview({ mode: 'required' });
    expect([isStricter, newlyInGrace, newlyLockedOut]).toEqual([
      true,
      { count: 1, names: ['plain'] },
      nobody,
    ]);
    expect(now.everybody).toMatchObject({ level: 'password', ready: 6 });
    expect(after.everybody).toMatchObject({ level: 'secondFactor', ready: 4, byProvider: 1 });
    const atOnce = await preview({
      mode: 'phishingResistant',
      enrolmentGraceDays: 0,
      syncedPasskeys: 'refused',
    });
    expect(atOnce.newlyLockedOut).toEqual({ count: 1, names: ['plain'] });
    expect(atOnce.after.everybody).toMatchObject({ ready: 1, mustAdd: 3 });
    expect((await count()).now.everybody.level).toBe('password');
  });

  it('lets times of grace begin anew where it is stricter, and only there', async () => {
    const policy = { mode: 'required', raisedAt: daysAgo(15) } as const;
    await requireFactors(stack, policy);
    const stricter = await preview({ mode: 'phishingResistant' });
    expect(stricter.now.everybody.lockedOut.count).toBe(1);
    expect(stricter.after.everybody).toMatchObject({ inGrace: { names: ['plain'] }, lockedOut: nobody });
    const longer = await preview({ enrolmentGraceDays: 30 });
    expect([longer.isStricter, longer.after.everybody.inGrace.count]).toEqual([false, 1]);
    await requireFactors(stack, { ...policy, enrolmentGraceDays: 30 });
    expect(await preview({ enrolmentGraceDays: 14 })).toMatchObject({
      isStricter: false,
      newlyLockedOut: { names: ['plain'] },
    });
  });

  it('says that nobody can meet a policy that takes no passkey and wants one', async () => {
    const { after } = await preview({
      ...{ mode: 'phishingResistant', allowedFactors: ['totp'], federated: 'alsoHere' },
    });
    expect(after.everybody).toMatchObject({ ready: 0, lockedOut: { count: 6 } });
  });

  it.each([
    [{ secondFactor: { mode: 'always' } }, 'data.secondFactor.mode'],
    [{ secondFactor: { rememberDays: 91 } }, 'data.secondFactor.rememberDays'],
    [{ second: {} }, 'data'],
  ])('names what is wrong in %j', async (data, field) => {
    const answer = await opsCall(stack, 'POST', `${path}/dry-run`, { data });
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining(field)]);
  });

  it('is what gatehouse says', async () => {
    const env = await operatorEnvironment(stack);
    const { out } = await runCommand(['cc', 'factors', contactCenterId], { env });
    expect(out).toMatch(/with codes of an app\W+2/);
  });
});
