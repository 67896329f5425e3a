import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from './person.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage({ environmentApiEnv: { GATEHOUSE_REACHABILITY_TIMEOUT_MS: '2000' } });
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/environments';

const simulator = () => `127.0.0.1:${stage.authApi.simulator.port}`;
const account = {
  username: 'gatehouse',
  password: 'demo-service-password',
  appName: 'gatehouse',
  tenant: 'demo',
};

async function create(typed: Record<string, string> = {}): Promise<string> {
  const form = await person.open(`${path}/new?directory=configServer`);
  const page = await person.submit(form, `${path}/new`, {
    ...account,
    configServers: simulator(),
    tlsEnabled: '',
    ...typed,
  });
  expect(page.message, page.text).toMatch(/^The environment is created/);
  return page.path;
}

it('creates an environment by the kind of directory, and checks it step by step', async () => {
  const kinds = await person.open(`${path}/new`);
  expect(kinds.text).toContain('This cannot be changed later');
  const own = await create();
  const checked = await person.submit(await person.open(own), `${own}/check`);
  expect(checked.text).toContain('Every step passed');
  expect(checked.text).toMatch(/Connect passed .* Register passed .* Read people passed/);
});

it('creates one environment of a form that is sent twice, and another one when it is corrected', async () => {
  const form = await person.open(`${path}/new?directory=configServer`);
  const send = (appName: string) =>
    person.submit(form, `${path}/new`, { ...account, appName, configServers: simulator(), tlsEnabled: '' });
  const [first, second] = await Promise.all([send('twice'), send('twice')]);
  expect(first.heading).not.toBe('Create an environment');
  expect(second.path).toBe(first.path);
  expect((await send('corrected')).path).not.toBe(first.path);
});

it('takes a password that was copied with the spaces around it', async () => {
  const own = await create({ password: ` ${account.password} ` });
  const checked = await person.submit(await person.open(own), `${own}/check`);
  expect(checked.text).toContain('Every step passed');
});

it('says at once what of a saved environment does not work, and shows the step at which a check stops', async () => {
  const form = await person.open(`${path}/new?directory=configServer`);
  const saved = await person.submit(form, `${path}/new`, {
    ...account,
    configServers: '127.0.0.1:1',
    tlsEnabled: '',
  });
  expect(saved.html).toContain('class="message message-warning" role="alert"');
  expect(saved.message).toMatch(
    /^The environment is created\. It is saved, but it does not work yet\. .* Connect: 127\.0\.0\.1 port 1 took no connection/,
  );
  expect((await person.open(saved.path)).message).toBeUndefined();
  const checked = await person.submit(saved, `${saved.path}/check`);
  expect(checked.text).toContain('Something is in the way');
  expect(checked.text).toMatch(/Connect failed .* Register not tried/);
});

it('tests what a form holds before it is saved, and stores nothing', async () => {
  const trial = { trial: 'true' };
  const count = async () => (await person.open(path)).rows.length;
  const before = await count();
  const form = await person.open(`${path}/new?directory=configServer`);
  expect(form.html).toMatch(/<button [^>]*name="trial" value="true" formtarget="_blank">/);
  const typed = { ...account, configServers: simulator(), tlsEnabled: '', ...trial };
  const good = await person.submit(form, `${path}/new`, typed);
  expect(good.text).toMatch(/Nothing is saved: .* Every step passed: people can sign in/);
  const bad = await person.submit(form, `${path}/new`, { ...typed, password: 'wrong' });
  expect(bad.text).toMatch(/Something is in the way\. .* Register failed/);
  const refused = await person.submit(form, `${path}/new`, { ...typed, username: '' });
  expect(refused.fieldProblems).toEqual({ username: 'This is missing.' });
  expect(await count()).toBe(before);

  const own = await create();
  const change = await person.open(`${own}/change`);
  const tenant = await person.submit(change, `${own}/change`, { tenant: 'another', ...trial });
  expect(tenant.text).toMatch(/Find the tenant failed/);
  const moved = await person.submit(change, `${own}/change`, {
    srvRecord: '_ocs._tcp.evil.example',
    ...trial,
  });
  expect(moved.fieldProblems['password']).toContain('This is missing');
  expect((await person.open(`${own}/change`)).html).not.toContain('another');
});

// attack: password that was typed, sent back in the page of a refused form | CWE-200, CWE-549 | guard: services/auth-ui/src/console/form/sections.ts
it('puts refusals beside their fields, keeps what was typed, and never sends a password back', async () => {
  const form = await person.open(`${path}/new?directory=ldap`);
  const page = await person.submit(form, `${path}/new`, {
    'ldap.servers': 'dc-1.example:99999',
    'ldap.bindDn': 'not a name',
    'ldap.bindPassword': 'typed-bind-password',
    'ldap.baseDns': 'ou=people,dc=example\nnonsense',
  });
  expect(page.status).toBe(400);
  expect(page.fieldProblems).toMatchObject({
    'ldap.servers': 'Line 1: Too large. Maximum: 65,535.',
    'ldap.bindDn': expect.stringContaining('distinguished name'),
    'ldap.baseDns': expect.stringContaining('distinguished name'),
  });
  expect(page.forms.find(({ action }) => action === `${path}/new`)?.fields['ldap.baseDns']).toBe(
    'ou=people,dc=example\nnonsense',
  );
  expect(page.html).not.toContain('typed-bind-password');
  expect(page.text).toContain('Not kept: Password of the account. Enter it once more.');
  expect((await person.submit(form, `${path}/new`)).fieldProblems).toEqual({
    'ldap.bindDn': 'This is missing.',
    'ldap.bindPassword': 'This is missing.',
    'ldap.baseDns': 'This is missing.',
  });
});

it.each([
  ['configServer', ['username', 'password']],
  ['ldap', ['ldap.bindDn', 'ldap.bindPassword', 'ldap.baseDns']],
])(
  'says beside each field that a new environment (%s) needs that it is missing',
  async (directory, needed) => {
    const form = await person.open(`${path}/new?directory=${directory}`);
    const page = await person.submit(form, `${path}/new`);
    expect(page.fieldProblems).toMatchObject(
      Object.fromEntries(needed.map((name) => [name, 'This is missing.'])),
    );
  },
);

it('refuses a version that no header can carry, before it asks an API', async () => {
  const own = await create();
  const form = await person.open(`${own}/change`);
  expect((await person.submit(form, `${own}/change`, { ifMatch: '"1"\r\nx: y' })).status).toBe(400);
});

it('shows both sides where somebody else was faster, and overwrites nothing unseen', async () => {
  const own = await create();
  const [mine, theirs] = [await person.open(`${own}/change`), await person.open(`${own}/change`)];
  await person.submit(theirs, `${own}/change`, { remoteTimeout: '33' });
  const comparison = await person.submit(mine, `${own}/change`, { remoteTimeout: '44' });
  expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(comparison.rows.map((row) => Object.values(row))).toContainEqual([
    'The server expects us within different',
    '33',
    '44',
  ]);
  expect((await person.open(`${own}/change`)).html).toContain('value="33"');
  const saved = await person.submit(comparison, `${own}/change`);
  expect(saved.message).toMatch(/^Saved/);
  expect((await person.open(`${own}/change`)).html).toContain('value="44"');
});

it('takes a certificate for servers that ask for one, shows no key, and takes both away again', async () => {
  const { cert, key } = createAuthority().issue({ names: ['gatehouse'] });
  const own = await create();
  const change = async (typed: Record<string, string>) =>
    person.submit(await person.open(`${own}/change`), `${own}/change`, typed);
  const stored = async () => {
    const form = await person.open(`${own}/change`);
    expect(form.html).not.toContain(key.slice(40, 80));
    const hasKey = form.forms.at(-1)?.fields['tls.mutual.cert'] !== '';
    expect(form.text.match(/Leave it empty to keep the stored one/g)).toHaveLength(hasKey ? 2 : 1);
    return form.forms.at(-1)?.fields['tls.mutual.cert'];
  };
  const secrets = { password: account.password, 'tls.mutual.key': key };
  const wrong = await change({ 'tls.mutual.cert': 'no certificate', ...secrets });
  expect(wrong).toMatchObject({
    status: 400,
    fieldProblems: { 'tls.mutual.cert': expect.stringContaining('BEGIN CERTIFICATE') },
  });
  expect(wrong.html).not.toContain(key.slice(40, 80));
  expect((await change({ 'tls.mutual.cert': cert, ...secrets })).message).toMatch(/^Saved/);
  expect(await stored()).toContain('BEGIN CERTIFICATE');
  // The key stays where none is typed.
  expect((await change({ localTimeout: '30' })).message).toMatch(/^Saved/);
  expect(await stored()).toContain('BEGIN CERTIFICATE');
  expect((await change({ 'tls.mutual.cert': '', password: account.password })).message).toMatch(/^Saved/);
  expect(await stored()).toBe('');
});

it('keeps the locations of LDAP servers and the attributes, and changes what is typed', async () => {
  const { body } = await stage.environmentApi.call('POST', '/environments', {
    payload: {
      data: {
        directory: 'ldap',
        ldap: {
          servers: [
            { address: 'dc-1.corp.example', locations: ['/EMEA', '/USW1'] },
            { address: 'dc-2.corp.example', port: 3269 },
          ],
          ...{ bindDn: 'cn=reader,dc=corp,dc=example', bindPassword: 'demo-bind-password' },
          baseDns: ['dc=corp,dc=example'],
        },
      },
    },
  });
  const own = `${path}/${body.data.id}`;
  const stored = async () => {
    const answer = await stage.environmentApi.call('GET', `/environments/${body.data.id}`);
    return answer.body.data.ldap;
  };
  const change = async (typed: Record<string, string> = {}) =>
    person.submit(await person.open(`${own}/change`), `${own}/change`, typed);
  expect((await change()).text).toContain('dc-1.corp.example:636 /EMEA /USW1 · dc-2.corp.example:3269');
  expect(await stored()).toEqual(body.data.ldap);

  // Servers of before keep the stored password.
  const changed = await change({
    'ldap.servers': 'dc-1.corp.example:636 /USW1\ndc-2.corp.example:3269 /EMEA',
    'ldap.attributes.employeeId': '',
  });
  expect(changed.message).toMatch(/^Saved/);
  expect(await stored()).toEqual({
    ...body.data.ldap,
    servers: [
      { address: 'dc-1.corp.example', port: 636, locations: ['/USW1'] },
      { address: 'dc-2.corp.example', port: 3269, locations: ['/EMEA'] },
    ],
    attributes: { ...body.data.ldap.attributes, employeeId: '' },
  });

  const refused = await change({ 'ldap.servers': 'dc-1.corp.example:636 USW1' });
  expect(refused.fieldProblems['ldap.servers']).toContain('a slash before each part');

  // A value that has to be there does not stay without a word where its field is emptied.
  const emptied = { 'ldap.filters.person': '', 'ldap.pollSeconds': '' };
  expect((await change(emptied)).fieldProblems).toEqual({
    'ldap.filters.person': expect.stringContaining('(objectClass=inetOrgPerson)'),
    'ldap.pollSeconds': 'Enter a whole number.',
  });
});

it('adds, changes and removes a Configuration Server', async () => {
  const own = await create();
  const form = await person.open(`${own}/servers/new`);
  const added = await person.submit(form, `${own}/servers/new`, {
    primaryAddress: 'second.example',
    primaryPort: '8888',
    backupAddress: 'third.example',
    backupPort: '8889',
    password: account.password,
  });
  expect(added.message).toMatch(/^second\.example:8888 is added/);
  expect(added.rows).toContainEqual(
    expect.objectContaining({
      'Primary server': 'second.example:8888',
      'Backup server': 'third.example:8889',
    }),
  );
  const edit =
    added.links.filter(({ text, href }) => text === 'Change' && href.includes('/servers/')).at(-1)?.href ??
    '';
  const changed = await person.submit(await person.open(edit), edit, { backupAddress: '', backupPort: '' });
  expect(changed.rows).toContainEqual(
    expect.objectContaining({ 'Primary server': 'second.example:8888', 'Backup server': '' }),
  );
  const removed = await person.submit(await person.open(`${edit}/remove`), `${edit}/remove`);
  expect(removed.message).toBe('The server is removed');
  expect(removed.rows.map((row) => row['Primary server'])).not.toContain('second.example:8888');
});

it('does nothing to servers of an environment that was changed meanwhile, and asks again for a typed password', async () => {
  const own = await create();
  const adding = await person.open(`${own}/servers/new`);
  const edit =
    (await person.open(own)).links
      .filter(({ text, href }) => text === 'Change' && href.includes('/servers/'))
      .at(-1)?.href ?? '';
  const editing = await person.open(edit);
  const removing = await person.open(`${edit}/remove`);
  await person.submit(await person.open(`${own}/change`), `${own}/change`, { remoteTimeout: '33' });

  const server = { primaryAddress: 'second.example', primaryPort: '8888', password: account.password };
  const asked = await person.submit(adding, `${own}/servers/new`, server);
  expect(asked).toMatchObject({ status: 412, message: expect.stringMatching(/^Something was changed/) });
  expect(asked.text).toContain(`Servers ${simulator()}`);
  expect(asked.text).toContain('Not kept: Password of the service account');
  expect(asked.html).not.toContain(account.password);

  const compared = await person.submit(editing, edit, server);
  expect(compared).toMatchObject({ status: 412, message: expect.stringMatching(/^Not kept: Password/) });
  const saved = await person.submit(compared, edit, { password: account.password });
  expect(saved.rows).toContainEqual(expect.objectContaining({ 'Primary server': 'second.example:8888' }));

  const kept = await person.submit(removing, `${edit}/remove`);
  expect(kept).toMatchObject({ status: 412, message: expect.stringMatching(/^Something was changed/) });
  expect((await person.open(own)).rows).toHaveLength(1);
});

it('deletes an environment, and says why one in use stays', async () => {
  const own = await create();
  const deleted = await person.submit(await person.open(`${own}/delete`), `${own}/delete`);
  expect(deleted).toMatchObject({ path, message: 'The environment is deleted Undo' });
  const used = `${path}/${stage.environmentId}`;
  const kept = await person.submit(await person.open(`${used}/delete`), `${used}/delete`);
  expect(kept.status).toBe(409);
  expect(kept.text).toContain('contact centre');
});

it('lists with search and pages, and is no page for the administrator of one contact centre', async () => {
  await create({ configServers: 'only-this-one.example:8888' });
  const found = await person.open(`${path}?search=only-this`);
  expect(found.rows).toHaveLength(1);
  expect(found.rows[0]).toMatchObject({
    Servers: 'only-this-one.example:8888',
    Encryption: 'Plaintext allowed',
  });
  const administrator = await stage.contactCenterAdministrator();
  expect((await administrator.open(path)).status).toBe(403);
});
