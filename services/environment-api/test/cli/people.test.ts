/** `gatehouse people` against a whole Environment API: files of people, and single people of the people store. */
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPeopleStore } from '../people-store.ts';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;
let place: string[];

beforeAll(async () => {
  cli = await startCli({ env: { GATEHOUSE_PUBLIC_URL: 'https://login.example.com' } });
});
afterAll(() => cli.api.close());

/** A people store of its own for each test. */
async function newStore() {
  const { contactCenterId } = await createPeopleStore(cli.api);
  place = ['--contact-center', contactCenterId];
}

const load = (lines: string[], ...options: string[]) =>
  cli.run(['people', 'import', '-', ...place, ...options], { input: lines.join('\n') });
const listed = async () =>
  (await cli.json('people', 'list', ...place)).map(
    ({ userName, active }: { userName: string; active: boolean }) => `${userName} ${active}`,
  );
const shown = async (name: string) => (await cli.run(['people', 'show', name, ...place])).out;

const head = 'userName,firstName,lastName,email,employeeId,active,groups';
const ada = 'ada,Ada,"Lovelace, Countess",ada@example.com,E-1,true,Agents; Supervisors';
const bob = 'bob,Bob,Builder,,,,Agents';

describe('a file of people', () => {
  test('is shown as a diff before it is imported, and changes nothing when it comes again', async () => {
    await newStore();
    const tried = await load([head, ada, bob], '--dry-run');
    expect(tried.exitCode).toBe(1);
    expect(tried.out).toContain('+ person ada');
    expect(tried.out).toContain('lastName: Lovelace, Countess');
    expect(tried.out).toContain('2 people are created, 0 change');
    expect(await listed()).toEqual([]);
    expect((await load([head, ada, bob])).error).toContain('add --yes');
    expect((await load([head, ada, bob], '--yes')).exitCode).toBe(0);
    expect((await listed()).sort()).toEqual(['ada true', 'bob true']);
    const person = await shown('ADA');
    expect(person).toMatch(/lastName +Lovelace, Countess\n/);
    expect(person).toMatch(/groups +Agents; Supervisors\n/);
    expect(await load([head, ada, bob], '--dry-run')).toMatchObject({
      exitCode: 0,
      out: 'Everybody is as the file says.\n',
    });
  });

  test('changes what differs in its columns, and nothing else', async () => {
    await newStore();
    await load([head, ada, bob], '--yes');
    const changed = await load(
      ['userName,email,groups', 'ADA,,Agents', 'bob,bob@example.com,Agents'],
      '--yes',
    );
    expect(changed.out).toContain('~ person ada');
    expect(changed.out).toContain('email: ada@example.com (removed)');
    expect(changed.out).toContain('groups: Agents; Supervisors → Agents');
    const [after] = await cli.json('people', 'list', ...place, '--filter', 'userName eq "ada"');
    expect(after.name.familyName).toBe('Lovelace, Countess');
    expect(after.emails).toBeUndefined();
    expect(after.groups.map(({ display }: { display: string }) => display)).toEqual(['Agents']);
  });

  test('takes external ids of other case for other people', async () => {
    await newStore();
    const byId = ['--key', 'externalId', '--yes'];
    await load(['externalId,userName', 'x1,ada', 'X1,bob'], ...byId);
    const renamed = await load(['externalId,userName', 'x1,ada.king', 'X1,bob'], ...byId);
    expect(renamed.out).toContain('userName: ada → ada.king');
    expect((await listed()).sort()).toEqual(['ada.king true', 'bob true']);
  });

  test('knows a name again in every spelling that the service takes for the same', async () => {
    await newStore();
    await load(['userName', 'νικος.κ'], '--yes');
    const tried = await load(['userName', 'ΝΙΚΟΣ.Κ'], '--disable-missing', '--dry-run');
    expect(tried.out).toContain('0 people are created, 1 change, 0 of them are deactivated');
  });

  test('deactivates whom it does not name where it is told to, and renames by the external id', async () => {
    await newStore();
    const byId = ['--key', 'externalId'];
    await load(['externalId,userName', 'x1,ada', 'x2,bob'], ...byId, '--yes');
    const renamed = await load(['externalId,userName', 'x1,ada.king'], ...byId, '--disable-missing', '--yes');
    expect(renamed.out).toContain('userName: ada → ada.king');
    expect(renamed.out).toContain('~ person bob');
    expect((await listed()).sort()).toEqual(['ada.king true', 'bob false']);
    expect((await load(['externalId,userName'], ...byId, '--disable-missing')).error).toContain('everybody');
  });

  test.each([
    ['', 'its first line names the columns'],
    ['name\nada', 'line 1: unknown column "name"; there are userName'],
    ['userName,password\nada,x', 'passwords are not imported'],
    ['firstName\nAda', 'line 1: the column userName is missing'],
    ['userName,username\nada,b', 'line 1: the column userName is there twice'],
    ['userName,active\nada,yes', 'line 2: active must be true or false'],
    ['userName,active\n\nada,true\nbob', 'line 4: has 1 cells instead of 2'],
    ['userName\nada\n ADA ', 'line 3: userName is that of line 2 already'],
    ['userName,email\n,a@example.com', 'line 2: userName is missing'],
    ['userName\n"ada', 'is a quotation mark not closed?'],
    [`userName\n${'x'.repeat(256)}`, 'line 2: userName is longer than 255 characters'],
  ])('that is wrong is refused by its line (%j)', async (text, sentence) => {
    await newStore();
    const refused = await load([text]);
    expect(refused).toMatchObject({ exitCode: 2, error: expect.stringContaining(sentence) });
  });

  test('deletes whom it does not name only where that is asked for, and never everybody', async () => {
    await newStore();
    await load([head, ada, bob], '--yes');
    const tried = await load([head, ada], '--delete-missing', '--dry-run');
    expect(tried.out).toContain('- person bob');
    expect(tried.out).toContain('1 people are deleted.');
    expect((await load([head, ada], '--delete-missing', '--yes')).exitCode).toBe(0);
    expect(await listed()).toEqual(['ada true']);
    expect((await load([head], '--delete-missing')).error).toContain('would delete everybody');
    expect((await load([head, ada], '--delete-missing', '--disable-missing')).exitCode).not.toBe(0);
  });

  test('of which the service refuses a line is done but for that line', async () => {
    await newStore();
    await load(['userName,externalId', 'ada,x1', 'bob,x2'], '--yes');
    // By the external id a new person, who would take a name that somebody has.
    const refused = await load(['externalId,userName', 'x3,ada', 'x4,carol'], '--key', 'externalId', '--yes');
    expect(refused.exitCode).toBe(5);
    expect(refused.error).toContain('line 2');
    expect((await listed()).sort()).toEqual(['ada true', 'bob true', 'carol true']);
  });
});

test('a person is deactivated, and gets a link whose address stands alone', async () => {
  await newStore();
  await load([head, ada], '--yes');
  const link = await cli.run(['people', 'password-link', 'ada', ...place]);
  expect(link.out).toMatch(/^https:\/\/login\.example\.com\/auth\/first-password\?code=\S{43}\n$/);
  watchSecret(link.out.trim().slice(-43), 'code of a first-password link');
  expect(link.error).toContain('For ada, until ');
  expect((await cli.run(['people', 'disable', 'ada', ...place, '--yes'])).out).toBe('ada is deactivated.\n');
  expect(await listed()).toEqual(['ada false']);
  expect(await cli.run(['people', 'password-link', 'ada', ...place])).toMatchObject({
    exitCode: 5,
    error: expect.stringContaining('not active'),
  });
  expect((await cli.run(['people', 'show', 'nobody', ...place])).exitCode).toBe(4);
});

test('an environment without a people store says so', async () => {
  const contactCenterId = await cli.api.contactCenter();
  const answer = await cli.run(['people', 'list', '--contact-center', contactCenterId]);
  expect(answer.exitCode).toBeGreaterThan(0);
  expect(answer.error).toContain('people');
});

test('a person is created, changed field by field, and deleted', async () => {
  await newStore();
  const said = ['--user-name', 'eve', '--first-name', 'Eve', '--groups', 'Agents,Night shift'];
  const made = await cli.json('people', 'create', ...place, ...said);
  expect(made).toMatchObject({ userName: 'eve', firstName: 'Eve', groups: ['Agents', 'Night shift'] });
  const changed = await cli.run(['people', 'update', 'EVE', ...place, '--last-name', 'Example']);
  expect(changed.out).toBe('eve is changed.\n');
  expect(await shown('eve')).toMatch(/lastName +Example\n.*groups +Agents; Night shift\n/s);
  expect((await cli.run(['people', 'delete', 'eve', ...place])).error).toContain('add --yes');
  expect((await cli.run(['people', 'delete', 'eve', ...place, '--yes'])).out).toBe('eve is deleted.\n');
  expect(await listed()).toEqual([]);
});

test('a person is linked to an identity provider, and the link is removed', async () => {
  await newStore();
  await load([head, bob], '--yes');
  const link = ['--protocol', 'oidc', '--issuer', 'https://idp.example', '--subject', '00u1'];
  expect((await cli.run(['people', 'link', 'bob', ...link, ...place])).out).toContain('from now on');
  const [made] = await cli.json('people', 'links', 'bob', ...place);
  expect(made).toMatchObject({ protocol: 'oidc', issuer: 'https://idp.example', subject: '00u1' });
  expect((await cli.run(['people', 'links', 'bob', ...place])).out).toContain('https://idp.example');
  expect((await cli.run(['people', 'link', 'bob', ...link, ...place])).error).toContain('linked to a person');
  expect((await cli.run(['people', 'unlink', 'bob', made.id, ...place])).error).toContain('--yes');
  expect((await cli.run(['people', 'unlink', 'bob', made.id, ...place, '--yes'])).exitCode).toBe(0);
  expect(await cli.json('people', 'links', 'bob', ...place)).toEqual([]);
});
