import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PersonFeed } from '../../src/changes/person-feed.ts';
import { Connection } from '../../src/connection/connection.ts';
import { silentLogger } from '../../src/surroundings/log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import type { ConfMessage, MessageBody } from '../../src/wire/message.ts';
import { headerBytes } from '../../src/wire/ocp/frame.ts';
import { createChannel, type TestChannel } from '../connection/test-channel.ts';

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('change' as const) },
  { weight: 4, arbitrary: fc.constant('answer' as const) },
  { weight: 1, arbitrary: fc.constant('spoilt change' as const) },
  { weight: 1, arbitrary: fc.constant('spoilt answer' as const) },
  { weight: 1, arbitrary: fc.constant('busy answer' as const) },
  { weight: 1, arbitrary: fc.constant('loss' as const) },
  { weight: 2, arbitrary: fc.constant('connection' as const) },
  { weight: 1, arbitrary: fc.constant('expiry' as const) },
  { weight: 1, arbitrary: fc.constant('wait' as const) },
);

/** One server whose every answer, loss and forgetting the test decides. */
class World {
  readonly clock = new ManualClock();
  readonly feed = new PersonFeed({
    clock: this.clock,
    log: silentLogger,
    random: () => 0.5,
    resyncSpreadMs: 5_000,
  });
  readonly told: number[] = [];
  readonly violations: string[] = [];
  /** Changes since the first subscription that were neither reported nor covered by a resync. */
  readonly open = new Set<number>();
  #lastId = 0;
  #oldestKept = 1;
  #server: TestChannel | undefined;
  #answered = 0;
  #isSubscribed = false;
  #wasSubscribed = false;

  constructor() {
    this.feed.subscribe((change) => {
      if (change.kind === 'resync') {
        this.open.clear();
      } else {
        const { historyId } = change as { historyId: number };
        if (historyId <= (this.told.at(-1) ?? 0))
          this.violations.push(`${historyId} after ${this.told.at(-1)}`);
        this.told.push(historyId);
        this.open.delete(historyId);
      }
    });
  }

  change(isSpoilt: boolean): void {
    this.#lastId += 1;
    // A listener reads everything after it subscribes, and so sees earlier changes.
    if (this.#wasSubscribed) this.open.add(this.#lastId);
    if (this.#server === undefined || !this.#isSubscribed) return;
    const bytes = this.#server.bytesOf(renamed(this.#lastId), 0);
    if (isSpoilt) bytes[headerBytes] = 0xff;
    this.#server.sayBytes(bytes);
  }

  connect(): void {
    if (this.#server !== undefined) return;
    const server = createChannel({ clock: this.clock });
    const { channel } = server;
    const registered = { historyLog: 'log' } as MessageBody<'EventClientRegistered'>;
    const connection = new Connection({ host: 'test', port: 1 }, channel, registered);
    channel.onNotification = (message, bytes) => this.feed.receive(connection, message, bytes);
    channel.onUnreadableNotification = (name) => this.feed.receiveUnreadable(connection, name);
    this.#server = server;
    this.#answered = 0;
    this.#isSubscribed = false;
    this.feed.attach(connection);
  }

  lose(): void {
    this.#server?.socket.destroy();
    this.#server = undefined;
  }

  expire(): void {
    this.#oldestKept = this.#lastId + 1;
  }

  /** The next request that waits gets its answer; false when none does. */
  answer(how: 'well' | 'spoilt' | 'busy'): boolean {
    const request = this.#server?.requests[this.#answered];
    if (request === undefined || this.#server === undefined) return false;
    this.#answered += 1;
    const server = this.#server;
    const say = (message: ConfMessage) => {
      const bytes = server.bytesOf(message, request.refId);
      if (how === 'spoilt') bytes[headerBytes] = 0xff;
      server.sayBytes(bytes);
    };
    if (how === 'busy') say(refusal('Overloaded', true));
    else if (request.name === 'RequestRegisterNotification') {
      this.#isSubscribed = true;
      this.#wasSubscribed = true;
      say({ name: 'EventNotificationRegistered', body: { historyId: this.#lastId } });
    } else if (request.name === 'RequestHistoryLog') {
      const { sinceHistoryId } = request.body;
      if (sinceHistoryId + 1 < this.#oldestKept) {
        say(refusal('HistoryExpired', false));
      } else {
        const ids = Array.from(
          { length: this.#lastId - sinceHistoryId },
          (_, index) => sinceHistoryId + 1 + index,
        );
        const changes = ids.map((id) => ({ kind: 'updated' as const, ...updateOf(id) }));
        if (changes.length > 0) say({ name: 'EventHistoryLog', body: { changes } });
        say({ name: 'EventHistoryLogSent', body: { historyId: this.#lastId } });
      }
    }
    return true;
  }
}

function updateOf(historyId: number) {
  return { objectType: 3, dbid: 101, delta: { set: { lastName: `Name ${historyId}` } }, historyId };
}

function renamed(historyId: number): ConfMessage {
  return { name: 'EventObjectUpdated', body: updateOf(historyId) };
}

function refusal(error: string, retryable: boolean): ConfMessage {
  return { name: 'EventError', body: { error, description: 'no', retryable } };
}

describe('person feed, in any history', () => {
  it('tells every change in order and once, or says resync after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const world = new World();
        for (const action of steps) {
          if (action === 'change' || action === 'spoilt change') world.change(action === 'spoilt change');
          if (action === 'answer') world.answer('well');
          if (action === 'spoilt answer') world.answer('spoilt');
          if (action === 'busy answer') world.answer('busy');
          if (action === 'loss') world.lose();
          if (action === 'connection') world.connect();
          if (action === 'expiry') world.expire();
          await world.clock.advance(action === 'wait' ? 3_000 : 0);
        }
        world.connect();
        for (let round = 0; round < 60; round += 1) {
          await world.clock.advance(0);
          if (!world.answer('well')) await world.clock.advance(1_000);
        }
        expect(world.violations).toEqual([]);
        expect([...world.open]).toEqual([]);
        world.feed.close();
        world.lose();
        await world.clock.advance(0);
        expect(world.clock.pendingTimers).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
