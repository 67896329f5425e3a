import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../../auth-api/test/stack/oauth.ts';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import { createScimCalls } from '../../../environment-api/test/scim-client.ts';
import { type Answer, formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let installation: Person;
let administrator: Person;
/** A contact centre whose people are in the people store. */
let stored: { contactCenterId: string };
let scim: Awaited<ReturnType<typeof createScimCalls>>;
beforeAll(async () => {
  stage = await startStage();
  installation = await stage.installationAdministrator();
  administrator = await stage.contactCenterAdministrator();
  stored = await createPeopleStore(stage.environmentApi);
  scim = await createScimCalls(stage.environmentApi, stored.contactCenterId);
  for (const userName of ['mira', 'noor'])
    await scim.user({ userName, active: true, name: { givenName: userName } });
});
afterAll(() => stage?.close());

const path = '/auth/console/people';
const agentPath = () => `${path}/person?user=agent&contactCenter=${stage.contactCenterId}`;
const storedPath = (user: string) => `${path}/person?user=${user}&contactCenter=${stored.contactCenterId}`;

const follow = (person: Person, page: Answer, label: string) => {
  const link = page.links.find(({ text }) => text === label);
  if (link === undefined) throw new Error(`no link ${label} at ${page.path}`);
  return person.open(link.href);
};

it('an installation administrator chooses a contact centre, and finds people of any source in it', async () => {
  const choice = await installation.open(`${path}?search=demo`);
  const everybody = await follow(installation, choice, 'Demo');
  const { fields } = formTo(everybody, path);
  const found = await installation.open(`${path}?${new URLSearchParams({ ...fields, search: 'age' })}`);
  expect(found.heading).toBe('People of Demo');
  expect(found.rows).toMatchObject([{ 'User name': 'agent', Name: 'Ada Agent', 'Sign-in': 'Can sign in' }]);
  const newcomers = await installation.open(
    `${path}?${new URLSearchParams({ ...fields, signIn: 'password_must_change' })}`,
  );
  expect(newcomers.rows).toMatchObject([{ 'User name': 'newcomer', 'Sign-in': 'Must change the password' }]);
  const others = await installation.open(`${path}?contactCenter=${stored.contactCenterId}`);
  expect(others.rows.map((row) => row['User name'])).toEqual(['mira', 'noor']);
  expect(others.text).toContain('kept in the people store');
});

it('an installation administrator finds a person without knowing the contact centre', async () => {
  const { contactCenterId, add } = await createPeopleStore(stage.environmentApi);
  await add({ userName: 'xaver-seeks', email: 'x@seeks.example' });
  const found = await installation.open(`${path}?search=ER-SEEK`);
  expect(found.rows).toMatchObject([{ 'User name': 'xaver-seeks' }]);
  expect(found.links).toContainEqual(
    expect.objectContaining({ href: `${path}?contactCenter=${contactCenterId}` }),
  );
  expect((await follow(installation, found, 'xaver-seeks')).heading).toContain('xaver-seeks');
  expect((await installation.open(`${path}?search=no-such-name`)).text).toContain(
    'Nobody in a people store has such a name.',
  );
  expect((await administrator.open(`${path}?search=ER-SEEK`)).text).not.toContain('xaver-seeks');
});

it('an administrator of a contact centre finds its people alone', async () => {
  const own = await administrator.open(`${path}?search=agent`);
  expect(own.rows).toMatchObject([{ 'User name': 'agent' }]);
  expect((await administrator.open(storedPath('mira'))).status).toBe(404);
  expect((await administrator.open(`${path}?contactCenter=${stored.contactCenterId}`)).status).toBe(404);
});

it('ends one session or all of them, and asks before', async () => {
  const [phone, laptop] = [stage.newPerson(), stage.newPerson()];
  await phone.openAs('/auth/account', people.agent);
  await laptop.openAs('/auth/account', people.agent);
  const profile = await administrator.open(agentPath());
  expect(profile.rows).toHaveLength(2);
  const question = await follow(administrator, profile, 'End session');
  expect(question.heading).toBe('End this session of agent?');
  const one = await administrator.submit(question, `${path}/end-session`);
  expect(one).toMatchObject({ message: 'The session has ended', heading: 'Ada Agent' });
  expect(one.rows).toHaveLength(1);
  // A second tab asks for the same one; nobody is told that the session of somebody unknown has ended.
  const again = await administrator.submit(question, `${path}/end-session`);
  expect(again.message).toBe('The session has ended');
  const unknown = await administrator.submit(question, `${path}/end-session`, { user: 'nobody' });
  expect(unknown).toMatchObject({ status: 404, message: undefined });
  const all = await follow(administrator, one, 'End all sessions');
  expect(all.text).toContain('on every device');
  const none = await administrator.submit(all, `${path}/end-sessions`);
  expect(none.message).toBe('Ended. Sessions: 1');
  expect(none.text).toContain('signed in nowhere');
});

it('explains step by step why a person cannot sign in, and unlocks them', async () => {
  const visitor = stage.newPerson();
  await visitor.openAs('/auth/account', { username: 'agent', password: 'mistyped' });
  const profile = await administrator.open(agentPath());
  expect(profile.text).toContain('1 remembered');
  const explained = await follow(administrator, profile, 'Explain sign-in');
  expect(explained.heading).toBe('Can agent sign in?');
  expect(explained.text).toContain('nothing that was looked at is against it');
  expect(explained.text).toMatch(/Contact centre passed .* Configuration Server passed .* Account passed/);
  const german = await administrator.open(`${explained.path}&language=de`);
  expect(german.text).toMatch(/Demo ist aktiv\..*Mit Passwort\..*agent ist aktiviert\./);
  expect(german.html).not.toContain('lang="en" dir="ltr"');
  await administrator.open(`${explained.path}&language=en`);
  await expect
    .poll(async () => (await administrator.open(explained.path)).rows.length, { timeout: 5_000 })
    .toBeGreaterThan(0);
  const [refusal] = (await administrator.open(explained.path)).links.filter(({ href }) =>
    href.startsWith('/auth/console/audit/requests/'),
  );
  expect((await administrator.open(refusal?.href ?? '')).heading).toBe('One request');
  const attempted = await administrator.open(explained.path);
  expect(attempted.text).toMatch(/The last attempt was refused at .*: Wrong name or password\./);
  const inGerman = await administrator.open(`${explained.path}&language=de`);
  expect(inGerman.text).toMatch(
    /Der letzte Versuch wurde am .* abgelehnt: Falscher Name oder falsches Passwort\./,
  );
  expect(inGerman.text).not.toContain('bad_credentials');
  await administrator.open(`${explained.path}&language=en`);
  const events = await follow(administrator, profile, 'Audit of this person');
  expect(events).toMatchObject({ status: 200 });
  expect(events.text).toContain('agent');
  const question = await follow(administrator, profile, 'Unlock');
  const unlocked = await administrator.submit(question, `${path}/unlock`);
  expect(unlocked.message).toBe('Unlocked. Wrong passwords forgotten: 1');
  expect(unlocked.text).toContain('None remembered');
  for (let again = 0; again < 2; again += 1) {
    await visitor.openAs('/auth/account', { username: 'agent', password: 'mistyped' });
    await administrator.submit(question, `${path}/unlock`);
  }
  await visitor.openAs('/auth/account', { username: 'agent', password: 'mistyped' });
  const refused = await administrator.submit(question, `${path}/unlock`);
  expect(refused).toMatchObject({ status: 429, heading: 'Unlock agent?' });
  expect(refused.text).toContain(
    'This was done too often within an hour. It is possible again in 60 minutes.',
  );
});

it('explains one request by the reference of its error page, and leads to the diagnosis of its application', async () => {
  const client = await createClient(stage.authApi, { contactCenterIds: [stage.contactCenterId] });
  const wrong = new URLSearchParams({
    client_id: client.clientId,
    response_type: 'code',
    redirect_uri: 'https://evil.test/',
  });
  const { headers } = await stage.authApi.app.inject({ url: `/auth/v3/oauth/authorize?${wrong}` });
  const explained = await follow(administrator, await administrator.open(agentPath()), 'Explain sign-in');
  expect(explained.text).toContain('An error page shows a reference.');
  const asked = `${explained.path}&correlationId=${String(headers['x-request-id'])}`;
  const about = await administrator.open(asked);
  expect(about.text).toContain('The request that was asked for was refused.');
  expect(about.text).toContain('The redirect URI is not registered');
  expect((await follow(administrator, about, 'Diagnosis')).text).toContain('redirect_uri_not_registered');
  const german = await administrator.open(`${asked}&language=de`);
  expect(german.text).toMatch(/wurde die Anfrage der Anwendung .* abgelehnt: /);
  expect(german.html).not.toContain('lang="en" dir="ltr"');
  await administrator.open(`${asked}&language=en`);
});

it('offers only what the source allows', async () => {
  const profile = await installation.open(agentPath());
  expect(profile.links.map(({ text }) => text)).not.toContain('Disable');
  expect(profile.text).toContain('in the Configuration Server');
  const forced = await installation.open(`${path}/disable?user=agent&contactCenter=${stage.contactCenterId}`);
  expect(forced.status).toBe(404);
});

const erasing = async (name: string) => {
  const { rows } = await stage.authApi.deps.stores.pool.query<{ row: string }>(
    `SELECT to_jsonb(e)::text AS row FROM auth.audit_events e
      WHERE to_jsonb(e)::text LIKE $1 AND at < now() + interval '1 hour'`,
    [`%${name}%`],
  );
  const { body } = await stage.environmentApi.call('GET', `/deleted?search=${name}`);
  return { events: rows.map(({ row }) => row), kept: body.data };
};

it('erases everything that is known of a person, by the typed name, and shows a receipt that names nobody', async () => {
  await scim.user({ userName: 'forgotten', active: true, name: { givenName: 'Mary' } });
  const profile = await installation.open(storedPath('forgotten'));
  const question = await follow(installation, profile, 'Erase all data');
  expect(question.heading).toBe('Erase all data of forgotten?');
  expect(question.rows).toContainEqual({ What: expect.stringContaining('people store'), Number: '1' });
  expect(question.text).toMatch(/gatehouse people erase forgotten --contact-center \S+ --number \d+/);

  const wrong = await installation.submit(question, `${path}/erase`, { name: 'mira' });
  expect(wrong).toMatchObject({
    status: 400,
    fieldProblems: { name: expect.stringContaining('not the user name') },
  });
  expect((await installation.open(storedPath('forgotten'))).status).toBe(200);
  const receipt = await installation.submit(wrong, `${path}/erase`, { name: 'Forgotten' });
  expect(receipt).toMatchObject({ status: 200, heading: 'Receipt of an erasure' });
  expect(receipt.text).not.toMatch(/forgotten|Mary|GMT/i);
  expect(receipt.text).toMatch(/Contact centre [^,]+, [^.]*20\d\d/);
  await stage.authApi.deps.audit.drained();
  expect(await erasing('forgotten')).toEqual({ events: [], kept: [] });
  expect((await installation.open(storedPath('forgotten'))).status).toBe(404);
});

it('finishes an erasure that a crash interrupted, from Recently deleted, and erases somebody who is in no list', async () => {
  const { id } = await scim.user({ userName: 'interrupted', active: true });
  await installation.open(storedPath('interrupted'));
  // The first step alone is done.
  await stage.environmentApi.call('DELETE', `/contact-centers/${stored.contactCenterId}/people/${id}`);
  const list = await installation.open('/auth/console/deleted?search=interrupted');
  const question = await follow(installation, list, 'Erase all data');
  expect(question.rows).toContainEqual({ What: 'Entries under Recently deleted', Number: '1' });
  const receipt = await installation.submit(question, `${path}/erase`, { name: 'interrupted' });
  expect(receipt.heading).toBe('Receipt of an erasure');
  expect((await erasing('interrupted')).kept).toEqual([]);

  const people = await installation.open(`${path}?contactCenter=${stored.contactCenterId}`);
  const form = await follow(installation, people, 'Erase data of somebody who is gone');
  const again = await installation.submit(form, `${path}/erase-gone`, { user: 'interrupted' });
  expect(again).toMatchObject({ status: 200, heading: 'Erase all data of interrupted?' });
  expect(again.rows).toContainEqual({ What: 'Entries under Recently deleted', Number: 'None' });
});

it('names the contact centre of a deleted person, and leads to the person who is restored', async () => {
  const { id } = await scim.user({ userName: 'returning', active: true });
  await stage.environmentApi.call('DELETE', `/contact-centers/${stored.contactCenterId}/people/${id}`);
  const list = await installation.open('/auth/console/deleted?search=returning');
  const { text } = await installation.open(`/auth/console/contact-centers/${stored.contactCenterId}`);
  const [row] = list.rows;
  const [, center = ''] = /^returning (.+)$/.exec(row?.['Name'] ?? '') ?? [];
  expect([center, text]).toEqual([expect.stringMatching(/\w/), expect.stringContaining(center)]);
  const form = await follow(installation, list, 'Restore');
  const restored = await installation.submit(form, form.path);
  expect(restored).toMatchObject({ path: storedPath('returning'), message: 'returning is restored' });
  const trail = await installation.open('/auth/console/audit?kind=configuration');
  expect(trail.text).toContain('Restored');
  expect(trail.text).toContain(`Person ${id}`);
});

it('says that a person of a directory is deleted there first', async () => {
  const question = await follow(installation, await installation.open(agentPath()), 'Erase all data');
  expect(question.text).toContain('Delete the person there first');
  expect(question.forms.map(({ action }) => action)).not.toContain(`${path}/erase`);
});

it('disables a person of the people store, and enables them again', async () => {
  const question = await follow(installation, await installation.open(storedPath('mira')), 'Disable');
  expect(question.text).toContain('can sign in no more');
  const disabled = await installation.submit(question, `${path}/disable`);
  expect(disabled.text).toContain('Disabled');
  expect(disabled.links.map(({ text }) => text)).not.toContain('Make a password link');
  // Somebody else was faster: the question is asked again, with what is there now.
  const late = await installation.submit(question, `${path}/disable`);
  expect(late.status).toBe(412);
  const enabled = await installation.submit(await follow(installation, disabled, 'Enable'), `${path}/enable`);
  expect(enabled).toMatchObject({ message: 'Enabled' });
  expect(enabled.links.map(({ text }) => text)).toContain('Disable');
});

it('adds a person with groups and shows the password link once, changes and deletes them', async () => {
  const list = await installation.open(`${path}?contactCenter=${stored.contactCenterId}`);
  const form = await follow(installation, list, 'Add a person');
  const taken = await installation.submit(form, `${path}/add`, { userName: 'MIRA', groups: 'Agents' });
  expect(taken).toMatchObject({ status: 409, heading: expect.stringContaining('Add a person') });
  const fields = { userName: 'zoe', firstName: 'Zoe', groups: 'Agents\nNight shift', employeeId: 'E-9' };
  const shown = await installation.submit(taken, `${path}/add`, fields);
  expect(shown.heading).toBe('Password link for zoe');
  expect(shown.html).toMatch(/first-password\?code=/);
  const profile = await follow(installation, shown, 'Back to the person');
  expect(profile.text).toMatch(/Groups Agents, Night shift Password None yet Employee number E-9/);

  const change = await follow(installation, profile, 'Change');
  expect(change.text).toContain('Agents Night shift');
  const other = formTo(change, `${path}/change`).fields;
  const renamed = await installation.submit(change, `${path}/change`, {
    userName: 'zoe.b',
    'groups.Night shift': '',
  });
  expect(renamed).toMatchObject({ message: 'The person is changed', heading: 'Zoe' });
  expect(renamed.text).toMatch(/User name zoe.b Groups Agents Password/);
  // Somebody else was faster: both are compared, and nothing is overwritten.
  const stale = { lastName: 'Late', user: 'zoe.b', ifMatch: other['ifMatch'] ?? '' };
  const compared = await installation.submit(change, `${path}/change`, stale);
  expect(compared).toMatchObject({ status: 412 });
  expect(compared.text).toContain('Late');

  const trail = await follow(installation, renamed, 'Audit of this person');
  const rows = trail.rows.map((row) => `${row['Did what']} ${row['To what']}`);
  // Each opened page of the person is written beside the request: sooner or later than this list is read.
  expect(rows.filter((row) => !row.startsWith('Person looked at'))).toEqual([
    expect.stringMatching(/^Changed Person zoe\.b /),
    expect.stringMatching(/^Changed Person zoe\.b /),
    expect.stringMatching(/^Created Person zoe\.b /),
  ]);

  const question = await follow(installation, renamed, 'Delete');
  expect(question.heading).toBe('Delete zoe.b?');
  const left = await installation.submit(question, `${path}/delete`);
  expect(left.message).toBe('zoe.b is deleted. Sessions and tokens have ended Undo');
  expect(left.rows.map((row) => row['User name'])).not.toContain('zoe.b');
});

it('imports a file after it has shown each change, and deletes only by the typed name', async () => {
  const { contactCenterId } = await createPeopleStore(stage.environmentApi);
  const list = `${path}?contactCenter=${contactCenterId}`;
  const form = await follow(installation, await installation.open(list), 'Import a file');
  const preview = (document: string, more = {}) =>
    installation.submit(form, `${path}/preview`, { document, ...more });
  const wrong = await preview('userName,active\nada,yes\nada,true');
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('Line 2: active must be true or false.');
  expect(wrong.text).toContain('Line 3: userName is that of line 2 already.');

  const first = await preview('userName,firstName,groups\nada,Ada,Agents\nbob,Bob,');
  expect(first.text).toContain('New: 2. Changed: 0');
  expect((await installation.open(list)).rows).toEqual([]);
  const done = await installation.submit(first, `${path}/import`);
  expect(done).toMatchObject({ message: 'The import is done. Changes: 2' });
  expect(done.rows.map((row) => row['User name'])).toEqual(['ada', 'bob']);

  // What somebody else has changed since is shown anew, and not done.
  const disabling = await preview('userName\nada', { missing: 'disable' });
  expect(disabling.text).toContain('Changed: 1, of whom disabled: 1');
  await installation.submit(await preview('userName,lastName\nbob,Builder'), `${path}/import`);
  await installation.submit(await preview('userName\nada\ncy', { missing: 'stay' }), `${path}/import`);
  expect(await installation.submit(disabling, `${path}/import`)).toMatchObject({ status: 412 });

  const deleting = await preview('userName\nada', { missing: 'delete' });
  expect(deleting.text).toContain('Deleted: 2');
  const unnamed = await installation.submit(deleting, `${path}/import`, { name: 'another' });
  expect(unnamed).toMatchObject({ status: 400 });
  expect(unnamed.text).toContain('This is not its name.');
  const [, name = ''] = /Type (\S+) to show/.exec(unnamed.text) ?? [];
  const left = await installation.submit(unnamed, `${path}/import`, { name });
  expect(left.rows.map((row) => row['User name'])).toEqual(['ada']);
  expect((await preview('userName\n', { missing: 'delete' })).status).toBe(400);
});

it('does one thing to the people who are marked, and says what happened to each', async () => {
  const { contactCenterId } = await createPeopleStore(stage.environmentApi);
  const scim = await createScimCalls(stage.environmentApi, contactCenterId);
  const users = [];
  for (const userName of ['ann', '=ben', 'cat'])
    users.push(await scim.user({ userName, active: userName !== 'cat' }));
  const list = `${path}?contactCenter=${contactCenterId}`;
  const choose = (step: string, chosen: { id: string }[]) =>
    installation.open(
      `${path}/selection?${new URLSearchParams([
        ['contactCenter', contactCenterId],
        ['step', step],
        ...chosen.map(({ id }) => ['person', id]),
      ])}`,
    );
  const { html } = await installation.open(list);
  for (const { id } of users) expect(html).toContain(`name="person" value="${id}"`);
  const unmarked = await choose('disable', []);
  expect(unmarked.message).toBe('Nobody is marked');
  expect(unmarked.html).toContain('class="message message-warning"');

  const question = await choose('disable', users);
  expect(question.text).toContain('People who are disabled: 2.');
  await scim.call('DELETE', `/Users/${users[0].id}`);
  expect((await installation.submit(question, `${path}/selection`)).status).toBe(412);
  const again = await choose('disable', users);
  const done = await installation.submit(again, `${path}/selection`);
  expect(done.text).toContain('Done: 2. Refused: 0.');
  expect(done.rows.map((row) => row['User name'])).toEqual(['=ben', 'cat']);
  expect((await scim.call('GET', `/Users/${users[1].id}`)).body.active).toBe(false);
  await installation.submit(await choose('enable', [users[1]]), `${path}/selection`);

  const form = formTo(await choose('links', users), `${path}/selection`);
  const answer = await installation.request(`${path}/selection`, {
    method: 'POST',
    body: new URLSearchParams(form.fields),
  });
  expect(answer.headers.get('content-disposition')).toContain('password-links.csv');
  const lines = (await answer.text()).split('\r\n');
  expect(lines[0]).toBe('userName,link,expiresAt,problem');
  expect(lines[1]).toMatch(/^'=ben,http\S*first-password\?code=/);
  expect(lines[2]).toMatch(/^cat,,,\S/);

  const joining = await choose('group', users);
  const unnamed = await installation.submit(joining, `${path}/selection`);
  expect(unnamed).toMatchObject({ status: 400, fieldProblems: { group: 'Type the name of a group.' } });
  const joined = await installation.submit(unnamed, `${path}/selection`, { group: 'Team' });
  expect(joined.text).toContain('Done: 2. Refused: 0.');
  const ben = (await scim.call('GET', `/Users/${users[1].id}`)).body;
  expect(ben.groups).toMatchObject([{ display: 'Team' }]);

  const deleting = await choose('delete', users);
  expect((await installation.submit(deleting, `${path}/selection`)).status).toBe(400);
  const [, name = ''] = /Type (\S+) to show/.exec(deleting.text) ?? [];
  const deleted = await installation.submit(deleting, `${path}/selection`, { name });
  expect(deleted.text).toContain('Done: 2. Refused: 0.');
  expect((await installation.open(list)).rows).toEqual([]);
});

it('unlocks the people who are marked, and says who was unlocked too often', async () => {
  const { contactCenterId, add } = await createPeopleStore(stage.environmentApi);
  const chosen = [
    await add({ userName: 'ann', password: 'a-password-of-ann' }),
    await add({ userName: 'ben' }),
  ];
  const center = await stage.environmentApi.call('GET', `/contact-centers/${contactCenterId}`);
  const visitor = stage.newPerson();
  const mistype = () =>
    visitor.openAs('/auth/account', {
      username: `${center.body.data.domains[0]}\\ann`,
      password: 'mistyped',
    });
  const ann = `${path}/person?user=ann&contactCenter=${contactCenterId}`;
  const person = chosen.map(({ id }) => id).join(' ');
  const query = new URLSearchParams({ contactCenter: contactCenterId, step: 'unlock', person });
  const unlock = async () =>
    installation.submit(await installation.open(`${path}/selection?${query}`), `${path}/selection`);
  await mistype();
  expect((await installation.open(ann)).text).toContain('1 remembered');
  expect((await unlock()).text).toContain('Done: 2. Refused: 0.');
  expect((await installation.open(ann)).text).toContain('None remembered');
  for (let again = 0; again < 2; again += 1) {
    await mistype();
    await unlock();
  }
  await mistype();
  const refused = await unlock();
  expect(refused.text).toContain('Done: 1. Refused: 1.');
  expect(refused.rows).toContainEqual({
    'User name': 'ann',
    Result: expect.stringContaining('too often within an hour'),
  });
});

it('takes everybody of the page, or everybody whom the search finds, and bounds what is found', async () => {
  const store = await createPeopleStore(stage.environmentApi);
  const add = async (names: string[]) => {
    for (const userName of names) await store.add({ userName });
  };
  await add(['other', ...Array.from({ length: 52 }, (_, index) => `team-${100 + index}`)]);
  const list = await installation.open(`${path}?contactCenter=${store.contactCenterId}&search=team`);
  expect(list.text).toContain('Searched: team Show all');
  expect(list.text).toContain('Everybody on this page (50)');
  const { fields } = formTo(list, `${path}/selection`);
  const ask = (more: Record<string, string>) =>
    installation.open(`${path}/selection?${new URLSearchParams({ ...fields, step: 'disable', ...more })}`);
  const [, page = ''] = /value="([^"]*)" data-marks-rows/.exec(list.html) ?? [];
  expect((await ask({ person: page })).text).toContain('People who are disabled: 50.');
  const question = await ask({ everybody: 'found' });
  expect(question.text).toContain('People who are disabled: 52.');
  expect(question.text).not.toContain('other');
  const done = await installation.submit(question, `${path}/selection`);
  expect(done.text).toContain('Done: 52. Refused: 0.');
  await add(Array.from({ length: 150 }, (_, index) => `team-more-${index}`));
  expect((await ask({ everybody: 'found' })).message).toContain('more than 200 people are found');
  // The people store counts everybody, and no search.
  const all = await installation.open(`${path}?contactCenter=${store.contactCenterId}`);
  expect(all.text).toContain('Rows 1–50 of 203');
  const next = all.links.find(({ text }) => text === 'Next page')?.href.replace(/&amp;/g, '&') ?? '';
  expect((await installation.open(next)).text).toContain('Rows 51–100 of 203');
  expect(list.text).toContain('Rows 1–50; more follow');
});

it('sorts the people of a people store by each column that it sorts, page by page, and says that others come by user name', async () => {
  const store = await createPeopleStore(stage.environmentApi);
  const emails = Array.from({ length: 51 }, (_, index) => `${String(90 - index)}@example.com`);
  for (const [index, email] of emails.entries()) await store.add({ userName: `pilot-${index + 10}`, email });
  const list = await installation.open(`${path}?contactCenter=${store.contactCenterId}`);
  const firstOf = (page: Answer) => page.rows[0]?.['User name'];
  expect(firstOf(list)).toBe('pilot-10');
  const byEmail = await follow(installation, list, 'E-mail');
  expect([firstOf(byEmail), byEmail.html.includes('aria-sort="ascending"')]).toEqual(['pilot-60', true]);
  const second = await follow(installation, byEmail, 'Next page');
  expect([firstOf(second), second.rows.length]).toEqual(['pilot-10', 1]);
  expect(second.text).toContain('Rows 51–51 of 51');
  expect(firstOf(await follow(installation, byEmail, 'E-mail'))).toBe('pilot-10');
  const newest = await follow(installation, await follow(installation, list, 'Last change'), 'Last change');
  expect(firstOf(newest)).toBe('pilot-60');
  // A search keeps the order.
  const { fields } = formTo(newest, path);
  const found = await installation.open(`${path}?${new URLSearchParams({ ...fields, search: 'pilot-1' })}`);
  expect(firstOf(found)).toBe('pilot-19');
  const directory = await installation.open(`${path}?contactCenter=${stage.contactCenterId}`);
  expect(directory.html).not.toContain('sort=');
  expect(directory.text).toContain('come in the order of their user names');
});

it('shows a password link once', async () => {
  const profile = await installation.open(storedPath('noor'));
  const question = await follow(installation, profile, 'Make a password link');
  const shown = await installation.submit(question, `${path}/password-link`);
  const [link] = /http[^<\s]*first-password[^<\s]+/.exec(shown.html) ?? [];
  expect(link, shown.text).toBeDefined();
  expect(shown.headers.get('cache-control')).toBe('no-store');
  expect((await installation.open(storedPath('noor'))).html).not.toContain(link);
});

it('is no page for a person without a right', async () => {
  const plain = stage.newPerson();
  expect((await plain.openAs(path, people.agent)).status).toBe(403);
});
