import { readFile } from 'node:fs/promises';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { startPostgres } from '@gatehouse/testing/postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { type RunningApi, startApi } from './running-api.ts';

interface PersonNumber {
  externalId: string;
  dbid: number;
}

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const headers = (of = api) => ({ authorization: of.authApi.token({ internal_client: true }) });
const environment = async (of = api): Promise<string> => {
  const payload = { data: { directory: 'people' } };
  return (await of.call('POST', '/environments', { payload })).body.data.id;
};
const ask = (id: string, externalIds: string[], of = api) =>
  of.call('POST', `/internal/environments/${id}/person-numbers`, {
    headers: headers(of),
    payload: { data: { externalIds } },
  });
const list = async (id: string, query: string, of = api): Promise<PersonNumber[]> => {
  const path = `/internal/environments/${id}/person-numbers?${query}`;
  return (await of.call('GET', path, { headers: headers(of) })).body.data.numbers;
};
const numbersIn = async (id: string, externalIds: string[], of = api): Promise<PersonNumber[]> =>
  (await ask(id, externalIds, of)).body.data.numbers;
const ids = (count: number) => Array.from({ length: count }, () => randomUuid());

describe('the numbers of people', () => {
  it('are given once, however many ask for the same people at once', async () => {
    const id = await environment();
    const people = ids(40);
    const shuffled = () => people.toSorted(() => Math.random() - 0.5);
    const answers = await Promise.all(Array.from({ length: 12 }, () => numbersIn(id, shuffled())));
    const seen = new Map<string, Set<number>>();
    for (const { externalId, dbid } of answers.flat()) {
      seen.set(externalId, (seen.get(externalId) ?? new Set()).add(dbid));
    }
    expect(answers.map((answer) => answer.length)).toEqual(Array(12).fill(40));
    expect([...seen.values()].map((given) => given.size)).toEqual(Array(40).fill(1));
    const all = [...seen.values()].flatMap((given) => [...given]);
    expect(new Set(all).size).toBe(40);
    expect(all.every((dbid) => dbid >= 100 && dbid < 2 ** 31)).toBe(true);
    const { rows } = await api.pool.query('SELECT last_value FROM environment.person_dbids');
    expect((await numbersIn(id, people)).length).toBe(40);
    expect((await api.pool.query('SELECT last_value FROM environment.person_dbids')).rows).toEqual(rows);
  });

  it('are of one environment, in any order and number of times', async () => {
    const [first, second] = [await environment(), await environment()];
    const [person = ''] = ids(1);
    const [one] = await numbersIn(first, [person, person]);
    const [other] = await numbersIn(second, [person]);
    expect(one?.dbid).not.toBe(other?.dbid);
    expect(await list(first, `dbid=${one?.dbid}`)).toEqual([one]);
    expect(await list(second, `dbid=${one?.dbid}`)).toEqual([]);
    expect(await list(first, 'dbid=2147483647')).toEqual([]);
    const people = [...(await numbersIn(first, ids(5))), one as PersonNumber];
    const inOrder = people.toSorted((a, b) => a.dbid - b.dbid);
    expect(await list(first, 'limit=4')).toEqual(inOrder.slice(0, 4));
    expect(await list(first, `after=${inOrder[3]?.dbid}&limit=4`)).toEqual(inOrder.slice(4));
  });

  it('are told of those who have one, without a number for the others', async () => {
    const id = await environment();
    const [known = '', unknown = ''] = ids(2);
    const [one] = await numbersIn(id, [known]);
    const path = `/internal/environments/${id}/person-numbers`;
    const payload = { data: { externalIds: [unknown, known], onlyKnown: true } };
    const answer = await api.call('POST', path, { headers: headers(), payload });
    expect(answer.body.data.numbers).toEqual([one]);
    expect(await list(id, '')).toEqual([one]);
  });

  it('are never given again, also after their environment is gone', async () => {
    const id = await environment();
    const before = await numbersIn(id, ids(3));
    expect((await api.call('DELETE', `/environments/${id}`)).status).toBe(200);
    const after = await numbersIn(await environment(), ids(3));
    const highest = Math.max(...before.map(({ dbid }) => dbid));
    expect(after.every(({ dbid }) => dbid > highest)).toBe(true);
  });

  it.each([
    ['no list', undefined],
    ['nobody', []],
    ['an empty id', ['']],
    ['too many at once', ids(1001)],
  ])('are refused for %s', async (_what, externalIds) => {
    expect((await ask(await environment(), externalIds as string[])).status).toBe(400);
  });

  it('are of environments that exist', async () => {
    expect((await ask(randomUuid(), ids(1))).status).toBe(404);
    expect((await ask('x', ids(1))).status).toBe(404);
  });

  it('that are used up say so with 503, and stay known', async () => {
    const own = await startApi();
    onTestFinished(() => own.close());
    const id = await environment(own);
    await own.pool.query(`SELECT setval('environment.person_dbids', 2147483646)`);
    const [last] = await numbersIn(id, ['last'], own);
    expect(last?.dbid).toBe(2 ** 31 - 1);
    const refused = await ask(id, ['last', 'one-more'], own);
    expect([refused.status, refused.body.status.name]).toEqual([503, 'person_numbers_exhausted']);
    expect(await numbersIn(id, ['last'], own)).toEqual([last]);
  });
});

describe('an export', () => {
  const put = (document: object, of: RunningApi, query = '') =>
    of.call('PUT', `/import${query}`, { headers: { 'if-match': '*' }, payload: document });

  it('takes the numbers to another installation, where new people get others', async () => {
    const id = await environment();
    const people = await numbersIn(id, ids(3));
    const document = (await api.call('GET', '/export')).body;
    const yaml = await api.call('GET', '/export', { headers: { accept: 'application/yaml' } });
    expect(parse(yaml.text)).toEqual(document);
    const own = document.personNumbers.filter((one: { environmentId: string }) => one.environmentId === id);
    expect(own).toEqual([{ environmentId: id, numbers: people.toSorted((a, b) => a.dbid - b.dbid) }]);
    const other = await startApi();
    onTestFinished(() => other.close());
    const environments = document.environments.filter((one: { id: string }) => one.id === id);
    const moved = { formatVersion: 1, environments, contactCenters: [], personNumbers: own };
    const dry = await put(moved, other, '?dryRun=true');
    expect(dry.body.data.changes.map((one: { changes: object }) => Object.keys(one.changes))).toContainEqual([
      'personNumbers',
    ]);
    const { rows } = await other.pool.query('SELECT last_value, is_called FROM environment.person_dbids');
    expect(rows).toEqual([{ last_value: '100', is_called: false }]);
    expect((await put(moved, other)).status).toBe(200);
    expect(
      new Set(
        await numbersIn(
          id,
          people.map(({ externalId }) => externalId),
          other,
        ),
      ),
    ).toEqual(new Set(people));
    const [fresh] = await numbersIn(id, ['new'], other);
    expect(fresh?.dbid).toBeGreaterThan(Math.max(...people.map(({ dbid }) => dbid)));
    expect((await put(moved, other)).body.data.changes).toEqual([]);
    const without = { ...moved, personNumbers: undefined };
    expect((await put(without, other)).status).toBe(200);
    expect(await list(id, '', other)).toHaveLength(4);
  });

  const withNumbers = async (environmentId: string, numbers: PersonNumber[]) => {
    const document = (await api.call('GET', '/export')).body;
    return put({ ...document, personNumbers: [{ environmentId, numbers }] }, api);
  };

  // attack: import that gives the number of a person to another | CWE-639 | guard: services/environment-api/src/import-export/import-numbers.ts
  it('changes nobody into another: a number that is taken, or a person who has one, is a conflict', async () => {
    const id = await environment();
    const [taken] = await numbersIn(id, ['taken']);
    const answers = [
      await withNumbers(id, [{ externalId: 'other', dbid: taken?.dbid ?? 0 }]),
      await withNumbers(id, [{ externalId: 'taken', dbid: 1_999_999_999 }]),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    expect((await withNumbers(randomUuid(), [{ externalId: 'x', dbid: 5 }])).status).toBe(400);
    expect(await list(id, '')).toEqual([taken]);
  });

  // attack: import that leaves no number for new people | CWE-770 | guard: services/environment-api/src/import-export/document.ts
  it('names no number near the end of the sequence', async () => {
    const id = await environment();
    expect((await withNumbers(id, [{ externalId: 'x', dbid: 2_100_000_000 }])).status).toBe(400);
    expect((await numbersIn(id, ['new']))[0]?.dbid).toBeLessThan(2_000_000_000);
  });
});

describe('the line that is printed for a restoration and a fail-over', () => {
  it.each(['operations.md', 'regions.md'])('in %s leaves out a million numbers', async (page) => {
    const text = await readFile(new URL(`../../../docs/guides/${page}`, import.meta.url), 'utf8');
    const sql = /--command "(SELECT setval[^"]+)"/.exec(text)?.[1] ?? '';
    const id = await environment();
    const [before] = await numbersIn(id, ['before']);
    await api.pool.query(sql);
    const [after] = await numbersIn(id, ['after']);
    expect((after?.dbid ?? 0) - (before?.dbid ?? 0)).toBeGreaterThan(1_000_000);
  });
});

describe('a read-only region', () => {
  it('knows the numbers there are, and has new ones given by the primary or not at all', async () => {
    const primary = await startPostgres();
    const regions = { GATEHOUSE_WRITABLE_LOCATION: '/USW1' };
    const writable = await startApi({
      postgresUrl: primary.url,
      env: { ...regions, GATEHOUSE_LOCATION: '/USW1' },
    });
    const id = await environment(writable);
    const [known] = await numbersIn(id, ['known'], writable);
    const standby = await primary.startStandby();
    const { hostname, port } = new URL(primary.url);
    const start = (env: Record<string, string>) =>
      startApi({ postgresUrl: standby.url, env: { ...regions, GATEHOUSE_LOCATION: '/EUW1', ...env } });
    const alone = await start({});
    const connected = await start({
      GATEHOUSE_POSTGRES_PRIMARY_HOST: hostname,
      GATEHOUSE_POSTGRES_PRIMARY_PORT: port,
    });
    onTestFinished(async () => {
      await Promise.all([alone.close(), connected.close(), writable.close()]);
      await standby.close();
      await primary.close();
    });
    expect(await numbersIn(id, ['known'], alone)).toEqual([known]);
    const refused = await ask(id, ['known', 'new'], alone);
    expect([refused.status, refused.body.status.name]).toEqual([503, 'read_only_region']);
    const [given] = (await numbersIn(id, ['new', 'known'], connected)).filter(
      (one) => one.externalId === 'new',
    );
    expect(await numbersIn(id, ['new'], writable)).toEqual([given]);
    // At once, although the standby may not have it yet.
    expect(await numbersIn(id, ['new'], connected)).toEqual([given]);
  });
});
