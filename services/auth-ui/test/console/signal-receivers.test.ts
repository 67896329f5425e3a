import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSignalReceiver } from '../../../auth-api/test/stack/signal-receiver.ts';
import { type Answer, formTo, type Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

type Receiver = Awaited<ReturnType<typeof startSignalReceiver>>;

let stage: Stage;
let person: Person;
let receiver: Receiver;
beforeAll(async () => {
  stage = await startStage({
    authApiEnv: { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' },
  });
  [person, receiver] = await Promise.all([stage.installationAdministrator(), startSignalReceiver()]);
});
afterAll(async () => {
  receiver?.close();
  await stage?.close();
});

const path = '/auth/console/signal-receivers';
const secret = 'a-bearer-token-that-nobody-sees';

async function stored() {
  const { accessToken } = await stage.session.read(person);
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await stage.authApi.app.inject({ url: '/auth/v3/ops/signal-receivers', headers });
  return answer.json<{ data: Record<string, unknown>[] }>().data;
}

async function add(typed: Record<string, string>): Promise<Answer> {
  const form = await person.open(`${path}/add`);
  return person.submit(form, `${path}/add`, { endpoint: receiver.url, audience: 'desk', ...typed });
}

it('adds a receiver for a contact centre that is chosen by name, and shows it without its token', async () => {
  const form = await person.open(`${path}/add`);
  expect(form.text).toContain('Demo');
  const added = await add({
    bearerToken: secret,
    'events.credential-change': '',
    [`contactCenterIds.${stage.contactCenterId}`]: 'true',
  });
  expect(added).toMatchObject({ message: 'The receiver is added', heading: new URL(receiver.url).host });
  expect(added.text).toContain('A session ended Contact centres Demo Bearer token Stored');
  expect(added.html).not.toContain(secret);
  expect(await stored()).toMatchObject([
    {
      ...{ endpoint: receiver.url, audience: 'desk', events: ['session-revoked'], hasBearerToken: true },
      contactCenterIds: [stage.contactCenterId],
    },
  ]);
  const { rows } = await person.open(path);
  expect(rows).toEqual([
    { Address: receiver.url, Audience: 'desk', Events: 'A session ended', 'Contact centres': 'Demo' },
  ]);
});

it('sends a test event, and says how the receiver answered', async () => {
  const question = await person.open(`${await pathOfOne()}/test`);
  receiver.answers.push(202, { err: 'invalid_audience' });
  const accepted = await person.submit(question, `${await pathOfOne()}/test`);
  expect(accepted).toMatchObject({ message: 'The receiver accepted the test event' });
  expect(receiver.received[0]?.authorization).toBe(`Bearer ${secret}`);
  const refused = await person.submit(question, `${await pathOfOne()}/test`);
  expect(refused.message).toBe('The receiver did not accept the test event answered 400: invalid_audience');
});

it('changes what is typed; a token stays until another one comes or it is taken away', async () => {
  const change = `${await pathOfOne()}/change`;
  const form = await person.open(change);
  expect(form.text).toContain('A token is stored, which stays');
  expect(form.html).not.toContain(secret);
  const none = { [`contactCenterIds.${stage.contactCenterId}`]: '' };
  const changed = await person.submit(form, change, { ...none, audience: 'wallboard' });
  expect(changed.message).toBe('The receiver is changed');
  expect(await stored()).toMatchObject([
    { audience: 'wallboard', events: ['session-revoked'], contactCenterIds: [], hasBearerToken: true },
  ]);
  await person.submit(await person.open(change), change, { 'token.remove': 'true' });
  expect(await stored()).toMatchObject([{ audience: 'wallboard', hasBearerToken: false }]);
  const again = await person.open(change);
  expect(again.text).not.toContain('Take the stored token away');
  await person.submit(again, change, { bearerToken: secret });
  expect(await stored()).toMatchObject([{ hasBearerToken: true }]);
});

it('says beside the field what the API refuses, and keeps what was typed except the token', async () => {
  const change = `${await pathOfOne()}/change`;
  const moved = await person.submit(await person.open(change), change, {
    endpoint: 'https://other.example.com/events',
  });
  expect(moved).toMatchObject({ status: 400, heading: 'Change the receiver' });
  expect(moved.fieldProblems['bearerToken']).toBe(
    'The stored token belongs to the address before: type the token again, or take it away.',
  );
  const empty = await add({ endpoint: '', audience: '' });
  expect(Object.keys(empty.fieldProblems)).toEqual(['endpoint', 'audience']);
  const refused = await add({ endpoint: 'no address', bearerToken: secret, 'events.session-revoked': '' });
  expect(refused.status).toBe(400);
  expect(Object.keys(refused.fieldProblems)).toContain('endpoint');
  expect(refused.forms.find(({ action }) => action === `${path}/add`)?.fields).toMatchObject({
    endpoint: 'no address',
  });
  expect(refused.html).not.toContain(secret);
  expect(refused.text).toContain('Not kept: Bearer token. Enter it once more.');
});

it('shows both versions where somebody else was faster, and asks for the token again', async () => {
  const change = `${await pathOfOne()}/change`;
  const form = await person.open(change);
  await person.submit(await person.open(change), change, { audience: 'of a colleague' });
  const compared = await person.submit(form, change, { audience: 'of mine', bearerToken: secret });
  expect(compared).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(compared.rows.filter(({ Field }) => Field?.includes('different'))).toEqual([
    { Field: 'Audience different', 'As it is now': 'of a colleague', 'Your change': 'of mine' },
  ]);
  expect(await stored()).toMatchObject([{ audience: 'of a colleague' }]);
  expect(compared.html).not.toContain(secret);
  const saved = await person.submit(compared, change, { bearerToken: secret });
  expect(saved.message).toBe('The receiver is changed');
  expect(await stored()).toMatchObject([{ audience: 'of mine', hasBearerToken: true }]);
});

it('keeps a contact centre that is gone, by its identifier', async () => {
  const other = await stage.environmentApi.contactCenter({
    ...{ environmentId: stage.environmentId, name: 'Short-lived', domains: ['short'] },
    membership: { by: 'all' },
  });
  const added = await add({ audience: 'short', [`contactCenterIds.${other}`]: 'true' });
  expect(added.text).toContain('Short-lived');
  stage.toEnvironmentApi.cut();
  const page = await person.open(added.path);
  stage.toEnvironmentApi.heal();
  expect(page.text).toContain(`Contact centres ${other}`);
  await remove(added.path);
});

it('finds contact centres by name where there are too many to look through, and takes tenant names', async () => {
  const center = (name: string) =>
    stage.environmentApi.contactCenter({
      ...{ environmentId: stage.environmentId, name, domains: [name.toLowerCase()] },
      membership: { by: 'all' },
    });
  for (let index = 0; index < 30; index += 1) await center(`Many-${index}`);
  const added = await add({ audience: 'many', contactCenterIds: 'demo\nMANY-7\n' });
  expect(added.text).toContain('Contact centres Demo, Many-7');
  const change = `${added.path}/change`;
  const form = await person.open(change);
  expect(form.text).toContain('There are more than these: search by a part of the name.');
  expect(form.text).not.toContain('Many-29');
  // The search saves nothing, and keeps what was typed.
  const found = await person.submit(form, change, { audience: 'typed', 'find.contactCenterIds': 'any-29' });
  expect(found.text).toContain('Found for “any-29”: 1. Demo demo Many-7 many-7 Many-29 many-29');
  expect(found.forms.find(({ action }) => action === change)?.fields).toMatchObject({ audience: 'typed' });
  expect(found.forms.find(({ action }) => action === change)?.fields['find.contactCenterIds']).toBe('');
  expect(await stored()).toMatchObject([{}, { audience: 'many' }]);
  const nothing = await person.submit(found, change, { 'find.contactCenterIds': 'no-such' });
  expect(nothing.text).toContain('Nothing else is found for “no-such”.');
  const unknown = await person.submit(form, change, { contactCenterIds: 'no-such-name' });
  expect(unknown).toMatchObject({
    status: 400,
    fieldProblems: { contactCenterIds: 'No contact centre has the tenant name no-such-name.' },
  });
  const [demo = ''] = Object.keys(formTo(form, change).fields).filter((name) =>
    /^contactCenterIds\../.test(name),
  );
  const kept = await person.submit(form, change, { [demo]: '' });
  expect(kept.text).toContain('Contact centres Many-7');
  await remove(added.path);
});

it('deletes after a question', async () => {
  const one = await pathOfOne();
  const question = await person.open(`${one}/delete`);
  expect(question.heading).toBe('Delete this receiver?');
  expect(await stored()).toHaveLength(1);
  expect(await remove(one)).toMatchObject({ path, message: 'The receiver is deleted' });
  expect(await stored()).toEqual([]);
  expect((await person.open(path)).text).toContain('Nobody is told yet.');
  expect((await person.open(one)).status).toBe(404);
});

it('is no page for the administrator of one contact centre', async () => {
  const administrator = await stage.contactCenterAdministrator();
  expect((await administrator.open(path)).status).toBe(403);
  expect((await administrator.open('/auth/console')).links.map(({ href }) => href)).not.toContain(path);
});

const pathOfOne = async () => `${path}/one/${(await stored())[0]?.['id']}`;

async function remove(one: string): Promise<Answer> {
  return person.submit(await person.open(`${one}/delete`), `${one}/delete`);
}
