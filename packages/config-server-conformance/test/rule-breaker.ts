/** A server that breaks one rule: stands before the simulator and changes single frames on their way. */
import net from 'node:net';
import {
  type ConfMessage,
  defaultWireLimits,
  headerBytes,
  ocpWire,
  type WireEvent,
} from '@gatehouse/config-server-client/wire';
import { onTestFinished } from 'vitest';

export interface Breach {
  /** Sees the first bytes of a client; a reply is sent in place of serving it. */
  onRawRequest?: (bytes: Buffer) => { reply: Uint8Array } | undefined;
  /** May change a request's frame before the simulator sees it. */
  onRequestFrame?: (frame: Buffer) => unknown;
  /** The end of the simulator's side is hidden from the client. */
  keepsOpen?: boolean;
  /** Another answer in place of this one. */
  onAnswer?: (message: ConfMessage, refId: number) => ConfMessage | undefined;
  onReferenceId?: (refId: number) => number;
  /** Another frame, none, or the end of the connection. */
  onFrame?: (frame: WireEvent) => WireEvent | 'drop' | 'end' | undefined;
}

/** Its port; ends with the test. */
export async function startRuleBreaker(simulatorPort: number, breach: Breach): Promise<number> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect({ host: '127.0.0.1', port: simulatorPort });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    if (breach.keepsOpen !== true) upstream.on('close', () => client.end());
    forwardRequests(client, upstream, breach);
    forwardAnswers(upstream, client, breach);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

function forwardRequests(client: net.Socket, upstream: net.Socket, { onRawRequest, onRequestFrame }: Breach) {
  client.on('data', (chunk) => {
    const raw = onRawRequest?.(chunk);
    if (raw !== undefined) {
      client.end(raw.reply);
      return;
    }
    // The frames that breaches change are written in one piece each.
    if (onRequestFrame !== undefined && chunk.length >= headerBytes) onRequestFrame(chunk);
    upstream.write(chunk);
  });
}

function forwardAnswers(upstream: net.Socket, client: net.Socket, breach: Breach) {
  const session = ocpWire().createSession('client', defaultWireLimits);
  upstream.on('data', (chunk) => {
    for (const event of session.receive(chunk)) {
      const broken = breakFrame(event, breach);
      if (broken === 'drop') continue;
      if (broken === 'end') {
        client.end();
        return;
      }
      client.write(encodeEvent(broken));
    }
  });

  function encodeEvent(event: WireEvent): Uint8Array {
    switch (event.kind) {
      case 'message':
        return session.encode(event.message, event.refId);
      case 'ping':
        return session.encodePing(event.nonce);
      case 'pong':
        return session.encodePong(event.nonce);
      case 'close':
        return session.encodeClose(event.code, event.text);
      default:
        throw new Error(`the simulator sent what cannot be read: ${event.kind}`);
    }
  }
}

function breakFrame(
  event: WireEvent,
  { onAnswer, onReferenceId, onFrame }: Breach,
): WireEvent | 'drop' | 'end' {
  const changed = onFrame?.(event);
  if (changed !== undefined) return changed;
  if (event.kind !== 'message') return event;
  const message = onAnswer?.(event.message, event.refId) ?? event.message;
  return { ...event, message, refId: onReferenceId?.(event.refId) ?? event.refId };
}
