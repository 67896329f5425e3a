/** Servers, or somebody between, that want a password, memory or time. */
import { isConfigServerError } from '@gatehouse/people-directory';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it } from 'vitest';
import { operations } from '../src/wire/answers.ts';
import { maxDroppedMessageBytes } from '../src/wire/frames.ts';
import { resultCodes } from '../src/wire/results.ts';
import { on, openBackend, settingsFor } from './directory-under-test.ts';
import {
  anna,
  der,
  entry,
  message,
  pretendServer,
  type Request,
  requests,
  result,
} from './pretended-server.ts';

const login = { userName: 'anna', password: 'Correct-Horse-1' };
const standby = { failFastAfterMs: 500 };

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => (isConfigServerError(error) ? error.code : `no ConfigServerError: ${error}`),
  );

/** Searches after the first bind are answered by `answer` alone. */
const searchesBy = (answer: (request: Request) => void, found = anna) =>
  pretendServer((request) => {
    if (request.operation !== requests.search) return undefined;
    answer(request);
    return 'taken';
  }, found);

describe('referrals', () => {
  const elsewhere = () => pretendServer(() => undefined, anna);
  const uri = (port: number) => Buffer.from(`ldap://127.0.0.1:${port}/dc=example,dc=test`);

  // attack: send a person's password to another server by a search reference | RFC 4511 4.5.3, CWE-918 | guard: packages/directory-ldap/src/connection/connection.ts
  it('refuses an answer that names another server, and never asks that server', async () => {
    const other = await elsewhere();
    const server = await searchesBy(({ messageId, answer }) => {
      answer(message(messageId, der(operations.reference, der(4, uri(other.port)))));
      answer(result(messageId, operations.searchDone));
    });
    const backend = openBackend([on(server.port)], settingsFor());

    expect(await codeOf(backend.authenticate(login))).toBe('Unsupported');
    expect(await codeOf(backend.readAccessGroups({ person_dbid: 100 }))).toBe('Unsupported');
    expect(other.connections()).toBe(0);
  });

  it('asks servers to name no other one: a single entry that refers elsewhere would stop every login', async () => {
    const server = await pretendServer(() => undefined, anna);
    expect(await codeOf(openBackend([on(server.port)], settingsFor()).authenticate(login))).toBe('ok');
    // LDAP_SERVER_DOMAIN_SCOPE_OID of [MS-ADTS], and ManageDsaIT of RFC 3296.
    for (const control of ['1.2.840.113556.1.4.1339', '2.16.840.1.113730.3.4.2'])
      expect(server.bytes().includes(control)).toBe(true);
  });

  // attack: have a login succeed elsewhere by a referral as the result of a bind | RFC 4511 4.1.10 | guard: packages/directory-ldap/src/wire/results.ts
  it('takes a referral as a failure, of a search and of a bind', async () => {
    const other = await elsewhere();
    const referral = der(0xa3, der(4, uri(other.port)));
    const ofSearch = await searchesBy(({ messageId, answer }) =>
      answer(result(messageId, operations.searchDone, resultCodes.referral, referral)),
    );
    let binds = 0;
    const ofBind = await pretendServer(({ operation, messageId, answer }) => {
      if (operation !== requests.bind || binds++ === 0) return undefined;
      answer(result(messageId, operations.bind, resultCodes.referral, referral));
      return 'taken';
    }, anna);

    for (const { port } of [ofSearch, ofBind])
      expect(await codeOf(openBackend([on(port)], settingsFor()).authenticate(login))).toBe('Unsupported');
    expect(other.connections()).toBe(0);
  });
});

describe('the account that searches', () => {
  const found = (messageId: number) =>
    entry(messageId, 'uid=anna,ou=people,dc=example,dc=test', {
      entryUUID: ['5f0c6f52-0000-4000-8000-00000000aaaa'],
      objectGUID: [Buffer.alloc(16, 7)],
      uid: ['anna'],
    });

  // attack: lock everybody out by wrong passwords for the account that searches | CWE-645 | guard: packages/directory-ldap/src/people/find.ts
  it.each([
    ['standard', 'entryUUID', 'UID=Anna, ou=people,dc=example,dc=test'],
    ['activeDirectory', 'objectGUID', 'anna@example.test'],
  ] as const)('signs nobody in: nothing typed reaches the server under it (%s)', async (type, id, bindDn) => {
    const server = await pretendServer(() => undefined, found);
    const attributes = { ...settingsFor().attributes, id };
    const settings = { ...settingsFor(), attributes, type };
    const ours = openBackend([on(server.port)], { ...settings, bindDn });

    expect(await codeOf(ours.authenticate(login))).toBe('AuthenticationFailed');
    expect(server.bytes().includes(login.password)).toBe(false);
    expect(await codeOf(openBackend([on(server.port)], settings).authenticate(login))).toBe('ok');
  });
});

describe('StartTLS', () => {
  const encrypted = settingsFor({ startTls: true, tls: { ca: createAuthority().cert } });

  // attack: strip TLS by a refusal of StartTLS | RFC 4513 3.1.5, CVE-2011-0411 | guard: packages/directory-ldap/src/connection/start-tls.ts
  it.each([
    ['a refusal', ({ messageId, answer }: Request) => answer(result(messageId, operations.extended, 52))],
    [
      'an answer to something else',
      ({ messageId, answer }: Request) => answer(result(messageId, operations.bind)),
    ],
    [
      'an agreement with a bind result behind it',
      ({ messageId, answer }: Request) =>
        answer(Buffer.concat([result(messageId, operations.extended), result(2, operations.bind)])),
    ],
    [
      'an agreement with half a message behind it',
      ({ messageId, answer }: Request) =>
        answer(
          Buffer.concat([result(messageId, operations.extended), result(2, operations.bind).subarray(0, 5)]),
        ),
    ],
    [
      'an agreement and then no TLS',
      ({ messageId, answer, socket }: Request) => {
        answer(result(messageId, operations.extended));
        socket.once('data', () => answer(result(2, operations.bind)));
      },
    ],
    ['the end of the connection', ({ socket }: Request) => socket.destroy()],
  ])('sends nothing in plaintext after %s', async (_what, answer) => {
    const server = await pretendServer((request) => {
      if (request.operation === requests.extended) answer(request);
      return 'taken';
    });
    const backend = openBackend([on(server.port)], encrypted, { standby });

    expect(await codeOf(backend.authenticate(login))).toBe('NoEndpoint');
    expect(backend.stateReason).toMatch(/does not begin TLS|cannot connect|closed the connection/);
    expect(server.seen.filter((operation) => operation !== requests.extended)).toEqual([]);
  });
});

describe('passwords that are none', () => {
  // attack: sign in with an empty password, which servers answer with success | RFC 4513 5.1.2, CVE-2017-14623 | guard: packages/directory-ldap/src/connection/open-connection.ts
  it.each(['', '\0', '\0behind', 'before\0behind'])('are never sent: %j', async (password) => {
    const server = await pretendServer(() => undefined, anna);
    const backend = openBackend([on(server.port)], settingsFor());
    expect(await codeOf(backend.authenticate(login))).toBe('ok');
    const binds = () => server.seen.filter((operation) => operation === requests.bind).length;
    const before = binds();

    expect(await codeOf(backend.authenticate({ ...login, password }))).toBe('AuthenticationFailed');
    const change = { userName: 'anna', oldPassword: password, newPassword: 'Another-Horse-2' };
    expect(await codeOf(backend.changePassword(change))).toBe('AuthenticationFailed');
    const empty = { userName: 'anna', oldPassword: login.password, newPassword: password };
    expect(await codeOf(backend.changePassword(empty))).toBe('PasswordPolicyViolation');
    expect(binds()).toBe(before);
  });

  it('are refused of the account that searches too', async () => {
    const server = await pretendServer(() => undefined, anna);
    const backend = openBackend([on(server.port)], settingsFor({ bindPassword: '' }), { standby });

    expect(await codeOf(backend.authenticate(login))).toBe('NoEndpoint');
    expect(server.seen).not.toContain(requests.bind);
  });
});

describe('names that do not exist', () => {
  // attack: tell which names exist by the work that a refusal costs | CWE-208, ASVS 6.3.8 | guard: packages/directory-ldap/src/passwords/authenticate.ts
  it('cost the same questions as a wrong password, and what was typed is not sent for them', async () => {
    const refusing = async (found?: typeof anna) => {
      let binds = 0;
      const server = await pretendServer(({ operation, messageId, answer }) => {
        if (operation !== requests.bind || binds++ === 0) return undefined;
        answer(result(messageId, operations.bind, resultCodes.invalidCredentials));
        return 'taken';
      }, found);
      const backend = openBackend([on(server.port)], settingsFor());
      expect(await codeOf(backend.authenticate(login))).toBe('AuthenticationFailed');
      return server;
    };
    const [known, unknown] = [await refusing(anna), await refusing()];
    const questions = ({ seen }: typeof known) => seen.filter((operation) => operation !== 0x42);

    expect(questions(unknown)).toEqual(questions(known));
    expect(unknown.bytes().includes(login.password)).toBe(false);
  });
});

describe('sizes', () => {
  const heapMiB = () => process.memoryUsage().rss / 1_048_576;

  // attack: fill the memory with one entry | CWE-770 | guard: packages/directory-ldap/src/wire/frames.ts
  it('ends a connection that announces a message of many mebibytes, before it comes', async () => {
    const server = await searchesBy(({ messageId, answer }) => {
      const photo = Buffer.alloc(maxDroppedMessageBytes + 1);
      answer(entry(messageId, 'uid=anna', { entryUUID: ['1'], uid: ['anna'], jpegPhoto: [photo] }));
    });

    expect(await codeOf(openBackend([on(server.port)], settingsFor()).authenticate(login))).toBe(
      'ProtocolViolation',
    );
  });

  it('leaves out values of an entry beyond thousands', async () => {
    const many = ['anna', ...Array.from({ length: 6_000 }, () => 'x')];
    const server = await pretendServer(
      () => undefined,
      (messageId) => entry(messageId, 'uid=anna', { entryUUID: ['1'], uid: many }),
    );

    expect(await codeOf(openBackend([on(server.port)], settingsFor()).authenticate(login))).toBe('ok');
  });

  it('leaves out values that no token may carry', async () => {
    const long = 'x'.repeat(2_000);
    const server = await pretendServer(
      () => undefined,
      (id) =>
        entry(id, 'uid=anna', { entryUUID: ['1'], uid: ['anna'], givenName: [long], mail: ['', 'a@b'] }),
    );
    const [person] = await openBackend([on(server.port)], settingsFor()).readPersons({ user_name: 'anna' });

    expect(person).toMatchObject({ userName: 'anna', emailAddress: 'a@b' });
    expect(person).not.toHaveProperty('firstName');
  });

  // attack: fill the memory with entries that were not asked for | CWE-770 | guard: packages/directory-ldap/src/connection/pending.ts
  it('gives a search up that brings more entries than were asked for', async () => {
    const before = heapMiB();
    const server = await searchesBy(({ messageId, socket }) => {
      const some = Buffer.concat(Array.from({ length: 200 }, () => anna(messageId)));
      const flood = () => {
        while (!socket.destroyed && socket.write(some));
        socket.once('drain', flood);
      };
      flood();
    });

    expect(
      await codeOf(
        openBackend([on(server.port)], settingsFor()).readPersons({ last_name: 'x' }, { deadlineMs: 5_000 }),
      ),
    ).toBe('AnswerTooLong');
    expect(heapMiB() - before).toBeLessThan(200);
  });

  // attack: hold a search for ever by pages without end | RFC 2696, CWE-835 | guard: packages/directory-ldap/src/people/search.ts
  it.each(['with entries', 'without entries'])('ends a search in endless pages %s', async (kind) => {
    let pages = 0;
    const cookie = der(0x30, der(2, Buffer.of(0)), der(4, 'again'));
    const controls = der(0xa0, der(0x30, der(4, '1.2.840.113556.1.4.319'), der(4, cookie)));
    const server = await searchesBy(({ messageId, answer }) => {
      pages += 1;
      const page = kind === 'with entries' ? Array.from({ length: 400 }, () => anna(messageId)) : [];
      const done = der(operations.searchDone, der(0x0a, Buffer.of(0)), der(4, ''), der(4, ''));
      answer(Buffer.concat([...page, message(messageId, done, controls)]));
    });

    const search = { deadlineMs: 5_000 };
    expect(
      await codeOf(openBackend([on(server.port)], settingsFor()).readPersons({ last_name: 'x' }, search)),
    ).toBe('AnswerTooLong');
    expect(pages).toBeLessThan(40);
  });
});

describe('time', () => {
  // attack: hold logins by a server that takes questions and answers none | CWE-400 | guard: packages/directory-ldap/src/connection/liveness.ts
  it('leaves a server that has become silent, and asks the next one', async () => {
    const silent = await searchesBy(() => undefined);
    const healthy = await pretendServer(() => undefined, anna);
    const startedMs = performance.now();
    const backend = openBackend([on(silent.port), on(healthy.port)], settingsFor(), { silenceMs: 300 });

    expect(await codeOf(backend.readPersons({ user_name: 'anna' }, { deadlineMs: 5_000 }))).toBe('ok');
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('keeps a server that needs long for one search and lives', async () => {
    const server = await pretendServer(({ operation, messageId, answer, socket }) => {
      if (operation !== requests.search) return undefined;
      // The second search is the probe.
      if (socket.listenerCount('slow') === 0) {
        socket.once('slow', () =>
          answer(Buffer.concat([anna(messageId), result(messageId, operations.searchDone)])),
        );
        setTimeout(() => socket.emit('slow'), 900);
      } else answer(result(messageId, operations.searchDone));
      return 'taken';
    });
    const backend = openBackend([on(server.port)], settingsFor(), { silenceMs: 300 });

    expect(await codeOf(backend.readPersons({ user_name: 'anna' }))).toBe('ok');
    expect(server.connections()).toBe(1);
  });

  // attack: hold a login by an answer that comes byte by byte | CWE-400 | guard: packages/directory-ldap/src/connection/pending.ts
  it('gives a call up at its deadline, also while bytes come', async () => {
    const server = await searchesBy(({ messageId, socket }) => {
      const bytes = anna(messageId);
      let sent = 0;
      const timer = setInterval(() => {
        if (socket.destroyed || sent >= bytes.length - 1) clearInterval(timer);
        else socket.write(bytes.subarray(sent, ++sent));
      }, 20);
    });
    const backend = openBackend([on(server.port)], settingsFor());

    expect(await codeOf(backend.authenticate(login, { deadlineMs: 400 }))).toBe('RequestTimeout');
  });

  it('leaves a server on which call after call runs into its deadline', async () => {
    const slow = await searchesBy(({ messageId, socket }) => {
      const drip = setInterval(() => socket.write(result(9_999, operations.extended)), 50);
      socket.once('close', () => clearInterval(drip));
      expect(messageId).toBeGreaterThan(0);
    });
    const healthy = await pretendServer(() => undefined, anna);
    const backend = openBackend([on(slow.port), on(healthy.port)], settingsFor());
    const tries: string[] = [];
    for (let count = 0; count < 4; count += 1)
      tries.push(await codeOf(backend.authenticate(login, { deadlineMs: 200 })));

    expect(tries).toEqual(['RequestTimeout', 'RequestTimeout', 'RequestTimeout', 'ok']);
  });

  it('asks nothing while a bind is under way, however long it takes', async () => {
    let binds = 0;
    const server = await pretendServer(({ operation, messageId, answer }) => {
      if (operation !== requests.bind || binds++ === 0) return undefined;
      setTimeout(() => answer(result(messageId, operations.bind)), 800);
      return 'taken';
    }, anna);
    const backend = openBackend([on(server.port)], settingsFor(), { silenceMs: 300 });

    expect(await codeOf(backend.authenticate(login))).toBe('ok');
    const asked = server.seen.filter((operation) => operation !== 0x42);
    expect(asked).toEqual([requests.bind, requests.search, requests.bind]);
  });

  it('says of a bind without an answer that nobody knows its outcome, and does not repeat it', async () => {
    let binds = 0;
    const server = await pretendServer(({ operation, socket }) => {
      if (operation !== requests.bind || binds++ === 0) return undefined;
      socket.destroy();
      return 'taken';
    }, anna);

    expect(await codeOf(openBackend([on(server.port)], settingsFor()).authenticate(login))).toBe(
      'OutcomeUnknown',
    );
    expect(binds).toBe(2);
  });
});
