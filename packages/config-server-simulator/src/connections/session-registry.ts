/** Lists all connections of the server, and counts them by address and by account. */
import type { Clock } from '@gatehouse/config-server-client/surroundings';
import { RequestRefused } from '../objects/request-refused.ts';
import type { ClientSession } from './client-session.ts';
import type { ServerLimits } from './limits.ts';

export class SessionRegistry {
  readonly #limits: ServerLimits;
  readonly #clock: Clock;
  readonly #sessions = new Set<ClientSession>();
  readonly #registrations = new Map<string, { secondMs: number; count: number }>();

  constructor(limits: ServerLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  get all(): ReadonlySet<ClientSession> {
    return this.#sessions;
  }

  /** Whether the limits allow one more connection from this address. */
  hasRoomFor(address: string): boolean {
    let fromAddress = 0;
    let unregistered = 0;
    for (const session of this.#sessions) {
      if (session.address === address) fromAddress += 1;
      if (session.identity === undefined) unregistered += 1;
    }
    return (
      fromAddress < this.#limits.connectionsPerAddress && unregistered < this.#limits.unregisteredConnections
    );
  }

  add(session: ClientSession): void {
    this.#sessions.add(session);
  }

  remove(session: ClientSession): void {
    this.#sessions.delete(session);
  }

  /** Registered sessions of the account. */
  countOf(personDbid: number): number {
    let count = 0;
    for (const session of this.#sessions) if (session.identity?.accountDbid === personDbid) count += 1;
    return count;
  }

  ofApplication(applicationDbid: number): ClientSession[] {
    return [...this.#sessions].filter((session) => session.identity?.applicationDbid === applicationDbid);
  }

  /** @throws RequestRefused Overloaded when the address registers more often than the limit allows */
  countRegistration(address: string): void {
    const nowMs = this.#clock.monotonicMs();
    const entry = this.#registrations.get(address);
    if (entry === undefined || nowMs - entry.secondMs >= 1_000) {
      if (this.#registrations.size > 1_000) this.#registrations.clear();
      this.#registrations.set(address, { secondMs: nowMs, count: 1 });
      return;
    }
    entry.count += 1;
    if (entry.count > this.#limits.registrationsPerSecondPerAddress) {
      throw new RequestRefused('Overloaded', 'too many registrations', {
        retryable: true,
        retryAfterMs: 1_000,
      });
    }
  }
}
