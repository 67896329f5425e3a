/** Checks of framing and bodies (docs/protocol.md, section 2). */
import { encodeFrame, FrameKind, headerBytes, jsonFlag } from '@gatehouse/config-server-client/wire';
import { check, type RawConnection } from './raw-connection.ts';
import { type ConformanceCheck, registered, registration, unregistered } from './subject.ts';

/** A data frame with a body of the check's own. */
function rawRequest(messageId: number, refId: number, body: Uint8Array, flags = 0): Uint8Array {
  return encodeFrame({ kind: FrameKind.data, messageId, flags, refId }, body);
}

/** A frame whose header says something else. */
function spoilt(change: (frame: Buffer) => void): Uint8Array {
  const frame = Buffer.from(rawRequest(40, 10, Uint8Array.of(0xa0)));
  change(frame);
  return frame;
}

async function stillServes(connection: RawConnection): Promise<void> {
  connection.send('RequestReadOperationalMode', {}, 900);
  await connection.expect('EventOperationalModeRead', 900);
}

const bombs: [name: string, hex: string][] = [
  ['nesting of 1 000 levels', '81'.repeat(1_000)],
  ['a string of 4 GiB', '7affffffff61'],
  ['a map of 2^63 entries', 'bb8000000000000000'],
  ['a tag', 'c0a0'],
  ['duplicate keys', 'a2616101616102'],
  ['invalid UTF-8', 'a16162c328'],
  ['a key __proto__', 'a1695f5f70726f746f5f5fa0'],
  ['an indefinite map', 'bfff'],
  ['bytes behind the end', 'a000'],
];

export const framingChecks: ConformanceCheck[] = [
  unregistered('closes without a byte when the first bytes are of another protocol', async (connection) => {
    connection.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await connection.expectClosed();
    check(connection.bytesReceived === 0, `${connection.bytesReceived} bytes were sent`);
  }),
  unregistered('refuses a frame of another version with CLOSE', async (connection) => {
    connection.write(spoilt((frame) => frame.writeUInt8(9, 2)));
    await connection.next('close');
    await connection.expectClosed();
  }),
  unregistered('refuses a body over 16 KiB before registration by its header alone', async (connection) => {
    connection.write(spoilt((frame) => frame.writeUInt32BE(20_000, 12)).subarray(0, headerBytes));
    const event = await connection.next('close');
    check(
      event.kind === 'close' && event.code === 'frame-too-large',
      'the close code is not frame-too-large',
    );
    await connection.expectClosed();
  }),
  registered('refuses a body over its own limit by its header alone', async (connection, _subject, terms) => {
    connection.write(
      spoilt((frame) => frame.writeUInt32BE(terms.limits.maxFrame + 1, 12)).subarray(0, headerBytes),
    );
    const event = await connection.next('close');
    check(
      event.kind === 'close' && event.code === 'frame-too-large',
      'the close code is not frame-too-large',
    );
    await connection.expectClosed();
  }),
  registered('refuses reserved flags', async (connection) => {
    connection.write(spoilt((frame) => frame.writeUInt16BE(0x8000, 6)));
    await connection.expectClosed();
  }),
  registered('refuses a data frame without a body', async (connection) => {
    connection.write(spoilt((frame) => frame.writeUInt32BE(0, 12)).subarray(0, headerBytes));
    await connection.expectClosed();
  }),
  registered('reads frames that arrive byte by byte', async (connection) => {
    for (const byte of connection.session.encode({ name: 'RequestReadAccount', body: {} }, 10)) {
      connection.write(Uint8Array.of(byte));
    }
    await connection.expect('EventAccountRead', 10);
  }),
  registered('answers an unknown message with UnknownMessage and lives on', async (connection) => {
    connection.write(rawRequest(998, 10, Uint8Array.of(0xa0)));
    await connection.expectError('UnknownMessage', 10);
    await stillServes(connection);
  }),
  registered('drops an unknown message that nobody waits for', async (connection) => {
    connection.write(rawRequest(998, 0, Uint8Array.of(0xa0)));
    await stillServes(connection);
  }),
  registered(
    'answers a body that breaks the restrictions with MalformedBody and lives on',
    async (connection) => {
      for (const [index, [name, hex]] of bombs.entries()) {
        connection.write(rawRequest(40, 100 + index, Buffer.from(hex, 'hex')));
        const message = await connection.answer(100 + index);
        check(
          message.name === 'EventError' && message.body.error === 'MalformedBody',
          `${name} was accepted`,
        );
      }
      await stillServes(connection);
    },
  ),
  registered('answers a body of the wrong shape with MalformedBody', async (connection) => {
    connection.send('RequestReadObjects', { objectType: 'person' }, 10);
    await connection.expectError('MalformedBody', 10);
    await stillServes(connection);
  }),
  registered('refuses JSON bodies unless it was told to read them', async (connection) => {
    connection.write(rawRequest(40, 10, Buffer.from('{}'), jsonFlag));
    await connection.expectError('MalformedBody', 10);
  }),
  unregistered('ignores map members that it does not know', async (connection, subject) => {
    connection.send('RequestRegisterClient', { ...registration(subject), fromTheFuture: [1, 2, 3] }, 1);
    await connection.expect('EventClientRegistered', 1);
  }),
];
