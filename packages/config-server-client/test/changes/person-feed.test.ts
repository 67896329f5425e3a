import { ConfigServerError, type PersonChange } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { PersonFeed } from '../../src/changes/person-feed.ts';
import { Connection } from '../../src/connection/connection.ts';
import { silentLogger } from '../../src/surroundings/log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import type { ConfMessage, MessageBody } from '../../src/wire/message.ts';
import { createChannel } from '../connection/test-channel.ts';

const closing = new ConfigServerError('ClientClosed', 'closed');

function createFeed(random = () => 0) {
  const clock = new ManualClock();
  const feed = new PersonFeed({ clock, log: silentLogger, random, resyncSpreadMs: 5_000 });
  const changes: PersonChange[] = [];
  const connect = () => {
    const test = createChannel({ clock });
    const { channel } = test;
    const registered = { historyLog: 'log' } as MessageBody<'EventClientRegistered'>;
    const connection = new Connection({ host: 'test', port: 1 }, channel, registered);
    channel.onNotification = (message, bytes) => feed.receive(connection, message, bytes);
    channel.onUnreadableNotification = (name) => feed.receiveUnreadable(connection, name);
    return { ...test, connection };
  };
  /** A connection whose server takes the subscription, and stands at this id. */
  const follow = async (historyId: number) => {
    const server = connect();
    feed.attach(server.connection);
    await clock.advance(0);
    server.say(registered(historyId), 1);
    await clock.advance(0);
    return server;
  };
  const names = ({ requests }: ReturnType<typeof connect>) => requests.map(({ name }) => name);
  return {
    clock,
    feed,
    changes,
    connect,
    follow,
    names,
    listen: () => feed.subscribe((change) => changes.push(change)),
  };
}

const registered = (historyId: number): ConfMessage => ({
  name: 'EventNotificationRegistered',
  body: { historyId },
});
const renamed = (historyId: number): ConfMessage => ({
  name: 'EventObjectUpdated',
  body: { objectType: 3, dbid: 101, delta: { set: { lastName: `Name ${historyId}` } }, historyId },
});
const refused = (error: string, retryable: boolean): ConfMessage => ({
  name: 'EventError',
  body: { error, description: 'no', retryable },
});

describe('person feed', () => {
  it('lets a full queue hold back whichever connection fills it, never the one that was replaced', async () => {
    const { clock, feed, changes, connect, listen } = createFeed();
    listen();
    const first = connect();
    feed.attach(first.connection);
    await clock.advance(0);
    first.say(registered(0), 1);
    const flood = Array.from({ length: 15_000 }, (_, index) => first.bytesOf(renamed(index + 1), 0));
    first.sayBytes(Buffer.concat(flood));
    while (!first.socket.isPaused()) await new Promise((resolve) => setImmediate(resolve));
    const second = connect();
    feed.attach(second.connection);
    expect(first.socket.isPaused()).toBe(false);
    // While it synchronises nothing may hold back the answers it waits for.
    expect(second.socket.isPaused()).toBe(false);
    while (second.requests.length < 1) await new Promise((resolve) => setImmediate(resolve));
    second.say(registered(15_000), 1);
    while (second.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const [, question] = second.requests as { body: MessageBody<'RequestHistoryLog'> }[];
    const sinceHistoryId = question?.body.sinceHistoryId ?? 0;
    const missed = Array.from({ length: 15_000 - sinceHistoryId }, (_, index) => {
      const { body } = renamed(sinceHistoryId + index + 1);
      return { kind: 'updated', ...body };
    });
    for (let from = 0; from < missed.length; from += 1_000) {
      const changes = missed.slice(from, from + 1_000);
      second.say({ name: 'EventHistoryLog', body: { changes } } as ConfMessage, 2);
    }
    second.say({ name: 'EventHistoryLogSent', body: { historyId: 15_000 } }, 2);
    while (!second.socket.isPaused()) await new Promise((resolve) => setImmediate(resolve));
    expect(changes.length).toBeLessThan(15_000);
    while (changes.length < 15_000) await new Promise((resolve) => setImmediate(resolve));
    expect(second.socket.isPaused()).toBe(false);
    for (const { channel } of [first, second]) channel.close('normal', closing);
  });

  it('tries again in ever longer pauses while it is refused, and says resync when it is let in at last', async () => {
    const { clock, feed, changes, connect, names, listen } = createFeed();
    listen();
    const server = connect();
    feed.attach(server.connection);
    for (let refId = 1; refId <= 8; refId += 1) {
      await clock.advance(0);
      expect(server.requests).toHaveLength(refId);
      server.say(refused('Overloaded', true), refId);
      await clock.advance(refId < 6 ? 2 ** (refId - 1) * 1_000 - 1 : 29_999);
      expect(server.requests).toHaveLength(refId);
      await clock.advance(1);
    }
    server.say(registered(5), 9);
    await clock.advance(0);
    expect(changes).toEqual([{ kind: 'resync' }]);
    server.say(renamed(6), 0);
    await clock.advance(0);
    expect(changes).toHaveLength(2);
    expect(new Set(names(server))).toEqual(new Set(['RequestRegisterNotification']));
    server.channel.close('normal', closing);
  });

  it.each(['MalformedBody', 'InternalError', 'AccessDenied', 'Unsupported', 'HistoryExpired'])(
    'asks for a history once when the server says %s, and says resync',
    async (error) => {
      const { clock, changes, follow, names, listen } = createFeed();
      listen();
      const first = await follow(1);
      const second = await follow(7);
      second.say(refused(error, false), 2);
      await clock.advance(600_000);
      expect(changes).toEqual([{ kind: 'resync' }]);
      expect(names(second)).toEqual(['RequestRegisterNotification', 'RequestHistoryLog']);
      for (const { channel } of [first, second]) channel.close('normal', closing);
    },
  );

  // attack: changes without end while the missed ones are read | CWE-770 | guard: packages/config-server-client/src/changes/person-feed.ts
  it('holds back only so much while it reads what it missed, and says resync for the rest', async () => {
    const { clock, changes, follow, listen } = createFeed();
    listen();
    const first = await follow(1);
    const second = await follow(1);
    const comment = 'x'.repeat(900_000);
    for (let historyId = 2; historyId <= 21; historyId += 1) {
      second.say(
        {
          name: 'EventObjectUpdated',
          body: { objectType: 3, dbid: 101, delta: { set: { comment } }, historyId },
        },
        0,
      );
      await clock.advance(0);
    }
    second.say({ name: 'EventHistoryLogSent', body: { historyId: 1 } }, 2);
    await clock.advance(1_000);
    expect(changes.filter(({ kind }) => kind === 'resync')).toHaveLength(1);
    expect(changes.length).toBeLessThan(5);
    for (const { channel } of [first, second]) channel.close('normal', closing);
  });

  it('leaves no timer behind when it is closed in its pause', async () => {
    const { clock, feed, connect, listen } = createFeed();
    listen();
    const server = connect();
    feed.attach(server.connection);
    await clock.advance(0);
    server.say(refused('Overloaded', true), 1);
    await clock.advance(100);
    feed.close();
    server.channel.close('normal', closing);
    await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
    await clock.advance(60_000);
    expect(server.requests).toHaveLength(1);
  });

  it('believes the ids of a server that fell behind, and says resync', async () => {
    const { clock, changes, follow, names, listen } = createFeed();
    listen();
    const first = await follow(100);
    const second = await follow(7);
    second.say(renamed(8), 0);
    await clock.advance(0);
    expect(names(second)).toEqual(['RequestRegisterNotification']);
    expect(changes.map(({ kind }) => kind).sort()).toEqual(['resync', 'updated']);
    for (const { channel } of [first, second]) channel.close('normal', closing);
  });

  it('spreads the resync over some seconds, tells of changes at once, and owes it beyond the connection', async () => {
    const { clock, changes, follow, listen } = createFeed(() => 0.5);
    listen();
    const first = await follow(1);
    const second = await follow(7);
    second.say(refused('HistoryExpired', false), 2);
    await clock.advance(0);
    second.say(renamed(8), 0);
    await clock.advance(1_000);
    expect(changes.map(({ kind }) => kind)).toEqual(['updated']);
    second.socket.destroy();
    await clock.advance(1_499);
    expect(changes).toHaveLength(1);
    await clock.advance(1);
    expect(changes.map(({ kind }) => kind)).toEqual(['updated', 'resync']);
    first.channel.close('normal', closing);
  });

  it('says one resync however many changes in a row cannot be read', async () => {
    const { clock, changes, follow, listen } = createFeed();
    listen();
    const server = await follow(1);
    const unreadable = server.bytesOf(renamed(2), 0);
    unreadable[16] = 0xff;
    server.sayBytes(Buffer.concat(Array.from({ length: 1_000 }, () => unreadable)));
    await clock.advance(0);
    expect(changes).toEqual([{ kind: 'resync' }]);
    server.channel.close('normal', closing);
  });
});
