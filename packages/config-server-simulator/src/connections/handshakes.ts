/** Limits connections during their TLS handshake in number and time: each of them costs memory and a key exchange. */
import type net from 'node:net';
import type { Clock, Timer } from '@gatehouse/config-server-client/surroundings';
import type { ServerLimits } from './limits.ts';

export class Handshakes {
  readonly #limits: ServerLimits;
  readonly #clock: Clock;
  /** By address and port: the encrypted socket is another object than the plain one. */
  readonly #running = new Map<string, { address: string; timer: Timer }>();

  constructor(limits: ServerLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Counts the connection until `end` or its close, and closes it after the time limit. False when there is no room. */
  begin(socket: net.Socket): boolean {
    const address = socket.remoteAddress ?? 'unknown';
    let fromAddress = 0;
    for (const other of this.#running.values()) if (other.address === address) fromAddress += 1;
    const { connectionsPerAddress, unregisteredConnections, registerTimeoutMs } = this.#limits;
    if (fromAddress >= connectionsPerAddress || this.#running.size >= unregisteredConnections) return false;
    const name = nameOf(socket);
    const timer = this.#clock.setTimer(registerTimeoutMs, () => socket.destroy());
    this.#running.set(name, { address, timer });
    socket.once('close', () => this.#remove(name));
    return true;
  }

  /** The handshake is complete: the connection counts as a session. */
  end(socket: net.Socket): void {
    this.#remove(nameOf(socket));
  }

  #remove(name: string): void {
    this.#running.get(name)?.timer.cancel();
    this.#running.delete(name);
  }
}

function nameOf({ remoteAddress, remotePort }: net.Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
