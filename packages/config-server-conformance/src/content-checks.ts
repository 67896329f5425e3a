/** Checks of logins, reads, changes and history (docs/protocol.md, sections 3, 6 and 8). */
import { CfgObjectType, cfgPersonSchema, compareUserNames } from '@gatehouse/people-directory';
import { check, type RawConnection } from './raw-connection.ts';
import { type ConformanceCheck, registered } from './subject.ts';

const { person, folder } = CfgObjectType;

async function readAll(connection: RawConnection, refId: number): Promise<Record<string, unknown>[]> {
  const objects: Record<string, unknown>[] = [];
  for (;;) {
    const message = await connection.answer(refId);
    if (message.name === 'EventObjectsRead') objects.push(...message.body.objects);
    else if (message.name === 'EventObjectsSent') {
      check(
        message.body.total === objects.length,
        `total is ${message.body.total}, ${objects.length} objects came`,
      );
      return objects;
    } else check(false, `${message.name} came in a list`);
  }
}

/** The objects that were found; undefined where the server does not know the key, or keeps no such objects. */
async function readAllOrNone(
  connection: RawConnection,
  refId: number,
): Promise<Record<string, unknown>[] | undefined> {
  const objects: Record<string, unknown>[] = [];
  for (;;) {
    const message = await connection.answer(refId);
    if (message.name === 'EventObjectsRead') objects.push(...message.body.objects);
    else if (message.name === 'EventObjectsSent') return objects;
    else {
      const errors = ['InvalidFilter', 'Unsupported'];
      check(message.name === 'EventError' && errors.includes(message.body.error), `${message.name} came`);
      return undefined;
    }
  }
}

const nameOf = ({ DBID, name }: Record<string, unknown>) => `${DBID} ${name}`;

const holds = ({ objectIDs = [] }: Record<string, unknown>, DBID: unknown) =>
  Array.isArray(objectIDs) && objectIDs.some((held) => held['type'] === person && held['DBID'] === DBID);

export const contentChecks: ConformanceCheck[] = [
  registered('authenticates a user, and compares user names without case', async (connection, { user }) => {
    for (const [refId, userName] of [
      [10, user.userName],
      [11, user.userName.toUpperCase()],
    ] as const) {
      connection.send('RequestAuthenticate', { userName, userPassword: user.password }, refId);
      const answer = await connection.expect('EventAuthenticated', refId);
      check(answer.userName.toLowerCase() === user.userName.toLowerCase(), 'somebody else was authenticated');
    }
  }),
  registered('gives unknown users the same error as wrong tenants', async (connection, { user }) => {
    connection.send('RequestAuthenticate', { userName: 'conformance-stranger', userPassword: 'x' }, 10);
    const unknown = await connection.expectError('AuthenticationFailed', 10);
    connection.send(
      'RequestAuthenticate',
      { userName: user.userName, userPassword: user.password, tenantDbid: 2_147_483_647 },
      11,
    );
    const elsewhere = await connection.expectError('AuthenticationFailed', 11);
    check(unknown.description === elsewhere.description, 'the descriptions differ');
    check(!unknown.retryable && !elsewhere.retryable, 'a refused password is called retryable');
  }),
  registered(
    'keeps the session’s own identity when it authenticates a user',
    async (connection, { user, account }) => {
      connection.send('RequestAuthenticate', { userName: user.userName, userPassword: user.password }, 10);
      await connection.expect('EventAuthenticated', 10);
      connection.send('RequestReadAccount', {}, 11);
      const own = await connection.expect('EventAccountRead', 11);
      check(
        own.userName.toLowerCase() === account.userName.toLowerCase(),
        'the session became another account’s',
      );
    },
  ),
  registered('refuses a change of an unknown user’s password like a wrong one', async (connection) => {
    connection.send(
      'RequestChangePassword',
      { userName: 'conformance-stranger', oldPassword: 'x', newPassword: 'y' },
      10,
    );
    const message = await connection.answer(10);
    const errors = ['AuthenticationFailed', 'ReadOnly'];
    check(message.name === 'EventError' && errors.includes(message.body.error), 'the change was not refused');
  }),
  registered('answers zero objects for what does not exist', async (connection) => {
    connection.send(
      'RequestReadObjects',
      { objectType: person, filter: { user_name: 'conformance-stranger' } },
      10,
    );
    check((await readAll(connection, 10)).length === 0, 'something was found');
  }),
  registered(
    'reads a person by user name, by the object model, without a password',
    async (connection, { user }) => {
      connection.send('RequestReadObjects', { objectType: person, filter: { user_name: user.userName } }, 10);
      const [object, second] = await readAll(connection, 10);
      check(object !== undefined && second === undefined, 'not exactly one person came');
      check(cfgPersonSchema.safeParse(object).success, 'the person breaks the object model');
      check(!JSON.stringify(object).includes(user.password), 'the password is in the answer');
      check(!('password' in object), 'there is a password field');
    },
  ),
  registered(
    'refuses unknown filter keys and values of the wrong kind with InvalidFilter',
    async (connection) => {
      connection.send('RequestReadObjects', { objectType: person, filter: { shoe_size: 42 } }, 10);
      await connection.expectError('InvalidFilter', 10);
      connection.send('RequestReadObjects', { objectType: person, filter: { user_name: 42 } }, 11);
      await connection.expectError('InvalidFilter', 11);
    },
  ),
  registered(
    'finds people by the beginning of a name in the order of user names, or does not know the key',
    async (connection, { user }) => {
      const { userName } = user;
      const prefix = userName.slice(0, 1).toUpperCase();
      connection.send('RequestReadObjects', { objectType: person, filter: { name_prefix: prefix } }, 10);
      const userNamesIn = (found: Record<string, unknown>[] = []) =>
        found.map((one) => String(one['userName']));
      const found = await readAllOrNone(connection, 10);
      if (found === undefined) return;
      const first = userNamesIn(found);
      check(first.includes(userName), 'the person is not among those whose name begins so');
      const sorted = first.toSorted(compareUserNames);
      check(first.join('\n') === sorted.join('\n'), 'the people are not in the order of their user names');
      const filter = { name_prefix: prefix, after_user_name: userName };
      connection.send('RequestReadObjects', { objectType: person, filter }, 11);
      const rest = userNamesIn(await readAllOrNone(connection, 11));
      check(rest.length === first.length - first.indexOf(userName) - 1, 'another page does not go on there');
    },
  ),
  registered(
    'finds the folder of a person by the number of the person, or does not know the key',
    async (connection, { user }) => {
      const named = { objectType: person, filter: { user_name: user.userName }, fields: ['DBID'] };
      connection.send('RequestReadObjects', named, 10);
      const [{ DBID = 0 } = {}] = await readAll(connection, 10);
      const foldersBy = async (filter: Record<string, number>, refId: number) => {
        connection.send('RequestReadObjects', { objectType: folder, filter }, refId);
        return readAllOrNone(connection, refId);
      };
      const all = await foldersBy({}, 11);
      const found = await foldersBy({ person_dbid: Number(DBID) }, 12);
      if (all === undefined || found === undefined) return;
      const holders = all.filter((one) => holds(one, DBID)).map(nameOf);
      check(
        found.map(nameOf).sort().join() === holders.sort().join(),
        'not the folders that hold the person came',
      );
      // A service puts somebody whom it knows nothing of into no folder.
      for (const [refId, dbid] of [
        [13, 0],
        [14, 2_147_483_647],
      ] as const)
        check((await foldersBy({ person_dbid: dbid }, refId))?.length === 0, 'nobody is in a folder');
    },
  ),
  registered('keeps its pages within their limits', async (connection, _subject, terms) => {
    connection.send('RequestReadObjects', { objectType: person, filter: {} }, 10);
    for (;;) {
      const message = await connection.answer(10);
      if (message.name === 'EventObjectsSent') return;
      check(message.name === 'EventObjectsRead', `${message.name} came in a list`);
      check(
        message.body.objects.length <= terms.limits.pageObjects,
        'a page has more objects than announced',
      );
      check(connection.answerBytes <= terms.limits.pageBytes, 'a page has more bytes than announced');
    }
  }),
  registered('ends a list early when it is told to, and says so', async (connection) => {
    const tenant = CfgObjectType.tenant;
    connection.send('RequestReadObjects', { objectType: tenant, filter: {} }, 10);
    const all = await readAll(connection, 10);
    connection.send('RequestReadObjects', { objectType: tenant, filter: {}, maxObjects: 1 }, 11);
    let count = 0;
    for (;;) {
      const message = await connection.answer(11);
      if (message.name === 'EventObjectsRead') count += message.body.objects.length;
      else {
        check(message.name === 'EventObjectsSent', `${message.name} came in a list`);
        check(count === 1 && message.body.total === 1, `${count} objects came, 1 was asked for`);
        check(message.body.truncated === all.length > 1, 'truncated does not tell whether there are more');
        return;
      }
    }
  }),
  registered(
    'leaves out the fields that were not asked for, but never the DBID',
    async (connection, { user }) => {
      const filter = { user_name: user.userName };
      connection.send('RequestReadObjects', { objectType: person, filter, fields: ['userName'] }, 10);
      const [object = {}] = await readAll(connection, 10);
      check(Object.keys(object).sort().join() === 'DBID,userName', `${Object.keys(object)} came`);
    },
  ),
  registered('answers objects that it does not keep with Unsupported', async (connection) => {
    connection.send('RequestReadObjects', { objectType: 9_999, filter: {} }, 10);
    await connection.expectError('Unsupported', 10);
  }),
  registered(
    'registers for changes, and tells the history since any of its ids',
    async (connection, _subject, terms) => {
      connection.send('RequestRegisterNotification', { subscriptions: [{ objectType: person }] }, 10);
      const { historyId } = await connection.expect('EventNotificationRegistered', 10);
      check(historyId >= terms.historyId, 'the history went backwards');
      connection.send('RequestHistoryLog', { historyLog: terms.historyLog, sinceHistoryId: historyId }, 11);
      for (;;) {
        const message = await connection.answer(11);
        if (message.name === 'EventHistoryLogSent') break;
        check(message.name === 'EventHistoryLog', `${message.name} came in a history`);
        check(
          message.body.changes.every((change) => change.historyId > historyId),
          'an old change was told',
        );
      }
      connection.send('RequestUnregisterNotification', {}, 12);
      await connection.expect('EventNotificationUnregistered', 12);
    },
  ),
  registered(
    'answers a history that is not its own, or of the future, with HistoryExpired',
    async (connection, _subject, terms) => {
      connection.send('RequestHistoryLog', { historyLog: 'another', sinceHistoryId: 0 }, 10);
      await connection.expectError('HistoryExpired', 10);
      connection.send(
        'RequestHistoryLog',
        { historyLog: terms.historyLog, sinceHistoryId: 9_000_000_000_000 },
        11,
      );
      await connection.expectError('HistoryExpired', 11);
    },
  ),
];
