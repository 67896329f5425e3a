/** Answers that are larger than what was asked for: they are cut, or cost the one call whose answer they are. */
import { silentLogger } from '@gatehouse/config-server-client/surroundings';
import { isConfigServerError } from '@gatehouse/people-directory';
import {
  findSlapd,
  groupDn,
  type LdapTestServer,
  ldapNames,
  personDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operations } from '../src/wire/answers.ts';
import { maxMessageBytes } from '../src/wire/frames.ts';
import { resultCodes } from '../src/wire/results.ts';
import { numbersOfTest, on, openBackend, settingsFor } from './directory-under-test.ts';
import { der, entry, message, pretendServer, type Request, requests, result } from './pretended-server.ts';

const base = 'dc=example,dc=test';
const id = (number: number) => `5f0c6f52-0000-4000-8000-${String(number).padStart(12, '0')}`;
const person = (messageId: number, number: number, more: Record<string, (string | Buffer)[]> = {}) =>
  entry(messageId, `uid=person-${number},ou=people,${base}`, {
    entryUUID: [id(number)],
    uid: [`person-${number}`],
    ...more,
  });
const done = (messageId: number, code?: number) => result(messageId, operations.searchDone, code);
const login = (number: number) => ({ userName: `person-${number}`, password: 'Correct-Horse-1' });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => (isConfigServerError(error) ? error.code : `no ConfigServerError: ${error}`),
  );
const searches = (answer: (request: Request) => void) =>
  pretendServer((request) => {
    if (request.operation !== requests.search) return undefined;
    answer(request);
    return 'taken';
  });
/** With its id in text, which the pretended servers send. */
const activeDirectory = (overrides: Parameters<typeof settingsFor>[0] = {}) =>
  settingsFor({ type: 'activeDirectory', baseDns: [base], groupBaseDns: [base], ...overrides });

describe('a server that knows neither size limits nor pages', () => {
  it.each(['standard', 'activeDirectory'] as const)(
    'is asked for one person, and for the first ones, and keeps the connection (%s)',
    async (type) => {
      const server = await searches(({ messageId, answer }) =>
        answer(
          Buffer.concat([
            ...Array.from({ length: 2_000 }, (_, index) => person(messageId, index)),
            done(messageId),
          ]),
        ),
      );
      const backend = openBackend([on(server.port)], settingsFor({ type }));

      for (let times = 0; times < 3; times += 1)
        expect(await backend.readPersonDbids({}, { maxObjects: 1 })).toHaveLength(1);
      const found = await backend.searchPersons({ text: 'person', limit: 50 });
      expect([found.people.length, found.isCut]).toEqual([50, true]);
      expect(server.connections()).toBe(1);
      // RFC 4511 section 4.11. The one after the last answer is still under way.
      const abandoned = () => server.seen.filter((operation) => operation === requests.abandon);
      await expect.poll(abandoned).toHaveLength(4);
    },
  );

  // attack: hold a connection by an answer that goes on for ever after it was given up | CWE-400, RFC 4511 4.11 | guard: packages/directory-ldap/src/connection/connection.ts
  it('is left when it goes on sending what nobody waits for', async () => {
    const flooding = await searches(({ messageId, socket }) => {
      const some = Buffer.concat(Array.from({ length: 2_000 }, (_, index) => person(messageId, index)));
      const flood = () => {
        while (!socket.destroyed && socket.write(some));
        socket.once('drain', flood);
      };
      flood();
    });
    const healthy = await pretendServer(
      () => undefined,
      (messageId) => person(messageId, 7),
    );
    const backend = openBackend([on(flooding.port), on(healthy.port)], settingsFor());

    expect(await backend.readPersonDbids({}, { maxObjects: 1 })).toHaveLength(1);
    await expect.poll(() => healthy.connections(), { timeout: 10_000 }).toBe(1);
    expect(await codeOf(backend.authenticate(login(7)))).toBe('ok');
  });
});

describe('an answer that is none', () => {
  const photo = (size: number) => ({ jpegPhoto: [Buffer.alloc(size)] });
  const badAnswers: [string, string, (messageId: number) => Buffer][] = [
    ['an entry of more than a mebibyte', 'AnswerTooLong', (to) => person(to, 1, photo(maxMessageBytes + 1))],
    [
      'an entry whose attributes are none',
      'ProtocolViolation',
      (to) => message(to, der(operations.entry, der(4, 'x'), der(0x30, der(4, 'uid')))),
    ],
    ['a result without its elements', 'ProtocolViolation', (to) => message(to, der(operations.searchDone))],
  ];

  // attack: take the connection from everybody by the entry of one person | CWE-400 | guard: packages/directory-ldap/src/connection/connection.ts
  it.each(badAnswers)('fails the call of this person alone: %s', async (_what, code, bad) => {
    const waiting: Request[] = [];
    const server = await searches((request) => {
      const { messageId, bytes, answer } = request;
      if (bytes.includes('person-2')) waiting.push(request);
      else if (bytes.includes('person-1')) answer(Buffer.concat([bad(messageId), done(messageId)]));
      else answer(done(messageId));
    });
    const backend = openBackend([on(server.port)], settingsFor());
    const other = codeOf(backend.readPersons({ user_name: 'person-2' }));
    await expect.poll(() => waiting.length).toBe(1);

    expect(await codeOf(backend.readPersons({ user_name: 'person-1' }))).toBe(code);
    for (const { messageId, answer } of waiting)
      answer(Buffer.concat([person(messageId, 2), done(messageId)]));

    expect(await other).toBe('ok');
    expect(await codeOf(backend.readPersons({ user_name: 'person-3' }))).toBe('ok');
    expect(server.connections()).toBe(1);
  });

  it('of more entries than were asked for fails its call alone', async () => {
    const server = await searches(({ messageId, bytes, answer }) => {
      const count = bytes.includes(id(1)) ? 5 : 1;
      const entries = Array.from({ length: count }, (_, index) => person(messageId, index + 2));
      answer(Buffer.concat([...entries, done(messageId)]));
    });
    const numbers = numbersOfTest();
    const dbid = (await numbers.of([id(1)])).get(id(1)) ?? 0;
    const backend = openBackend([on(server.port)], settingsFor(), { numbers });

    for (let times = 0; times < 4; times += 1)
      expect(await codeOf(backend.readPersons({ dbid }))).toBe('AnswerTooLong');
    expect(await codeOf(backend.authenticate(login(2)))).toBe('ok');
    // The second one is that of the password.
    expect(server.connections()).toBe(2);
  });
});

describe('calls that a silent server has held', () => {
  it('do not cost the next server its connection when their time ends there', async () => {
    const silent = await searches(() => undefined);
    const next = await searches(({ messageId, bytes, answer }) => {
      if (!bytes.includes('person-1')) answer(Buffer.concat([person(messageId, 2), done(messageId)]));
    });
    const backend = openBackend([on(silent.port), on(next.port)], settingsFor());
    const held = Array.from({ length: 4 }, () =>
      codeOf(backend.readPersons({ user_name: 'person-1' }, { deadlineMs: 1_400 })),
    );

    expect(await Promise.all(held)).toEqual(held.map(() => 'RequestTimeout'));
    expect(await codeOf(backend.readPersons({ user_name: 'person-2' }, { deadlineMs: 900 }))).toBe('ok');
    expect([silent.connections(), next.connections()]).toEqual([1, 1]);
  });

  it('do not cost the next server its connection when it takes no second one in the time that is left', async () => {
    const silent = await searches(() => undefined);
    const next = await searches(({ messageId, answer }) => {
      next.stopListening();
      answer(Buffer.concat([person(messageId, 2), done(messageId)]));
    });
    const backend = openBackend([on(silent.port), on(next.port)], settingsFor());

    expect(await codeOf(backend.authenticate(login(2), { deadlineMs: 1_400 }))).toBe('ConnectionLost');
    expect(await codeOf(backend.readPersons({ user_name: 'person-2' }, { deadlineMs: 900 }))).toBe('ok');
    expect([silent.connections(), next.connections()]).toEqual([1, 1]);
  });
});

describe('a person of many groups', () => {
  const dnOf = (number: number) => `CN=g${number},OU=groups,${base}`;
  const numbered = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index);
  /** Of the range that was asked for. */
  const rangeIn = (bytes: Buffer) => /memberOf;range=(\d+)-(\d+)/.exec(bytes.toString('latin1'));
  const groupsIn = (bytes: Buffer) =>
    [...new Set(bytes.toString('latin1').match(/(?<=CN=g)\d+(?=,OU=groups)/g) ?? [])].map(Number);
  const isOfPerson = (bytes: Buffer) => bytes.includes('uid=person-1,') && rangeIn(bytes) !== null;

  /** Active Directory whose person 1 is in so many groups; `more` gets the searches that are not for the person. */
  const withGroups = (count: number, valuesAtOnce = 500, parents: (group: number) => number[] = () => []) => {
    const asked: string[] = [];
    const server = searches(({ messageId, bytes, answer }) => {
      const [, first = '0'] = rangeIn(bytes) ?? [];
      const groups = groupsIn(bytes);
      const entries: Buffer[] = [];
      if (isOfPerson(bytes)) {
        asked.push(first);
        const last = Math.min(Number(first) + valuesAtOnce, count) - 1;
        const name = `memberOf;range=${first}-${last === count - 1 ? '*' : last}`;
        if (count > 0)
          entries.push(person(messageId, 1, { [name]: numbered(Number(first), last).map(dnOf) }));
      } else if (groups.length > 0) {
        for (const group of groups)
          entries.push(
            entry(messageId, dnOf(group), {
              cn: [`g${group}`],
              'memberOf;range=0-*': parents(group).map(dnOf),
            }),
          );
      } else if (bytes.includes('person-1')) entries.push(person(messageId, 1));
      answer(Buffer.concat([...entries, done(messageId)]));
    });
    return { server, asked };
  };
  const groupsOf = async (server: { port: number }, overrides = {}, options = {}) => {
    const backend = openBackend([on(server.port)], activeDirectory(overrides), options);
    const groups = await backend.readAccessGroups({ user_name: 'person-1' });
    return groups.map(({ groupInfo }) => groupInfo.name);
  };

  it.each([500, 200])('has all of them, in ranges of %i values', async (valuesAtOnce) => {
    const { server, asked } = withGroups(2_000, valuesAtOnce);

    expect((await groupsOf(await server)).sort()).toEqual(
      numbered(0, 1_999)
        .map((one) => `g${one}`)
        .sort(),
    );
    expect(asked).toHaveLength(2_000 / valuesAtOnce);
  });

  it('has the groups of its groups, each once, and with a depth of 0 only its own', async () => {
    const parents = (group: number) => (group < 10 ? [group + 1, 0] : []);
    const nested = await withGroups(1, 500, parents).server;
    const own = await withGroups(1, 500, parents).server;

    expect((await groupsOf(nested)).sort()).toEqual(
      numbered(0, 10)
        .map((one) => `g${one}`)
        .sort(),
    );
    expect(await groupsOf(own, { groupDepth: 0 })).toEqual(['g0']);
  });

  it('has those above a group that does not count, also where the server writes names in other cases', async () => {
    const asked: string[] = [];
    const server = await searches(({ messageId, bytes, answer }) => {
      const groups = groupsIn(bytes);
      // `filters.group` of the settings.
      const counts = bytes.includes('groupOfNames');
      if (groups.length > 0) asked.push(`${groups}${counts ? '' : ' elsewhere'}`);
      const name = 'memberOf;range=0-*';
      const entries: Buffer[] = [];
      if (isOfPerson(bytes)) entries.push(person(messageId, 1, { [name]: [dnOf(0)] }));
      else if (groups.length === 0) entries.push(person(messageId, 1));
      else if (groups[0] === 0 && !counts) entries.push(entry(messageId, dnOf(0), { [name]: [dnOf(1)] }));
      else if (groups[0] === 1 && counts)
        entries.push(
          entry(messageId, dnOf(1).toLowerCase(), { cn: ['g1'], [name]: [dnOf(0).toLowerCase()] }),
        );
      answer(Buffer.concat([...entries, done(messageId)]));
    });

    expect(await groupsOf(server)).toEqual(['g1']);
    expect(asked).toEqual(['0', '0 elsewhere', '1']);
  });

  it('is asked for in a few searches at once, so that others on the connection wait for no more', async () => {
    const waiting: Request[] = [];
    const server = await searches((request) => {
      const { messageId, bytes, answer } = request;
      const groups = { 'memberOf;range=0-*': numbered(0, 399).map(dnOf) };
      if (groupsIn(bytes).length > 0) waiting.push(request);
      else answer(Buffer.concat([person(messageId, 1, isOfPerson(bytes) ? groups : {}), done(messageId)]));
    });
    const found = groupsOf(server);
    for (let round = 0; round < 2; round += 1) {
      await expect.poll(() => waiting.length).toBe(8);
      for (const { messageId, bytes, answer } of waiting.splice(0)) {
        const entries = groupsIn(bytes).map((group) => entry(messageId, dnOf(group), { cn: [`g${group}`] }));
        answer(Buffer.concat([...entries, done(messageId)]));
      }
    }

    expect(await found).toHaveLength(400);
    expect(server.connections()).toBe(1);
  });

  it('has those that name the person, where our account may not read memberOf', async () => {
    const server = await searches(({ messageId, bytes, answer }) => {
      const isQuestion =
        bytes.includes('member') && bytes.includes('uid=person-1,') && rangeIn(bytes) === null;
      const groups = isQuestion ? [4, 5] : groupsIn(bytes);
      const entries = groups.map((group) => entry(messageId, dnOf(group), { cn: [`g${group}`] }));
      if (groups.length === 0) entries.push(person(messageId, 1));
      answer(Buffer.concat([...entries, done(messageId)]));
    });

    expect(await groupsOf(server)).toEqual(['g4', 'g5']);
  });

  // attack: hold a login by ranges of values without end | CWE-835 | guard: packages/directory-ldap/src/people/member-of.ts
  it.each([
    ['that begin again', (first: number) => `memberOf;range=${first}-0`],
    ['that bring nothing', (first: number) => `memberOf;range=${first}-${first + 499}`],
  ])('is read to an end in ranges %s', async (what, nameOf) => {
    let ranges = 0;
    const server = await searches(({ messageId, bytes, answer }) => {
      const [, first] = rangeIn(bytes) ?? [];
      const values = what === 'that bring nothing' ? [] : [dnOf(1)];
      const isRange = isOfPerson(bytes) && first !== undefined;
      if (isRange) ranges += 1;
      const more = isRange && ranges < 200 ? { [nameOf(Number(first))]: values } : {};
      answer(Buffer.concat([person(messageId, 1, more), done(messageId)]));
    });

    await groupsOf(server);
    expect(ranges).toBeLessThan(5);
  });

  it('beyond the limit has the first ones, and the log names the setting that helps', async () => {
    const { server } = withGroups(5_600);
    const warnings: string[] = [];
    const log = { ...silentLogger, warn: (_fields: unknown, text: string) => warnings.push(text) };

    expect(await groupsOf(await server, {}, { log })).toHaveLength(5_000);
    expect(warnings.join()).toContain('groupBaseDns');
  });

  it('of another directory has all of them, in pages only where one answer does not do', async () => {
    const oid = '1.2.840.113556.1.4.319';
    let isLimited = true;
    const server = await searches(({ messageId, bytes, answer }) => {
      if (!bytes.includes('member')) {
        answer(Buffer.concat([person(messageId, 1), done(messageId)]));
        return;
      }
      const isOfGroups = groupsIn(bytes).length > 0;
      const isPaged = bytes.includes(oid);
      isLimited &&= isPaged || !isOfGroups;
      const isSecond = bytes.includes('the-rest');
      const numbers = isOfGroups ? [] : isSecond ? numbered(500, 799) : numbered(0, 499);
      const groups = numbers.map((one) => entry(messageId, dnOf(one), { cn: [`g${one}`] }));
      const cookie = der(0x30, der(2, Buffer.of(0)), der(4, isSecond ? '' : 'the-rest'));
      const controls = der(0xa0, der(0x30, der(4, oid), der(4, cookie)));
      const last = der(operations.searchDone, der(0x0a, Buffer.of(0)), der(4, ''), der(4, ''));
      if (isOfGroups) answer(done(messageId));
      else if (isPaged) answer(Buffer.concat([...groups, message(messageId, last, controls)]));
      else answer(Buffer.concat([...groups, done(messageId, resultCodes.sizeLimitExceeded)]));
    });
    const backend = openBackend([on(server.port)], settingsFor({ groupDepth: 1 }));

    expect(await backend.readAccessGroups({ user_name: 'person-1' })).toHaveLength(800);
    expect(isLimited).toBe(false);
  });
});

describe.skipIf(findSlapd() === undefined)('a person of 700 groups in a real OpenLDAP', () => {
  let server: LdapTestServer;
  beforeAll(async () => {
    const people = ['many', ...Array.from({ length: 700 }, (_person, index) => `other-${index}`)];
    const groups = Array.from({ length: 700 }, (_group, index) => ({
      cn: `group-${index}`,
      members: [personDn('many')],
    }));
    // By default slapd gives 500 entries of a search, in pages too.
    const moreSettings = [`limits dn.exact="${ldapNames.bindDn}" size=unlimited`];
    server = await startLdapServer({
      moreSettings,
      people: people.map((uid) => ({ uid, password: uid === 'many' ? ldapNames.personPassword : '' })),
      groups: [
        ...groups,
        { cn: 'Above', members: [groupDn('group-7')] },
        { cn: 'All', members: people.map((uid) => personDn(uid)) },
      ],
    });
  });
  afterAll(() => server?.close());

  it('has all of them, and signs in beside others over one connection', async () => {
    const backend = openBackend([on(server.port)], settingsFor());
    const groups = () => backend.readAccessGroups({ user_name: 'many' });
    const [many, other] = await Promise.all([
      groups(),
      backend.readAccessGroups({ user_name: 'other-3' }),
      backend.authenticate({ userName: 'many', password: ldapNames.personPassword }),
      groups(),
    ]);

    expect(many).toHaveLength(702);
    expect(other.map(({ groupInfo }) => groupInfo.name)).toEqual(['All']);
  });
});
