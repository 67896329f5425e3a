/**
 * Where a running simulator takes what an operator asks for: a socket in the file system, which only the user who runs
 * the server may open. One request and one answer a connection, each a JSON text.
 */
import { lstat, rm } from 'node:fs/promises';
import net from 'node:net';
import type { Logger } from '@gatehouse/config-server-client/log';
import { RequestRefused } from '../server/request-refused.ts';
import type { Simulator } from '../simulator.ts';
import { type ControlAnswer, type ControlRequest, controlRequestSchema, perform } from './control-request.ts';

export interface ControlDoor {
  close(): Promise<void>;
}

const requestBytesMax = 16 * 1024;
const requestTimeoutMs = 5_000;
const ownerOnly = 0o177;

/** Errors: a sentence when the path cannot be used. */
export async function openControlDoor(path: string, simulator: Simulator, log: Logger): Promise<ControlDoor> {
  await removeLeftover(path);
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.setTimeout(requestTimeoutMs, () => socket.destroy());
    void serve(socket, simulator, log);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`--control ${path} cannot be used: ${error.message}`)));
    // Set while the socket is made, not afterwards: nobody else may open it even for a moment.
    const before = process.umask(ownerOnly);
    server.listen({ path }, resolve);
    process.umask(before);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A process that was killed leaves its socket behind. Errors: a sentence when the path is somebody else's. */
async function removeLeftover(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`--control ${path} is there already, and is no socket`);
  if (await isServed(path)) throw new Error(`--control ${path} belongs to another running server`);
  await rm(path);
}

function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function serve(socket: net.Socket, simulator: Simulator, log: Logger): Promise<void> {
  const text = await readAll(socket).catch(() => undefined);
  if (text === undefined) return;
  // From here on it is the server that takes its time, as a switchover does.
  socket.setTimeout(0);
  socket.end(JSON.stringify(await answerTo(text, simulator, log)));
}

/** Undefined for a text that is too long. */
async function readAll(socket: net.Socket): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not destroyed at its end: the answer has yet to go out.
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes <= requestBytesMax) continue;
    socket.destroy();
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function answerTo(text: string, simulator: Simulator, log: Logger): Promise<ControlAnswer> {
  const request = parseRequest(text);
  if (request === undefined) return { error: 'MalformedBody', message: 'no request that this server knows' };
  const { command } = request;
  const who = command === 'switchover' ? {} : { userName: request.userName };
  try {
    const answer = await perform(request, simulator);
    log.info({ command, ...who, outcome: 'ok' }, 'administration');
    return answer;
  } catch (error) {
    const refused = error instanceof RequestRefused ? error.code : 'InternalError';
    log.warn({ command, ...who, outcome: refused, error }, 'administration');
    return { error: refused, message: (error as Error).message };
  }
}

function parseRequest(text: string): ControlRequest | undefined {
  try {
    return controlRequestSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
