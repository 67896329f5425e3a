/** Serves logins as a Configuration Server does, and sends without end what its mode names. Its own process; prints its port. */
import net from 'node:net';
import {
  type ConfMessage,
  defaultWireLimits,
  encodeFrame,
  FrameKind,
  ocpWire,
} from '@gatehouse/config-server-client/wire';

const wire = ocpWire().createSession('server', defaultWireLimits);
const person = {
  ...{ DBID: 7, tenantDBID: 1, userName: 'agent', isAgent: 1, state: 1 },
  userProperties: [['kept', [['option', 'x'.repeat(200)]]]],
};
const page: ConfMessage = {
  name: 'EventObjectsRead',
  body: { objectType: 3, objects: Array.from({ length: 100 }, () => person) },
};
/** Few bytes on the wire and much memory behind them. */
const bomb: ConfMessage = {
  name: 'EventObjectsRead',
  body: { objectType: 3, objects: [{ ...person, more: Array.from({ length: 150_000 }, () => ({})) }] },
};
const repeated = (bytes: Uint8Array) =>
  Buffer.concat(Array.from({ length: Math.ceil(65_536 / bytes.length) }, () => bytes));

/** What is sent without end once a request of this name is there. */
const floods: Record<string, { after: ConfMessage['name']; bytes: (refId: number) => Uint8Array }> = {
  none: { after: 'EventError', bytes: () => Buffer.alloc(0) },
  pages: { after: 'RequestReadObjects', bytes: (refId) => wire.encode(page, refId) },
  bombs: { after: 'RequestReadObjects', bytes: (refId) => wire.encode(bomb, refId) },
  changes: {
    after: 'RequestRegisterNotification',
    bytes: () => {
      const frames = Array.from({ length: 500 }, (_change, index) => deletion(index + 1));
      return Buffer.concat(frames);
    },
  },
  polls: { after: 'RequestRegisterClient', bytes: () => repeated(wire.encodePing(1n)) },
  unreadable: {
    after: 'RequestRegisterClient',
    bytes: () =>
      repeated(
        encodeFrame({ kind: FrameKind.data, messageId: 1001, flags: 0, refId: 0 }, Buffer.from([0xa0])),
      ),
  },
};

let historyId = 1;
function deletion(dbid: number): Uint8Array {
  historyId += 1;
  return wire.encode(
    { name: 'EventObjectDeleted', body: { objectType: 3, dbid: historyId + dbid, historyId } },
    0,
  );
}

const flood = floods[process.argv[2] ?? 'pages'] ?? floods['pages'];

const server = net.createServer((socket) => {
  const session = ocpWire().createSession('server', defaultWireLimits);
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    for (const event of session.receive(chunk)) {
      if (event.kind === 'ping') socket.write(session.encodePong(event.nonce));
      if (event.kind !== 'message') continue;
      const isFlood = event.message.name === flood?.after;
      // A flood in place of an answer to a question about persons; beside the answer to everything else.
      if (!isFlood || event.message.name !== 'RequestReadObjects' || !asksForPersons(event.message))
        for (const answer of answersTo(event.message)) socket.write(session.encode(answer, event.refId));
      if (isFlood) sendWithoutEnd(socket, event.refId);
    }
  });
});

function asksForPersons(message: ConfMessage): boolean {
  return message.name === 'RequestReadObjects' && message.body.objectType === 3;
}

function sendWithoutEnd(socket: net.Socket, refId: number): void {
  const more = () => {
    while (!socket.destroyed && socket.write(flood?.bytes(refId) ?? Buffer.alloc(0)));
  };
  if (socket.listenerCount('drain') < 8) socket.on('drain', more);
  more();
}

function answersTo(message: ConfMessage): ConfMessage[] {
  if (message.name === 'RequestRegisterClient') return [registered(message.body.addp)];
  if (message.name === 'RequestAuthenticate')
    return [
      {
        name: 'EventAuthenticated',
        body: { userDbid: 7, tenantDbid: 1, userName: 'agent', changePasswordRequired: false },
      },
    ];
  if (message.name === 'RequestRegisterNotification')
    return [{ name: 'EventNotificationRegistered', body: { historyId: 1 } }];
  if (message.name !== 'RequestReadObjects') return [];
  const { objectType } = message.body;
  const objects = objectType === 7 ? [{ DBID: 1, name: 'Environment', state: 1 }] : [];
  return [
    { name: 'EventObjectsRead', body: { objectType, objects } },
    { name: 'EventObjectsSent', body: { total: objects.length, historyId: 1, truncated: false } },
  ];
}

function registered(
  addp: Extract<ConfMessage, { name: 'RequestRegisterClient' }>['body']['addp'],
): ConfMessage {
  return {
    name: 'EventClientRegistered',
    body: {
      ...{
        sessionId: '1',
        serverName: 'hostile',
        serverVersion: '1',
        protocolVersion: 1,
        serverRole: 'primary',
      },
      ...{ serverEpoch: 1, operationalMode: 1, encoding: 'utf-8', schemaVersion: '1', applicationDbid: 1 },
      ...{
        accountDbid: 1,
        accountType: 3,
        tenantDbid: 1,
        addp,
        historyId: 1,
        historyLog: 'log',
        resumed: false,
      },
      limits: { maxFrame: 1024 * 1024, maxInFlight: 64, pageObjects: 100, pageBytes: 256 * 1024 },
    },
  } as ConfMessage;
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as net.AddressInfo).port}\n`));
process.on('SIGTERM', () => process.exit(0));
