import { ConfigServerError } from '@gatehouse/people-directory';
import { describe, expect, it, vi } from 'vitest';
import { expectPages } from '../../src/connection/answers.ts';
import { silentLogger } from '../../src/surroundings/log.ts';
import type { ConfMessage } from '../../src/wire/message.ts';
import { encodeFrame, FrameKind } from '../../src/wire/ocp/frame.ts';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits } from '../../src/wire/wire-protocol.ts';
import { createChannel, type TestChannel } from './test-channel.ts';

const mode = (operationalMode: number): ConfMessage => ({
  name: 'EventOperationalModeRead',
  body: { operationalMode },
});
const closing = new ConfigServerError('ClientClosed', 'closed');

describe('channel', () => {
  it('gives each answer to its caller, in whatever order they come', async () => {
    const { channel, clock, say, ask } = createChannel();
    const asked = [ask(), ask(), ask()];
    await clock.advance(0);
    for (const refId of [3, 1, 2]) say(mode(refId), refId);
    expect(await Promise.all(asked)).toEqual([1, 2, 3]);
    channel.close('normal', closing);
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
  });

  // attack: frame that comes byte by byte without end | CWE-400, slow read of RFC 9113 10.5 | guard: packages/config-server-client/src/connection/frame-timer.ts
  it('drops the connection when a frame does not end in time, however its bytes trickle', async () => {
    const { channel, clock, sayBytes, bytesOf, ask } = createChannel();
    const asked = ask(120_000);
    await clock.advance(0);
    const bytes = bytesOf(mode(1), 1);
    for (let index = 0; index < bytes.length - 1; index += 1) {
      sayBytes(bytes.subarray(index, index + 1));
      await clock.advance(1_000);
    }
    expect(await asked).toMatchObject({ code: 'ConnectionLost', sent: true });
    expect(channel.isOpen).toBe(false);
  });

  it('starts the frame time anew with every frame', async () => {
    const { channel, clock, sayBytes, bytesOf } = createChannel();
    const bytes = bytesOf({ name: 'EventOperationalModeChanged', body: { operationalMode: 1 } }, 0);
    for (let count = 0; count < 5; count += 1) {
      sayBytes(bytes.subarray(0, 10));
      await clock.advance(20_000);
      sayBytes(bytes.subarray(10));
      await clock.advance(20_000);
    }
    expect(channel.isOpen).toBe(true);
    channel.close('normal', closing);
  });

  it('sets no timer for each frame that comes in two pieces', async () => {
    const { channel, clock, sayBytes, bytesOf } = createChannel();
    const setTimer = vi.spyOn(clock, 'setTimer');
    const bytes = bytesOf({ name: 'EventOperationalModeChanged', body: { operationalMode: 1 } }, 0);
    for (let count = 0; count < 50; count += 1) {
      sayBytes(bytes.subarray(0, 10));
      await clock.advance(10);
      sayBytes(bytes.subarray(10));
      await clock.advance(10);
    }
    expect(setTimer.mock.calls.filter(([delayMs]) => delayMs > 1_000).length).toBeLessThan(3);
    expect(channel.isOpen).toBe(true);
    channel.close('normal', closing);
  });

  it('counts a request as sent only when its bytes were handed over', async () => {
    const { channel, clock, ask, stick, requests } = createChannel();
    stick();
    const first = ask();
    await clock.advance(0);
    const second = ask();
    await clock.advance(0);
    expect(requests).toHaveLength(1);
    channel.close('normal', closing);
    expect(await first).toMatchObject({ code: 'ClientClosed', sent: true });
    expect(await second).toMatchObject({ code: 'ClientClosed', sent: false });
  });

  it('does not send what was aborted while it waited', async () => {
    const { channel, clock, ask, say, requests } = createChannel({ windowSize: 1 });
    const abort = new AbortController();
    const first = ask();
    const waiting = ask(5_000, abort.signal);
    const next = ask();
    await clock.advance(0);
    abort.abort();
    expect(await waiting).toMatchObject({ code: 'Aborted', sent: false });
    say(mode(1), 1);
    expect(await first).toBe(1);
    await clock.advance(0);
    say(mode(2), 2);
    expect(await next).toBe(2);
    expect(requests).toHaveLength(2);
    channel.close('normal', closing);
  });

  it('frees the place of a request that was given up, and knows its late answer', async () => {
    const { channel, clock, ask, say, requests } = createChannel({ windowSize: 1 });
    const first = ask(1_000);
    const second = ask(10_000);
    await clock.advance(1_000);
    expect(await first).toMatchObject({ code: 'RequestTimeout', sent: true });
    expect(requests).toHaveLength(2);
    say(mode(1), 1);
    say(mode(2), 2);
    expect(await second).toBe(2);
    expect(channel.isOpen).toBe(true);
    channel.close('normal', closing);
  });

  it('gives a list up when the next page does not come, and counts the silence from the last one', async () => {
    const { channel, clock, say } = createChannel();
    const request = { name: 'RequestReadObjects', body: { objectType: 3, filter: {} } } as const;
    const page: ConfMessage = { name: 'EventObjectsRead', body: { objectType: 3, objects: [] } };
    const collect = expectPages('EventObjectsRead', 'EventObjectsSent');
    const limits = { deadlineAtMs: 60_000, betweenAnswersMs: 10_000 };
    let isSettled = false;
    const reading = channel.exchange(request, collect, limits).catch((error: ConfigServerError) => {
      isSettled = true;
      return error;
    });
    for (let pages = 0; pages < 3; pages += 1) {
      await clock.advance(9_000);
      say(page, 1);
    }
    await clock.advance(9_999);
    expect(isSettled).toBe(false);
    await clock.advance(1);
    expect(await reading).toMatchObject({ code: 'RequestTimeout', sent: true });
    channel.close('normal', closing);
  });

  it('gives a list up at its deadline, however steadily its pages come', async () => {
    const { channel, clock, say } = createChannel();
    const request = { name: 'RequestReadObjects', body: { objectType: 3, filter: {} } } as const;
    const collect = expectPages('EventObjectsRead', 'EventObjectsSent');
    const limits = { deadlineAtMs: 60_000, betweenAnswersMs: 10_000 };
    const reading = channel.exchange(request, collect, limits).catch((error: ConfigServerError) => error);
    for (let pages = 0; pages < 12; pages += 1) {
      await clock.advance(5_000);
      say({ name: 'EventObjectsRead', body: { objectType: 3, objects: [] } }, 1);
    }
    expect(await reading).toMatchObject({ code: 'RequestTimeout', sent: true });
    channel.close('normal', closing);
  });

  it('bounds what waits for the window', async () => {
    const { channel, clock, ask } = createChannel({ windowSize: 1, queueSize: 2 });
    const asked = [ask(), ask(), ask()];
    expect(await ask()).toMatchObject({ code: 'QueueFull', sent: false });
    channel.close('normal', closing);
    await clock.advance(0);
    expect(await Promise.all(asked)).toHaveLength(3);
  });

  it('wraps reference ids around, past the one that is still in flight', async () => {
    const { channel, clock, ask, say, requests } = createChannel({ firstReferenceId: 0xffff_fffe });
    const slow = ask();
    await clock.advance(0);
    const others = [ask(), ask()];
    await clock.advance(0);
    expect(requests.map(({ refId }) => refId)).toEqual([0xffff_ffff, 1, 2]);
    for (const { refId } of requests) say(mode(refId % 7), refId);
    expect(await Promise.all([slow, ...others])).toEqual([0xffff_ffff % 7, 1, 2]);
    channel.close('normal', closing);
  });

  it('answers a poll while every request hangs', async () => {
    const { channel, clock, ask, ping, controls } = createChannel({ windowSize: 1 });
    void ask();
    void ask();
    ping();
    await clock.advance(0);
    expect(controls).toEqual(['pong']);
    channel.close('normal', closing);
  });

  // attack: polls whose answers are not taken | CWE-770 | guard: packages/config-server-client/src/connection/channel.ts
  it('gives up a server that polls without taking the answers', async () => {
    const { channel, clock, stick, sayBytes } = createChannel();
    stick();
    const server = ocpWire().createSession('server', defaultWireLimits);
    const poll = server.encodePing(5n);
    for (let polls = 0; polls < 50_000 && channel.isOpen; polls += 1) {
      sayBytes(poll);
      if (polls % 1_000 === 0) await clock.advance(0);
    }
    expect(channel.isOpen).toBe(false);
    await expect(channel.ended).resolves.toMatchObject({ code: 'ConnectionLost' });
    await clock.advance(1_000);
    expect(clock.pendingTimers).toBe(0);
  });

  // attack: answers that nobody asked for, without end | CWE-400 | guard: packages/config-server-client/src/connection/request-window.ts
  it('gives up a server that answers what it was never asked', async () => {
    const { channel, clock, say } = createChannel();
    for (let refId = 1; refId <= 9; refId += 1) say(mode(1), refId);
    await clock.advance(0);
    expect(channel.isOpen).toBe(true);
    say(mode(1), 10);
    await clock.advance(0);
    expect(channel.isOpen).toBe(false);
    await expect(channel.ended).resolves.toMatchObject({ code: 'ProtocolViolation' });
  });

  it('gives up a server that leaves five requests in a row unanswered', async () => {
    const { channel, clock, ask } = createChannel();
    const asked = Array.from({ length: 5 }, () => ask(1_000));
    await clock.advance(1_000);
    const outcomes = await Promise.all(asked);
    expect(outcomes.map((outcome) => (outcome as ConfigServerError).code)).toEqual(
      Array(5).fill('RequestTimeout'),
    );
    await expect(channel.ended).resolves.toMatchObject({ code: 'RequestTimeout' });
  });

  it.each([
    [
      'it stood still',
      async ({ clock }: TestChannel) => {
        await clock.freeze(3_000);
        await clock.advance(250);
      },
    ],
    [
      'it does not read, for backpressure',
      async ({ channel, clock }: TestChannel) => {
        channel.pauseReading();
        await clock.advance(3_000);
        channel.resumeReading();
      },
    ],
  ])('keeps a server whose answers it could not hear because %s', async (_why, beDeaf) => {
    const test = createChannel();
    const asked = Array.from({ length: 10 }, () => test.ask(1_000));
    await test.clock.advance(0);
    await beDeaf(test);
    const outcomes = await Promise.all(asked);
    expect(outcomes.map((outcome) => (outcome as ConfigServerError).code)).toEqual(
      Array(10).fill('RequestTimeout'),
    );
    expect(test.channel.isOpen).toBe(true);
    test.channel.close('normal', closing);
  });

  it('reads the answers that lie unread after it stood still, also when reading rests first', async () => {
    const { channel, clock, say, ask } = createChannel();
    const asked = ask(500);
    await clock.advance(0);
    channel.pauseReading();
    say(mode(7), 1);
    await clock.freeze(1_000);
    await clock.advance(8);
    channel.resumeReading();
    expect(await asked).toBe(7);
    channel.close('normal', closing);
  });

  it('does not take a half frame for the server’s fault while it stood still or did not read', async () => {
    const { channel, clock, sayBytes, bytesOf, ask } = createChannel();
    const asked = ask(600_000);
    await clock.advance(0);
    const bytes = bytesOf(mode(7), 1);
    sayBytes(bytes.subarray(0, 20));
    await clock.advance(0);
    await clock.freeze(45_000);
    channel.pauseReading();
    await clock.advance(300_000);
    channel.resumeReading();
    await clock.advance(29_000);
    sayBytes(bytes.subarray(20));
    expect(await asked).toBe(7);
    channel.close('normal', closing);
  });

  it('gives a half frame up all the same after it stood still, when the rest does not come', async () => {
    const { channel, clock, sayBytes, bytesOf } = createChannel();
    sayBytes(bytesOf(mode(7), 1).subarray(0, 20));
    await clock.advance(0);
    await clock.freeze(45_000);
    expect(channel.isOpen).toBe(true);
    await clock.advance(30_000);
    await expect(channel.ended).resolves.toMatchObject({ code: 'ConnectionLost' });
  });

  it('leaves no timer behind when the connection was gone before it could say goodbye', async () => {
    const { channel, clock, socket } = createChannel();
    socket.destroy();
    await channel.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  // attack: list of pages without end | CWE-770 | guard: packages/config-server-client/src/connection/exchange.ts
  it('takes no list without end', async () => {
    const { channel, clock, say } = createChannel();
    const request = { name: 'RequestReadObjects', body: { objectType: 3, filter: {} } } as const;
    const page: ConfMessage = {
      name: 'EventObjectsRead',
      body: { objectType: 3, objects: [{ comment: 'x'.repeat(1_000) }] },
    };
    const limits = { deadlineAtMs: 60_000, answerBytes: 5_000 };
    const reading = channel
      .exchange(request, expectPages('EventObjectsRead', 'EventObjectsSent'), limits)
      .catch((error: ConfigServerError) => error);
    await clock.advance(0);
    for (let pages = 0; pages < 5; pages += 1) say(page, 1);
    expect(await reading).toMatchObject({ code: 'AnswerTooLong', sent: true, retryable: false });
    // The rest of the list is dropped.
    say(page, 1);
    await clock.advance(0);
    expect(channel.isOpen).toBe(true);
    channel.close('normal', closing);
  });

  // attack: answers of many requests that fill the memory together | CWE-770 | guard: packages/config-server-client/src/connection/request-window.ts
  it('holds no more than one long answer, however many requests the server leaves incomplete', async () => {
    const { channel, clock, say } = createChannel();
    const request = { name: 'RequestReadObjects', body: { objectType: 3, filter: {} } } as const;
    // Ten kilobytes on the wire, and more than half a mebibyte in memory.
    const page: ConfMessage = {
      name: 'EventObjectsRead',
      body: { objectType: 3, objects: [{ more: Array.from({ length: 10_000 }, () => ({})) }] },
    };
    const failed: string[] = [];
    for (let requests = 0; requests < 8; requests += 1)
      channel
        .exchange(request, expectPages('EventObjectsRead', 'EventObjectsSent'), { deadlineAtMs: 60_000 })
        .catch(({ code }: ConfigServerError) => failed.push(code));
    await clock.advance(0);
    const pagesOfAll = Math.ceil((64 * 1024) / 547);
    for (let pages = 0; pages < pagesOfAll; pages += 1) say(page, 1 + (pages % 8));
    await clock.advance(0);
    expect(failed).toEqual(['AnswerTooLong']);
    channel.close('normal', closing);
  });

  it('tells of unreadable messages a few times a minute, then only how many there were', async () => {
    const warnings: object[] = [];
    const log = { ...silentLogger, warn: (fields: object) => warnings.push(fields) };
    const { channel, clock, sayBytes } = createChannel({ log });
    const unreadable = encodeFrame(
      { kind: FrameKind.data, messageId: 1003, flags: 0, refId: 0 },
      Buffer.from([0xff]),
    );
    const flood = Buffer.concat(Array.from({ length: 1_000 }, () => unreadable));
    sayBytes(flood);
    await clock.advance(0);
    expect(warnings).toHaveLength(5);
    await clock.advance(60_000);
    sayBytes(unreadable);
    await clock.advance(0);
    expect(warnings).toHaveLength(6);
    expect(warnings[5]).toMatchObject({ messageId: 1003, refId: 0, leftOut: 995 });
    channel.close('normal', closing);
  });

  // attack: Configuration Server that floods its client with messages that cannot be read | CWE-400 | guard: packages/config-server-client/src/connection/work-budget.ts
  it('reads a flood of unreadable messages more and more slowly, because each leaves much garbage', async () => {
    const { channel, clock, sayBytes } = createChannel();
    let read = 0;
    channel.onUnreadableNotification = () => {
      read += 1;
    };
    const unreadable = encodeFrame(
      { kind: FrameKind.data, messageId: 1003, flags: 0, refId: 0 },
      Buffer.from([0xff]),
    );
    sayBytes(Buffer.concat(Array.from({ length: 2_000 }, () => unreadable)));
    await clock.advance(0);
    expect(read).toBeGreaterThan(100);
    expect(read).toBeLessThan(500);
    await clock.advance(10_000);
    expect(read).toBeLessThan(1_000);
    channel.close('normal', closing);
  });

  // attack: Configuration Server whose answers leave much garbage | CWE-400, CWE-409 | guard: packages/config-server-client/src/connection/work-budget.ts
  it('reads nothing for twenty seconds after an answer that takes ten mebibytes of memory', async () => {
    const { channel, clock, ask, say } = createChannel();
    // An empty map is one byte on the wire.
    const objects = Array.from({ length: 190_000 }, () => ({}));
    say({ name: 'EventObjectsRead', body: { objectType: 3, objects } } as unknown as ConfMessage, 7);
    await clock.advance(0);
    const asked = ask(60_000);
    await clock.advance(0);
    say(mode(1), 1);
    await clock.advance(20_000);
    expect(await Promise.race([asked, 'not read yet'])).toBe('not read yet');
    await clock.advance(10_000);
    expect(await asked).toBe(1);
    channel.close('normal', closing);
  });

  it('is drained when the last answer came', async () => {
    const { channel, clock, ask, say } = createChannel();
    const asked = ask();
    let isDrained = false;
    const drained = channel.drained().then(() => {
      isDrained = true;
    });
    await clock.advance(0);
    expect(isDrained).toBe(false);
    say(mode(1), 1);
    await asked;
    await drained;
    channel.close('normal', closing);
    await expect(channel.drained()).resolves.toBeUndefined();
  });
});
