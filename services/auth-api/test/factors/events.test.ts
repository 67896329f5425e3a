/** The security events that a person leaves who adds, uses and loses second factors: which, and from where. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { areaOf, proofsAt, visitorAddress } from '../browser/own-factors/stage.ts';
import type { AuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { opsCall, type TestClient } from '../stack/oauth.ts';
import { stoppedClock } from '../stack/redis.ts';
import { requireFactors } from '../stack/second-factor.ts';
import { postStep, startReplicas, typePassword } from '../stack/second-step.ts';
import { addApp, stepMs, wrong } from './people.ts';

interface Event {
  seq: number;
  name: string;
}

const clock = stoppedClock(Math.floor(Date.now() / stepMs) * stepMs);
let stack: AuthApi;
let other: AuthApi;
let client: TestClient;
let person: PersonKey;
beforeAll(async () => {
  ({ stack, other, client, person } = await startReplicas(clock.now));
  await requireFactors(stack, { mode: 'required', rememberDays: 7, enrolmentGraceDays: 0 });
});
afterAll(async () => {
  await other?.close();
  await stack?.close();
});
beforeEach(() => stack.deps.factors.ends.reset(person, { reason: 'a new test', by: 'test' }));

const later = () => {
  clock.advance(stepMs);
  return clock.now();
};

/** The events of factors that some work leaves behind, by their names: wrong answers are written apart from the others. */
async function eventsOf(work: () => Promise<unknown>): Promise<Event[]> {
  const find = async (query: string) =>
    (await opsCall(stack, 'GET', `/auth/v3/ops/audit?${query}`)).json<{ data: Event[] }>().data;
  await stack.deps.audit.drained();
  const [last] = await find('limit=1');
  await work();
  await stack.deps.audit.drained();
  const events = await find(`limit=100&after=${last?.seq ?? 0}`);
  return events
    .filter(({ name }) => /factor|recovery|device/.test(name))
    .sort((one, two) => one.name.localeCompare(two.name));
}

/** Signs in and gives the factor. */
async function give(path: 'code' | 'invitation', fields: Record<string, string>) {
  const browser = createBrowser(stack.app);
  await typePassword(stack, browser, client);
  await postStep(stack, browser, path, fields);
  return browser;
}

it('a code that was wrong, one that was right, and the browser that is remembered by it', async () => {
  const app = await addApp(stack, person);
  const code = app.codeAt(later());
  const events = await eventsOf(async () => {
    await give('code', { kind: 'totp', code: wrong(code) });
    await give('code', { kind: 'totp', code, rememberDevice: 'true' });
  });
  const from = { ...person, clientAddress: '203.0.113.7', correlationId: expect.any(String) };
  expect(events).toMatchObject([
    { name: 'device_remembered', ...from, fields: { until: expect.stringMatching(/Z$/) } },
    { name: 'second_factor_failed', outcome: 'failure', ...from, fields: { factor: 'totp' } },
  ]);
  expect(JSON.stringify(events)).not.toContain(code);
});

it('a recovery code, and how many are left', async () => {
  await addApp(stack, person);
  const codes = await stack.deps.factors.recovery.make(person, { by: person.sub });
  const events = await eventsOf(() => give('code', { kind: 'recoveryCode', code: codes[0] ?? '' }));
  expect(events).toMatchObject([
    { name: 'recovery_code_used', outcome: 'success', ...person, fields: { left: 9 } },
  ]);
  for (const code of codes) expect(JSON.stringify(events)).not.toContain(code);
});

it('an invitation, whose administrator is named, and one that was not right', async () => {
  const { code } = await stack.deps.factors.invitations.make(person, {
    by: 'help desk',
    reason: 'new telephone',
  });
  const events = await eventsOf(async () => {
    await give('invitation', { code: 'AAAA-BBBB-CC' });
    await give('invitation', { code });
  });
  expect(events).toMatchObject([
    { name: 'factor_invitation_used', ...person, fields: { invitedBy: 'help desk' } },
    { name: 'second_factor_failed', outcome: 'failure', ...person, fields: { factor: 'invitation' } },
  ]);
});

it('what the person adds and removes in the account area, from the address of the person and not of Auth UI', async () => {
  await requireFactors(stack, { mode: 'offered' });
  const { password, totp } = proofsAt(clock.now());
  const sid = randomUUID();
  const added = await eventsOf(() => areaOf(stack, person, [password()], sid).addApp('Telephone'));
  const from = { ...person, sid, clientAddress: visitorAddress };
  expect(added).toMatchObject([
    {
      name: 'factor_added',
      ...from,
      fields: { factor: 'totp', name: 'Telephone', reason: 'strongestSignIn' },
    },
    { name: 'factor_added', ...from, fields: { factor: 'recoveryCodes' } },
  ]);
  const area = areaOf(stack, person, [password(), totp()], sid);
  const [app] = (await area.list()).apps;
  expect(await eventsOf(() => area.call('DELETE', `/totp/${app.id}`))).toMatchObject([
    { name: 'factor_removed', ...from, fields: { factor: 'totp', name: 'Telephone' } },
  ]);
});
