/** Sends audit events to a syslog receiver over TLS (RFC 5425), a connection for each batch, and waits until it has read them. */
import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { definedOnly } from '@gatehouse/contracts/values';
import type { DocumentWriter } from '../elasticsearch/bulk.ts';
import { frameOf, syslogMessage } from './syslog-message.ts';

export interface SyslogTarget {
  host: string;
  port: number;
  /** PEM; default: the authorities of the system. */
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  /** From the connection to the receiver's last word. */
  timeoutMs: number;
}

/**
 * Common receivers take no more: some cut a longer message off, others end the connection at it, each time it is sent. Metadata that
 * an administrator of one contact centre saves may make an event of 2 MiB.
 */
const maxMessageBytes = 65_536;

export function createSyslogWriter(target: SyslogTarget): DocumentWriter {
  return {
    doubt: () => undefined,
    async write(documents, signal) {
      const messages = documents.map((document) => ({ id: document.id, text: syslogMessage(document) }));
      const isLong = ({ text }: { text: string }) => text.length > maxMessageBytes;
      const frames = messages.filter((message) => !isLong(message)).map(({ text }) => frameOf(text));
      if (frames.length > 0) await sendWhole(frames.join(''), target, signal);
      const reason = `longer than ${maxMessageBytes} bytes`;
      return { refused: new Map(messages.filter(isLong).map(({ id }) => [id, reason])), again: new Map() };
    },
  };
}

/** At least so long the connection stays open behind a batch, so that a receiver which ends it for itself is noticed. */
const minOpenMs = 50;

/**
 * Syslog has no answer to a message. The end of the connection comes nearest: the receiver keeps it open while the batch
 * travels, and ends it when it has read our `close_notify` behind the batch (RFC 5425 section 4.4). A batch without that is sent again.
 * @throws Error that names the receiver
 */
function sendWhole(text: string, target: SyslogTarget, signal: AbortSignal | undefined): Promise<void> {
  const { host, port, timeoutMs } = target;
  const limit = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const failure = (reason: string, cause?: unknown) =>
    new Error(`${host}:${port} ${reason}`, cause === undefined ? undefined : { cause });
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const socket = connect(optionsOf(target));
    let hasClosed = false;
    let isRead = false;
    let closing: NodeJS.Timeout | undefined;
    const giveUp = () => socket.destroy(failure(`took no batch within ${timeoutMs} ms`));
    const end = () => {
      if (socket.readableEnded || socket.destroyed) return;
      hasClosed = true;
      socket.end();
    };
    limit.addEventListener('abort', giveUp, { once: true });
    socket.once('secureConnect', () => {
      const openMs = Math.max(minOpenMs, 2 * (performance.now() - startedMs));
      socket.write(text, () => {
        // The immediate lets an end that has arrived meanwhile be seen first.
        closing = setTimeout(() => setImmediate(end), openMs);
      });
    });
    socket.once('end', () => {
      isRead = hasClosed;
    });
    socket.once('error', (error: NodeJS.ErrnoException) => reject(failure(reasonOf(error), error)));
    socket.once('close', () => {
      clearTimeout(closing);
      limit.removeEventListener('abort', giveUp);
      if (isRead) resolve();
      // Does nothing after an error.
      else reject(failure('ended the connection before it had read the whole batch'));
    });
    // Bytes of a receiver mean nothing, but unread they would keep its end of the connection from us.
    socket.resume();
  });
}

function optionsOf({ host, port, ca, cert, key }: SyslogTarget): ConnectionOptions {
  return {
    host,
    port,
    minVersion: 'TLSv1.2',
    ...definedOnly({ ca, cert, key, servername: isIP(host) === 0 ? host : undefined }),
  };
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === undefined ? message : `cannot be reached (${code})`;
}
