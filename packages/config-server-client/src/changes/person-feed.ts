/**
 * Person changes without gaps: after every (re)connection it registers first, holds new events back, asks the history
 * for what happened meanwhile, then lets the held events follow. What cannot be recovered becomes `resync`.
 */
import type { PersonChange, PersonListener } from '../backend.ts';
import { type Clock, pause } from '../clock.ts';
import { expectOne, expectPages } from '../connection/answers.ts';
import type { Connection } from '../connection/open-connection.ts';
import { isConfigServerError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { CfgObjectType } from '../model/enumerations.ts';
import type { ConfMessage, MessageBody } from '../wire/message.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { toPersonChange } from './person-change.ts';

export interface PersonFeedOptions {
  clock: Clock;
  log: Logger;
  requestTimeoutMs?: number;
  /** Pause before another try when registering failed on a living connection. */
  retryPauseMs?: number;
}

/** Up to where this feed knows the history, and of which log. */
interface Position {
  historyLog: string;
  historyId: number;
}

const heldBytesMax = 4 * 1024 * 1024;
/** A change out of a history page counts as so much in the queue's account. */
const assumedChangeBytes = 256;

export class PersonFeed {
  readonly #options: PersonFeedOptions;
  readonly #listeners = new Set<PersonListener>();
  readonly #queue: DeliveryQueue<PersonChange>;
  #connection: Connection | undefined;
  #position: Position | undefined;
  #held: { change: PersonChange; bytes: number }[] | undefined;
  #heldBytes = 0;
  #heldOverflow = false;
  #generation = 0;

  constructor(options: PersonFeedOptions) {
    this.#options = options;
    this.#queue = new DeliveryQueue({
      deliver: (change) => this.#deliver(change),
      onPressure: (isHigh) => {
        if (isHigh) this.#connection?.channel.pauseReading();
        else this.#connection?.channel.resumeReading();
      },
    });
  }

  subscribe(listener: PersonListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1 && this.#connection !== undefined) void this.#follow(this.#connection);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** Takes over a newly opened connection. */
  attach(connection: Connection): void {
    this.#connection = connection;
    if (this.#listeners.size > 0) void this.#follow(connection);
  }

  /** Every unsolicited message of the attached connection; those that are no person changes are left alone. */
  receive(connection: Connection, message: ConfMessage, bytes: number): void {
    if (connection !== this.#connection || this.#listeners.size === 0) return;
    const change = toPersonChange(message, this.#options.log);
    if (change !== undefined) this.#accept(change, bytes);
  }

  close(): void {
    this.#listeners.clear();
    this.#stop();
    this.#connection = undefined;
  }

  #stop(): void {
    this.#generation += 1;
    this.#queue.clear();
    this.#held = undefined;
    this.#position = undefined;
    const { channel } = this.#connection ?? {};
    if (channel === undefined || !channel.isOpen) return;
    channel
      .exchange(
        { name: 'RequestUnregisterNotification', body: {} },
        expectOne('EventNotificationUnregistered'),
        this.#limits(),
      )
      .catch((error: unknown) => this.#options.log.debug({ error }, 'unregistering from changes failed'));
  }

  async #follow(connection: Connection): Promise<void> {
    const generation = ++this.#generation;
    while (generation === this.#generation && connection.channel.isOpen) {
      this.#held = [];
      this.#heldBytes = 0;
      this.#heldOverflow = false;
      try {
        await this.#synchronise(connection, generation);
        return;
      } catch (error) {
        if (!connection.channel.isOpen) return;
        this.#options.log.warn({ error }, 'following person changes failed, trying again');
        await pause(this.#options.clock, this.#options.retryPauseMs ?? 1_000);
      }
    }
  }

  async #synchronise(connection: Connection, generation: number): Promise<void> {
    const { channel, registered } = connection;
    const { historyId } = await channel.exchange(
      {
        name: 'RequestRegisterNotification',
        body: { subscriptions: [{ objectType: CfgObjectType.person }] },
      },
      expectOne('EventNotificationRegistered'),
      this.#limits(),
    );
    const missed = await this.#missedChanges(connection);
    if (generation !== this.#generation) return;
    const held = this.#held ?? [];
    this.#held = undefined;
    const isGap = missed === 'unknown' || this.#heldOverflow;
    if (isGap || missed === 'none-before') {
      this.#position = { historyLog: registered.historyLog, historyId };
      if (isGap) this.#queue.push({ kind: 'resync' }, 0);
    } else {
      for (const change of missed) this.#accept(change, assumedChangeBytes);
    }
    for (const { change, bytes } of held) this.#accept(change, bytes);
  }

  /** `none-before`: this feed starts here, so nothing can be missing. `unknown`: the history cannot tell. */
  async #missedChanges({
    channel,
    registered,
  }: Connection): Promise<PersonChange[] | 'none-before' | 'unknown'> {
    if (this.#position === undefined) return 'none-before';
    if (this.#position.historyLog !== registered.historyLog) return 'unknown';
    try {
      const { pages } = await channel.exchange(
        {
          name: 'RequestHistoryLog',
          body: { historyLog: this.#position.historyLog, sinceHistoryId: this.#position.historyId },
        },
        expectPages('EventHistoryLog', 'EventHistoryLogSent'),
        this.#limits(),
      );
      return pages.flatMap((page) => this.#toChanges(page));
    } catch (error) {
      if (isConfigServerError(error, 'HistoryExpired', 'Unsupported')) return 'unknown';
      throw error;
    }
  }

  #toChanges(page: MessageBody<'EventHistoryLog'>): PersonChange[] {
    const names = {
      created: 'EventObjectCreated',
      updated: 'EventObjectUpdated',
      deleted: 'EventObjectDeleted',
    } as const;
    return page.changes.flatMap(({ kind, ...body }) => {
      const change = toPersonChange({ name: names[kind], body } as ConfMessage, this.#options.log);
      return change === undefined ? [] : [change];
    });
  }

  /** Every change passes here exactly once, in order; repeats are recognised by their history id. */
  #accept(change: PersonChange, bytes: number): void {
    if (this.#held !== undefined) {
      this.#hold(change, bytes);
      return;
    }
    if (change.kind !== 'resync') {
      if (this.#position === undefined || change.historyId <= this.#position.historyId) return;
      this.#position.historyId = change.historyId;
    }
    this.#queue.push(change, bytes);
  }

  /** While synchronising nothing may stop the reading, since the answer comes on the same connection. */
  #hold(change: PersonChange, bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > heldBytesMax) {
      this.#heldOverflow = true;
      this.#held = [];
      this.#heldBytes = 0;
    } else {
      this.#held?.push({ change, bytes });
    }
  }

  #deliver(change: PersonChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#options.log.error({ error, kind: change.kind }, 'a listener for person changes failed');
      }
    }
  }

  #limits() {
    const timeoutMs = this.#options.requestTimeoutMs ?? 10_000;
    return { deadlineAtMs: this.#options.clock.monotonicMs() + timeoutMs * 6, betweenAnswersMs: timeoutMs };
  }
}
