/** A syslog receiver over TLS for tests: it reads frames (RFC 5425) and messages (RFC 5424) as strictly as the standards are written. */
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';

/** `read`: everything. The others lose what they have read: they end without it, reset in the middle, or never end. */
export type Mood = 'read' | 'end-at-once' | 'reset' | 'hang';

export interface SyslogMessage {
  priority: number;
  at: string;
  host: string;
  app: string;
  procId: string;
  messageId: string;
  text: string;
}

export async function startSyslogReceiver(tls: TlsOptions) {
  const messages: SyslogMessage[] = [];
  const problems: Error[] = [];
  const sockets = new Set<TLSSocket>();
  const state = { mood: 'read' as Mood, connections: 0 };
  const server = createServer({ ...tls, minVersion: 'TLSv1.2' }, (socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    const { mood } = state;
    if (mood === 'end-at-once') {
      socket.end();
      return;
    }
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (mood === 'reset') socket.destroy();
      if (mood === 'hang') socket.pause();
    });
    // Node answers close_notify by itself when the other side has ended.
    socket.on('end', () => {
      if (mood !== 'read') return;
      try {
        messages.push(...readFrames(Buffer.concat(chunks)).map(parseMessage));
      } catch (error) {
        problems.push(error as Error);
      }
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    /** What broke a rule of the standards. */
    problems,
    state,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** RFC 5425 section 4.3: MSG-LEN SP SYSLOG-MSG, without anything between the frames. */
export function readFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [, digits = ''] = /^([1-9]\d*) /.exec(bytes.subarray(at, at + 12).toString('latin1')) ?? [];
    if (digits === '') throw new Error(`no frame at ${at}`);
    const from = at + digits.length + 1;
    const to = from + Number(digits);
    if (to > bytes.length) throw new Error('the last frame is cut off');
    frames.push(bytes.subarray(from, to));
    at = to;
  }
  return frames;
}

const printable = (max: number) => `-|[\\x21-\\x7e]{1,${max}}`;
/** RFC 5424 section 6, for messages without structured data. */
const grammar = new RegExp(
  `^<(\\d{1,3})>1 (\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{1,6}Z) (${printable(255)}) (${printable(48)}) (${printable(128)}) (${printable(32)}) - (.*)$`,
);

export function parseMessage(bytes: Buffer): SyslogMessage {
  const text = bytes.toString('latin1');
  const [, priority, at = '', host = '', app = '', procId = '', messageId = '', message = ''] =
    grammar.exec(text) ?? [];
  if (priority === undefined || Number(priority) > 191)
    throw new Error(`no RFC 5424 message: ${text.slice(0, 80)}`);
  // Text in UTF-8 begins with a byte order mark (section 6.4), so one without has ASCII only.
  if (/[^\x20-\x7e]/.test(message)) throw new Error('the message has characters that need a byte order mark');
  return { priority: Number(priority), at, host, app, procId, messageId, text: message };
}
