/** The list of a contact centre, by its tab, and the console as the help desk and an auditor see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import { type Answer, formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let installation: Person;
let path: string;
beforeAll(async () => {
  stage = await startStage();
  installation = await stage.installationAdministrator('office');
  path = `/auth/console/contact-centers/${stage.contactCenterId}/administrators`;
});
afterAll(() => stage?.close());

const add = async (by: Person, typed: Record<string, string>) =>
  by.submit(await by.open(`${path}/add`), `${path}/add`, { way: 'password', ...typed });

async function removeEverybody(): Promise<void> {
  const { links } = await installation.open(path);
  for (const { href } of links.filter((link) => link.href.startsWith(`${path}/remove`)))
    await installation.submit(await installation.open(href), `${path}/remove`);
}

/** Somebody on the list with the rights, at the console. */
async function colleague(...rights: string[]): Promise<{ person: Person; first: Answer }> {
  await removeEverybody();
  const added = await add(installation, {
    user: people.agent.username,
    ...Object.fromEntries(rights.map((right) => [`rights.${right}`, 'true'])),
  });
  expect(added).toMatchObject({ path, message: expect.stringContaining('is on the list') });
  const person = stage.newPerson();
  return { person, first: await person.openAs('/auth/console', people.agent) };
}

/** Every page that links and GET forms of the console lead to, from its first page. */
async function crawl(person: Person): Promise<Answer[]> {
  const seen = new Map<string, Answer>();
  const waiting = ['/auth/console'];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [bare = ''] = next.split('#');
    const key = bare.replace(/cursor=[^&]*/, '');
    if (seen.has(key) || seen.size > 150) continue;
    const answer = await person.open(bare);
    seen.set(key, answer);
    for (const { href } of answer.links)
      if (href.startsWith('/auth/console') && !/\/(export|event)\b|lang(uage)?=|\.(csv|json)/.test(href))
        waiting.push(href);
  }
  return [...seen.values()];
}

const posts = (page: Answer) =>
  page.forms
    .filter(({ method }) => method === 'post')
    .map(({ action }) => action)
    .filter((action) => !/sign-out|language/.test(action));

describe('the list of a contact centre', () => {
  it('gets a person by click and loses them at once, and tells about the last administrator', async () => {
    const { person, first } = await colleague('administrator');
    expect(first.heading).toBe('Home');
    const listed = await installation.open(path);
    expect(listed.rows).toEqual([expect.objectContaining({ Rights: 'Administrator' })]);
    const { sub } = await stage.session.read(person);
    const question = await installation.open(`${path}/remove?sub=${encodeURIComponent(sub)}`);
    expect(question.text).toContain('This is the last administrator on the list');
    expect(await installation.submit(question, `${path}/remove`)).toMatchObject({ path, rows: [] });
    expect((await person.open(path)).status).toBe(403);
  });

  it('is changed by administrators of the contact centre where the installation lets them', async () => {
    const administrator = await stage.contactCenterAdministrator();
    const closed = await administrator.open(path);
    expect(closed.links.map(({ href }) => href)).not.toContain(`${path}/add`);
    expect(closed.text).toContain('Only administrators of the installation change the list.');
    await installation.submit(await installation.open(`${path}/own`), `${path}/own`);
    const open = await administrator.open(path);
    expect(open.links.map(({ href }) => href)).toContain(`${path}/add`);
    await removeEverybody();
    const added = await add(administrator, { user: 'agent', 'rights.auditor': 'true' });
    expect(added.rows).toEqual([expect.objectContaining({ Rights: 'Auditor' })]);
    const own = await add(administrator, { user: people.admin.username, 'rights.administrator': 'true' });
    expect(own.status).toBe(403);
    expect(own.text).toContain('Nobody gives a right to themselves');
    expect((await administrator.open(`${path}/own`)).status).toBe(403);
  });

  it('says that a person has the right already where the form names another way of sign-in', async () => {
    await colleague('auditor');
    const typed = { user: people.agent.username, 'rights.auditor': 'true' };
    expect(await add(installation, typed)).toMatchObject({ status: 200, path });
    const other = { ...typed, way: 'oidc', issuer: 'https://login.example' };
    expect((await add(installation, other)).status).toBe(409);
  });

  it('says beside the field where the person is unknown, and keeps what was typed', async () => {
    const page = await add(installation, { user: 'no-such-person', 'rights.help-desk': 'true' });
    expect(page.status).toBe(404);
    expect(page.forms.find(({ action }) => action === `${path}/add`)?.fields).toMatchObject({
      user: 'no-such-person',
      'rights.help-desk': 'true',
    });
  });
});

describe('the console', () => {
  // attack: help-desk agent or auditor who opens a form of the console by its address | CWE-425, ASVS 8.2.1 | guard: services/auth-ui/src/console/shell/route-rights.ts
  it('begins for the help desk with people, and offers nothing that is refused', async () => {
    const { person, first } = await colleague('help-desk');
    expect(first).toMatchObject({ heading: expect.stringContaining('People'), status: 200 });
    const pages = await crawl(person);
    expect(pages.filter(({ status }) => status !== 200).map((page) => page.path)).toEqual([]);
    expect(new Set(pages.flatMap(posts).map((action) => action.split('?')[0]))).toEqual(
      new Set(['end-sessions', 'end-session', 'invite'].map((step) => `/auth/console/people/${step}`)),
    );
    const named = `user=agent&contactCenter=${stage.contactCenterId}`;
    for (const step of ['unlock', 'password-link', 'explanation'])
      expect((await person.open(`/auth/console/people/${step}?${named}`)).status).not.toBe(403);
    for (const address of [
      path,
      `/auth/console/clients`,
      `/auth/console/people/add`,
      `/auth/console/settings`,
    ])
      expect([address, (await person.open(address)).status]).toEqual([address, 403]);
  });

  it('lets the help desk unlock several people at once and make links for them, and nothing else', async () => {
    const { contactCenterId, add: addPerson } = await createPeopleStore(stage.environmentApi);
    const password = 'help-desk-of-the-store';
    await addPerson({ userName: 'helper', password });
    const chosen = [await addPerson({ userName: 'ada' }), await addPerson({ userName: 'bob' })];
    const center = await stage.environmentApi.call('GET', `/contact-centers/${contactCenterId}`);
    const [domain] = center.body.data.domains;
    const list = `/auth/console/contact-centers/${contactCenterId}/administrators/add`;
    await installation.submit(await installation.open(list), list, {
      way: 'password',
      user: 'helper',
      'rights.help-desk': 'true',
    });
    const helper = stage.newPerson();
    const first = await helper.openAs('/auth/console', { username: `${domain}\\helper`, password });
    const ada = new URLSearchParams({ user: 'ada', contactCenter: contactCenterId });
    const { text: shown } = await helper.open(`/auth/console/people/person?${ada}`);
    expect(shown).toContain('Makes a link with which the person chooses a password.');
    expect(shown).not.toMatch(/Changes names|Audit of this person|Disable|Delete|Erase/);
    const link = `/auth/console/people/link?${ada}`;
    await installation.submit(await installation.open(link), link.split('?')[0] ?? '', {
      issuer: 'https://idp.example.com',
      subject: '00u1',
    });
    // The names of administrators stand in the audit trail, which the help desk does not read.
    expect(await helper.open(`/auth/console/people/links?${ada}`)).toMatchObject({
      status: 200,
      rows: [{ 'Identifier there': '00u1' }],
    });
    const selection = '/auth/console/people/selection';
    expect(first.forms.find(({ action }) => action === selection)).toBeDefined();
    expect([...first.html.matchAll(/name="step" value="(\w+)"/g)].map(([, step]) => step)).toEqual([
      'unlock',
      'links',
    ]);
    const ask = (step: string) =>
      helper.open(
        `${selection}?${new URLSearchParams({ contactCenter: contactCenterId, step, person: chosen.map(({ id }) => id).join(' ') })}`,
      );
    const question = await ask('unlock');
    expect(question.text).toContain('People who are unlocked: 2.');
    expect(question.text).not.toMatch(/Changed|Before/);
    const unlocked = await helper.submit(question, selection);
    expect(unlocked.text).toContain('Done: 2. Refused: 0.');
    const links = await helper.request(selection, {
      method: 'POST',
      body: new URLSearchParams(formTo(await ask('links'), selection).fields),
    });
    expect((await links.text()).match(/first-password\?code=/g)).toHaveLength(2);
    const { fields } = formTo(question, selection);
    for (const step of ['disable', 'enable', 'group', 'delete']) {
      expect([step, (await ask(step)).status]).toEqual([step, 403]);
      const forced = await helper.request(selection, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, step }),
      });
      expect([step, forced.status]).toEqual([step, 403]);
    }
  });

  it('shows an auditor everything of the contact centre, without a form or button that changes something', async () => {
    const { person } = await colleague('auditor');
    const pages = await crawl(person);
    expect(pages.filter(({ status }) => status !== 200).map((page) => page.path)).toEqual([]);
    expect(pages.flatMap((page) => posts(page).map((action) => [page.path, action]))).toEqual([]);
    const opened = pages.map((page) => page.path.split('?')[0]);
    for (const below of ['settings', 'single-sign-on', 'api-keys', 'administrators', 'origins'])
      expect(opened).toContain(`/auth/console/contact-centers/${stage.contactCenterId}/${below}`);
    expect(opened).toEqual(expect.arrayContaining(['/auth/console/audit', '/auth/console/deleted']));
    expect((await person.open(`${path}/add`)).status).toBe(403);
  });

  it('shows an auditor who is of the help desk, too, everything, with the forms of the help desk', async () => {
    const { person, first } = await colleague('auditor', 'help-desk');
    expect(first).toMatchObject({ heading: 'Home', text: expect.stringContaining('Help desk, Auditor') });
    const named = `user=agent&contactCenter=${stage.contactCenterId}`;
    for (const address of [
      'audit',
      'clients',
      'people',
      `people/person?${named}`,
      `people/explanation?${named}`,
    ])
      expect([address, (await person.open(`/auth/console/${address}`)).status]).toEqual([address, 200]);
    expect((await person.open(`/auth/console/people/unlock?${named}`)).status).not.toBe(403);
    for (const address of [`${path}/add`, '/auth/console/people/add', '/auth/console/settings'])
      expect([address, (await person.open(address)).status]).toEqual([address, 403]);
    const listed = await installation.open(path);
    expect(listed.rows).toEqual([expect.objectContaining({ Rights: 'Help desk, Auditor' })]);
  });
});
