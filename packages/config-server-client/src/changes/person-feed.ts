/**
 * Reports person changes without gaps. After every connection it subscribes, holds new events back, reads the missed
 * changes from the history, and then delivers the held events. Changes that cannot be recovered become `resync`, after a
 * random pause: a server that lost its history tells all clients at the same moment, and each of them reads everything.
 */
import { CfgObjectType, type PersonChange, type PersonListener } from '@gatehouse/people-directory';
import { expectOne } from '../connection/answers.ts';
import type { Connection } from '../connection/connection.ts';
import { type Clock, pause, type Timer } from '../surroundings/clock.ts';
import { type Logger, SparseWarning } from '../surroundings/log.ts';
import type { ConfMessage, MessageName } from '../wire/message.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { isChangeEvent, toPersonChange } from './person-change.ts';
import { type Position, readHistory } from './read-history.ts';

export interface PersonFeedOptions {
  clock: Clock;
  log: Logger;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Upper end of the random pause before `resync`. */
  resyncSpreadMs: number;
  requestTimeoutMs?: number;
  /** Pause after a failed subscription on an open connection; doubles with every further one. */
  retryPauseMs?: number;
}

const maxHeldBytes = 16 * 1024 * 1024;
const maxRetryPauseMs = 30_000;
/** Size of a change from a history page, as the queue counts it. */
const assumedChangeBytes = 256;

export class PersonFeed {
  readonly #options: PersonFeedOptions;
  readonly #listeners = new Set<PersonListener>();
  readonly #queue: DeliveryQueue<PersonChange>;
  #connection: Connection | undefined;
  #position: Position | undefined;
  /** Listeners rely on changes since the first try, whether it succeeded or not. */
  #hasBegun = false;
  #held: { change: PersonChange; bytes: number }[] | undefined;
  #heldBytes = 0;
  /** Runs while a gap is not reported yet. */
  #resync: Timer | undefined;
  #following = new AbortController();
  readonly #unreadable: SparseWarning;

  constructor(options: PersonFeedOptions) {
    this.#options = options;
    this.#unreadable = new SparseWarning(options.clock, options.log, 'unreadable person in a change');
    this.#queue = new DeliveryQueue({
      deliver: (change) => this.#deliver(change),
      onPressure: () => this.#applyPressure(),
    });
  }

  subscribe(listener: PersonListener): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1 && this.#connection !== undefined) this.#follow(this.#connection);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  /** Takes over a newly opened connection. */
  attach(connection: Connection): void {
    // The former connection may carry answers to calls that finish there.
    this.#connection?.channel.resumeReading();
    this.#connection = connection;
    if (this.#listeners.size > 0) this.#follow(connection);
  }

  /** Takes every unsolicited message of the attached connection and ignores those that are no person changes. */
  receive(connection: Connection, message: ConfMessage, bytes: number): void {
    if (!this.#listensTo(connection)) return;
    const change = toPersonChange(message, this.#unreadable);
    if (change !== undefined) this.#accept(change, bytes);
  }

  /** As `receive`, for a message that cannot be read: it may concern any person. */
  receiveUnreadable(connection: Connection, name: MessageName): void {
    if (this.#listensTo(connection) && isChangeEvent(name)) this.#oweResync();
  }

  close(): void {
    this.#listeners.clear();
    this.#stop();
    this.#connection = undefined;
  }

  #listensTo(connection: Connection): boolean {
    return connection === this.#connection && this.#listeners.size > 0;
  }

  #stop(): void {
    this.#following.abort();
    this.#resync?.cancel();
    this.#resync = undefined;
    this.#held = undefined;
    this.#position = undefined;
    this.#hasBegun = false;
    this.#queue.clear();
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

  #follow(connection: Connection): void {
    this.#following.abort();
    this.#following = new AbortController();
    void this.#keepTrying(connection, this.#following.signal);
  }

  async #keepTrying(connection: Connection, signal: AbortSignal): Promise<void> {
    const { clock, log, retryPauseMs = 1_000 } = this.#options;
    let pauseMs = retryPauseMs;
    while (connection.channel.isOpen && !signal.aborted) {
      this.#held = [];
      this.#heldBytes = 0;
      try {
        await this.#synchronise(connection, signal);
        return;
      } catch (error) {
        if (signal.aborted || !connection.channel.isOpen) return;
        log.warn({ error, pauseMs }, 'following person changes failed, trying again');
        await pause(clock, pauseMs, signal);
        pauseMs = Math.min(pauseMs * 2, maxRetryPauseMs);
      }
    }
  }

  async #synchronise(connection: Connection, signal: AbortSignal): Promise<void> {
    const { channel, registered } = connection;
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    const { historyId } = await channel.exchange(
      {
        name: 'RequestRegisterNotification',
        body: { subscriptions: [{ objectType: CfgObjectType.person }] },
      },
      expectOne('EventNotificationRegistered'),
      this.#limits(signal),
    );
    const missed = isFirst ? 'none-before' : await this.#missedChanges(connection, historyId, signal);
    if (signal.aborted) return;
    const held = this.#held ?? [];
    this.#held = undefined;
    if (Array.isArray(missed)) for (const change of missed) this.#accept(change, assumedChangeBytes);
    else this.#position = { historyLog: registered.historyLog, historyId };
    if (missed === 'unknown') this.#oweResync();
    for (const { change, bytes } of held) this.#accept(change, bytes);
    this.#applyPressure();
  }

  async #missedChanges(
    { channel, registered }: Connection,
    serversHistoryId: number,
    signal: AbortSignal,
  ): Promise<PersonChange[] | 'unknown'> {
    if (this.#position?.historyLog !== registered.historyLog) return 'unknown';
    // The server lost changes that it has reported, and will use their ids again.
    if (this.#position.historyId > serversHistoryId) return 'unknown';
    return readHistory(channel, this.#position, this.#limits(signal), this.#unreadable);
  }

  /** Every change passes here in order. Its history id shows repetitions. */
  #accept(change: PersonChange, bytes: number): void {
    if (change.kind === 'resync') {
      this.#oweResync();
    } else if (this.#held !== undefined) {
      this.#hold(change, bytes);
    } else if (this.#position !== undefined && change.historyId > this.#position.historyId) {
      this.#position.historyId = change.historyId;
      this.#queue.push(change, bytes);
    }
  }

  /** Many gaps need one `resync`. The loss of the connection does not cancel it. */
  #oweResync(): void {
    const { clock, random, resyncSpreadMs } = this.#options;
    this.#resync ??= clock.setTimer(random() * resyncSpreadMs, () => {
      this.#resync = undefined;
      this.#queue.push({ kind: 'resync' }, 0);
    });
  }

  /** Synchronising needs answers on the same connection, so it must not pause reading. */
  #hold(change: PersonChange, bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > maxHeldBytes) {
      this.#oweResync();
      this.#held = [];
      this.#heldBytes = 0;
    } else {
      this.#held?.push({ change, bytes });
    }
  }

  /** Pauses reading while the queue is full, except while synchronising. */
  #applyPressure(): void {
    if (this.#held !== undefined) return;
    if (this.#queue.isHigh) this.#connection?.channel.pauseReading();
    else this.#connection?.channel.resumeReading();
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

  #limits(signal?: AbortSignal) {
    const timeoutMs = this.#options.requestTimeoutMs ?? 10_000;
    const deadlineAtMs = this.#options.clock.monotonicMs() + timeoutMs * 6;
    return { deadlineAtMs, betweenAnswersMs: timeoutMs, signal };
  }
}
