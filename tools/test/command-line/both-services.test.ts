/** The program `gatehouse` at both services: what people call by a name, one list of changes, several people at once, and questions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandSurroundings, runCommand } from '../../../packages/cli/src/run-command.ts';
import { ops } from '../../../services/auth-api/test/stack/auth-api.ts';
import { createClient, postForm } from '../../../services/auth-api/test/stack/oauth.ts';
import { people, type Stage, startStage } from '../../../services/auth-ui/test/console/stage.ts';
import { createPeopleStore } from '../../../services/environment-api/test/people-store.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.contactCenterAdministrator();
  await stage.newPerson().openAs('/auth/console', { ...people.agent, password: 'not-this-one' });
  await createClient(stage.authApi, { client_id: 'wallboard', name: 'Wallboard of the hall' });
  await createClient(stage.authApi, { client_id: 'twin-1', name: 'Twin' });
  await createClient(stage.authApi, { client_id: 'twin-2', name: 'Twin' });
  await stage.authApi.deps.audit.drained();
});
afterAll(() => stage?.close());

const run = (args: readonly string[], surroundings: CommandSurroundings = {}) =>
  runCommand(args, {
    ...surroundings,
    env: {
      GATEHOUSE_URL: stage.publicUrl,
      GATEHOUSE_USERNAME: ops.username,
      GATEHOUSE_PASSWORD: ops.password,
    },
  });
const json = async (...args: string[]) => JSON.parse((await run([...args, '--json'])).out);
const named = async (...args: string[]) => {
  const found: { name: string }[] = await json('audit', 'search', ...args);
  return [...new Set(found.map(({ name }) => name))];
};

describe('the filters of the audit', () => {
  it('take a person as at a sign-in, a contact centre and a client by name', async () => {
    expect(await named('--user', 'demo\\agent', '--outcome', 'failure')).toEqual(['login_failed']);
    expect(await named('--by', 'demo\\admin')).not.toContain('login_failed');
    expect(await named('--user', 'demo\\admin', '--contact-center', 'Demo')).toContain('login_succeeded');
    expect(await named('--client', 'wallboard OF the hall')).toEqual(['client_created']);
    const tail = await run(['audit', 'tail', '--client', 'Wallboard of the hall']);
    expect(tail.out).toContain('Wallboard of the hall (wallboard)');
    expect(tail.error).toBe('');
  });

  it('say what a search finds where a name fits nothing, and the ids where it fits several', async () => {
    const nobody = await run(['audit', 'search', '--user', 'demo\\age']);
    expect([nobody.exitCode, nobody.out]).toEqual([0, 'There are no such events.\n']);
    expect(nobody.error).toBe('Nobody called "demo\\age" has signed in. A search finds "agent".\n');
    const nowhere = await run(['audit', 'search', '--contact-center', 'Dem']);
    expect([nowhere.exitCode, nowhere.error]).toEqual([
      4,
      'No contact centre is called "Dem". A search finds "Demo".\n',
    ]);
    const none = await run(['audit', 'search', '--client', 'hall']);
    expect(none.error).toContain('No client is called "hall". A search finds "Wallboard of the hall".');
    for (const command of ['search', 'tail', 'refused']) {
      const twins = await run(['audit', command, '--client', 'twin']);
      expect([twins.exitCode, twins.error]).toEqual([2, expect.stringContaining('twin-1 or twin-2')]);
    }
  });
});

describe('gatehouse audit changes', () => {
  it('has changes of clients, keys and administrators among those of contact centres, the newest first', async () => {
    await run(['administrators', 'add', 'demo\\agent', '--yes']);
    await run(['cc', 'update', 'Demo', '--name', 'Demo']);
    await run(['clients', 'update', 'wallboard', '--name', 'Wallboard of the hall']);
    await run(['rotate-keys', '--algorithm', 'ES256']);
    await stage.authApi.deps.audit.drained();
    const all: { at: string; entity: string }[] = await json('audit', 'changes', '-n', '100');
    const kinds = new Set(all.map(({ entity }) => entity));
    for (const kind of ['client', 'administrator', 'signing-key', 'contact-center', 'environment'])
      expect(kinds).toContain(kind);
    const times = all.map(({ at }) => at);
    expect(times).toEqual(times.toSorted().reverse());
    const shown = await run(['audit', 'changes', '--entity', 'administrator']);
    expect(shown.out).toMatch(/ops\n\+ administrator "demo\\agent"/);
  });

  it('is filtered by kind, by the name of the changed thing and by who changed it', async () => {
    const about = async (...args: string[]) => {
      const found: { entity: string; entityId: string }[] = await json('audit', 'changes', ...args);
      return found.map(({ entity, entityId }) => `${entity} ${entityId}`);
    };
    const ofClient = ['--entity', 'client', '--entity-id', 'Wallboard of the hall'];
    expect(new Set(await about(...ofClient))).toEqual(new Set(['client wallboard']));
    expect(await about('--entity', 'contact-center', '--entity-id', 'demo')).toContain(
      `contact-center ${stage.contactCenterId}`,
    );
    expect((await about('--actor', ops.username)).length).toBeGreaterThan(2);
    expect(await about('--actor', 'demo\\admin')).toEqual([]);
    expect((await run(['audit', 'changes', '--entity', 'sheep'])).error).toContain('audit-trail');
  });
});

it('gatehouse audit refused names the client beside its id', async () => {
  await postForm(stage.authApi, 'token', {
    grant_type: 'client_credentials',
    client_id: 'wallboard',
    client_secret: 'wrong',
  });
  await stage.authApi.deps.refusals.flush();
  const { out } = await run(['audit', 'refused', '--client', 'Wallboard of the hall']);
  expect(out).toContain('Wallboard of the hall (wallboard)');
  expect(out).toContain('The secret is wrong or has expired');
  expect(out).not.toContain('wrong_secret');
});

it('gatehouse people unlock ends the delays of several people, or of all whom a search finds', async () => {
  const guess = (username: string) =>
    stage.newPerson().openAs('/auth/console', { username, password: 'not-this-one' });
  const results = async (...args: string[]) => {
    const { out } = await run(['people', 'unlock', ...args, '--contact-center', 'Demo', '--json']);
    return (JSON.parse(out) as { user: string; refusals?: number; problem?: string }[]).map(
      ({ user, refusals, problem }) => [user, refusals ?? problem],
    );
  };
  await guess('agent');
  await guess('supervisor');
  const several = await results('agent', 'supervisor', 'nobody-of-this-name');
  expect(several).toEqual([
    ['agent', expect.any(Number)],
    ['supervisor', 1],
    ['nobody-of-this-name', expect.any(String)],
  ]);
  await guess('agent');
  const search = ['people', 'unlock', '--search', 'age', '--contact-center', 'Demo'];
  const unasked = await run(search);
  expect([unasked.exitCode, unasked.error]).toEqual([2, expect.stringContaining('agent')]);
  expect((await run(search, { typed: ['n'] })).error).toContain('Nothing was done');
  expect((await run(search, { typed: ['y'] })).out).toMatch(/agent +1 wrong passwords are forgotten/);
  expect((await run(['people', 'unlock'])).exitCode).toBe(2);
  expect((await run(['people', 'unlock', 'agent', '--state', 'delayed'])).exitCode).toBe(2);
});

it('what people list says of a state is a sentence', async () => {
  const { out } = await run(['people', 'search', 'age', '--contact-center', 'Demo']);
  expect(out).toContain('Can sign in');
});

describe('a deletion', () => {
  it('by an import is done only after each name is typed, and by a script with --yes', async () => {
    const { contactCenterId } = await createPeopleStore(stage.environmentApi);
    await run(['cc', 'update', contactCenterId, '--name', 'Acme Nord']);
    const path = join(await temporaryFolder(), 'estate.json');
    await run(['export', '--format', 'json', '-o', path]);
    const estate = JSON.parse(readFileSync(path, 'utf8'));
    const isOther = ({ name }: { name?: string }) => name !== 'Acme Nord';
    const input = JSON.stringify({ ...estate, contactCenters: estate.contactCenters.filter(isOther) });
    const file = join(await temporaryFolder(), 'without.json');
    writeFileSync(file, input);
    const isThere = async () => (await run(['cc', 'show', 'Acme Nord'])).exitCode === 0;

    for (const typed of [['y'], ['Acme'], ['']]) {
      const refused = await run(['import', file], { typed });
      expect([refused.exitCode, refused.error]).toEqual([2, expect.stringContaining('Nothing was done')]);
    }
    expect((await run(['import', file])).exitCode).toBe(2);
    expect(await isThere()).toBe(true);
    expect((await run(['import', file], { typed: ['Acme Nord'] })).out).toContain('It is done.');
    expect(await isThere()).toBe(false);
  });

  it('of a contact centre is done only after its name is typed', async () => {
    const id = await stage.environmentApi.contactCenter({ name: 'Gone Soon', domains: ['gone.example'] });
    const refused = await run(['cc', 'delete', 'Gone Soon'], { typed: ['y'] });
    expect([refused.exitCode, refused.error]).toEqual([2, expect.stringContaining('Gone Soon')]);
    expect((await run(['cc', 'delete', id], { typed: ['Gone Soon'] })).exitCode).toBe(0);
  });
});
