/** Pretends to be an LDAP server that does what no honest one does. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import type { Identity } from '@gatehouse/testing/keys';
import { onTestFinished } from 'vitest';
import { operations } from '../src/wire/answers.ts';
import { Elements, tags } from '../src/wire/ber.ts';
import { FrameReader } from '../src/wire/frames.ts';
import { resultCodes } from '../src/wire/results.ts';

export interface Request {
  messageId: number;
  /** Application tag. */
  operation: number;
  /** The whole message. */
  bytes: Buffer;
  socket: Socket;
  answer(bytes: Buffer): void;
}

export const requests = { bind: 0x60, search: 0x63, extended: 0x77, abandon: 0x50 } as const;

/** Answers every bind with success and every search with `found`, unless `answer` takes the request. */
export async function pretendServer(
  answer: (request: Request) => 'taken' | undefined,
  found: (messageId: number) => Buffer = () => Buffer.alloc(0),
  /** Given: `ldaps`. */
  identity?: Identity,
) {
  const sockets = new Set<Socket>();
  const seen: number[] = [];
  const received: Buffer[] = [];
  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const frames = new FrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const message of frames.read(chunk)) receive(socket, message);
      } catch {
        // A TLS hello, where StartTLS was agreed.
      }
    });
  };
  const server = identity === undefined ? createServer(accept) : tls.createServer(identity, accept);
  const receive = (socket: Socket, message: Buffer) => {
    const envelope = new Elements(message).inside(tags.sequence);
    const messageId = envelope.integer(tags.integer);
    const operation = envelope.tag ?? 0;
    seen.push(operation);
    received.push(message);
    const answerWith = (bytes: Buffer) => socket.write(bytes);
    const request: Request = { messageId, operation, bytes: message, socket, answer: answerWith };
    if (answer(request) === 'taken') return;
    if (operation === requests.bind) request.answer(result(messageId, operations.bind));
    if (operation === requests.search)
      request.answer(Buffer.concat([found(messageId), result(messageId, operations.searchDone)]));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    /** Keeps its connections, and takes no others. */
    stopListening: () => server.close(),
    /** Operations in the order in which they came. */
    seen,
    connections: () => sockets.size,
    /** All requests. */
    bytes: () => Buffer.concat(received),
  };
}

export function der(tag: number, ...contents: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(contents.map((one) => Buffer.from(one as string)));
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([Buffer.of(tag, 0x84), length, content]);
}

export function message(messageId: number, ...elements: Buffer[]): Buffer {
  const id = Buffer.alloc(4);
  id.writeInt32BE(messageId);
  return der(tags.sequence, der(tags.integer, id), ...elements);
}

export function result(
  messageId: number,
  operation: number,
  code: number = resultCodes.success,
  ...more: Buffer[]
): Buffer {
  const parts = [der(tags.enumerated, Buffer.of(code)), der(4, ''), der(4, ''), ...more];
  return message(messageId, der(operation, ...parts));
}

export function entry(
  messageId: number,
  dn: string,
  attributes: Record<string, (string | Buffer)[]>,
): Buffer {
  const list = Object.entries(attributes).map(([name, values]) =>
    der(tags.sequence, der(4, name), der(tags.set, ...values.map((value) => der(4, value)))),
  );
  return message(messageId, der(operations.entry, der(4, dn), der(tags.sequence, ...list)));
}

export const anna = (messageId: number) =>
  entry(messageId, 'uid=anna,ou=people,dc=example,dc=test', {
    entryUUID: ['5f0c6f52-0000-4000-8000-00000000aaaa'],
    uid: ['anna'],
  });
