/** Checks of registration, keep-alive and correlation (docs/protocol.md, sections 4 and 5). */
import { check } from './raw-connection.ts';
import { type ConformanceCheck, registered, registration, unregistered } from './subject.ts';

const registerTimeMs = 5_000;

export const sessionChecks: ConformanceCheck[] = [
  registered('registers and states its terms', async (_connection, _subject, terms) => {
    check(terms.protocolVersion === 1, 'the protocol version is not 1');
    check(terms.sessionId !== '' && terms.historyLog !== '', 'session or history log have no name');
    check(terms.serverRole !== 'backup', 'a backup must not register anybody');
    check(terms.limits.maxInFlight >= 1 && terms.limits.maxFrame >= 65_536, 'the limits leave no room');
    check(
      terms.addp.remoteTimeout === 0 && terms.addp.localTimeout === 0,
      'the keep-alive is not the one asked for',
    );
  }),
  unregistered('refuses a wrong service password with AuthenticationFailed', async (connection, subject) => {
    // An account that does not exist: the real one must not come closer to its lock.
    const stranger = { userName: 'conformance-stranger', userPassword: 'x' };
    connection.send('RequestRegisterClient', { ...registration(subject), ...stranger }, 1);
    await connection.expectError('AuthenticationFailed', 1);
  }),
  unregistered('refuses an unknown application in the same way', async (connection, subject) => {
    connection.send(
      'RequestRegisterClient',
      { ...registration(subject), clientName: 'conformance-stranger' },
      1,
    );
    await connection.expectError('AuthenticationFailed', 1);
  }),
  unregistered('refuses to speak a version it was not offered', async (connection, subject) => {
    connection.send('RequestRegisterClient', { ...registration(subject), protocolVersions: [99] }, 1);
    await connection.expectError('Unsupported', 1);
  }),
  unregistered(
    'answers another first message with NotRegistered and closes',
    async (connection, { user }) => {
      connection.send('RequestAuthenticate', { userName: user.userName, userPassword: user.password }, 1);
      await connection.expectError('NotRegistered', 1);
      await connection.expectClosed();
    },
  ),
  unregistered('ends a connection whose registration it refused', async (connection, subject) => {
    connection.send(
      'RequestRegisterClient',
      { ...registration(subject), userName: 'conformance-stranger', userPassword: 'x' },
      1,
    );
    await connection.expect('EventError', 1);
    await connection.expectClosed();
  }),
  unregistered('ends a connection that does not register in 5 s', async (connection) => {
    await connection.expectClosed(registerTimeMs + 2_000);
  }),
  registered('answers a second registration with AlreadyRegistered', async (connection, subject) => {
    connection.send('RequestRegisterClient', registration(subject), 10);
    await connection.expectError('AlreadyRegistered', 10);
  }),
  unregistered('answers polls before registration, with their nonce', async (connection) => {
    connection.write(connection.session.encodePing(0x1122334455667788n));
    const event = await connection.next('pong');
    check(event.kind === 'pong' && event.nonce === 0x1122334455667788n, 'the nonce is another one');
  }),
  registered('takes new keep-alive times on the open link, and polls by them', async (connection) => {
    const addp = { localTimeout: 0, remoteTimeout: 1, traceMode: 'off' };
    connection.send('RequestUpdateAddp', addp, 10);
    const effective = await connection.expect('EventAddpUpdated', 10);
    check(effective.remoteTimeout === 1, 'the new time was not taken');
    const poll = await connection.next('ping');
    check(poll.kind === 'ping', 'no poll came');
    connection.write(connection.session.encodePong(poll.nonce));
    connection.send('RequestReadAccount', {}, 11);
    await connection.expect('EventAccountRead', 11);
  }),
  registered('gives up a client that answers no polls', async (connection) => {
    connection.send('RequestUpdateAddp', { localTimeout: 0, remoteTimeout: 1, traceMode: 'off' }, 10);
    await connection.expect('EventAddpUpdated', 10);
    await connection.expectClosed();
  }),
  registered(
    'answers each of many requests in flight under its own id',
    async (connection, _subject, terms) => {
      const ids = Array.from(
        { length: Math.min(32, terms.limits.maxInFlight) },
        (_, index) => 4_294_967_000 + index,
      );
      for (const id of ids) connection.send('RequestReadOperationalMode', {}, id);
      for (const id of ids.reverse()) await connection.expect('EventOperationalModeRead', id);
    },
  ),
  registered('ends a connection with a request under reference id 0', async (connection) => {
    connection.send('RequestReadOperationalMode', {}, 0);
    await connection.expectClosed();
  }),
  registered('ends a connection on which the client sends an event', async (connection) => {
    connection.send('EventOperationalModeRead', { operationalMode: 1 }, 10);
    await connection.expectClosed();
  }),
  registered('ends the connection when the client says CLOSE', async (connection) => {
    connection.write(connection.session.encodeClose('normal'));
    await connection.expectClosed();
  }),
];
