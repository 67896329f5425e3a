/** Creates a channel whose other end the test controls, with a manual clock. */
import { Duplex } from 'node:stream';
import type { ConfigServerError } from '@gatehouse/people-directory';
import { expectOne } from '../../src/connection/answers.ts';
import { Channel } from '../../src/connection/channel.ts';
import { WorkBudget } from '../../src/connection/work-budget.ts';
import { type Logger, silentLogger } from '../../src/surroundings/log.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import type { ConfMessage } from '../../src/wire/message.ts';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits } from '../../src/wire/wire-protocol.ts';

export type TestChannel = ReturnType<typeof createChannel>;

interface TestChannelOptions {
  windowSize?: number;
  queueSize?: number;
  firstReferenceId?: number;
  clock?: ManualClock;
  log?: Logger;
}

/** The test plays the server: it sees requests, sends any bytes, and can stop reading. */
export function createChannel({
  clock = new ManualClock(),
  log = silentLogger,
  ...options
}: TestChannelOptions = {}) {
  const server = ocpWire().createSession('server', defaultWireLimits);
  const requests: (ConfMessage & { refId: number })[] = [];
  const controls: string[] = [];
  let isStuck = false;
  const socket = new Duplex({
    highWaterMark: 1,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      for (const event of server.receive(chunk)) {
        if (event.kind === 'message') requests.push({ ...event.message, refId: event.refId });
        else controls.push(event.kind);
      }
      // A callback that never comes is a peer that takes no bytes.
      if (!isStuck) done();
    },
  });
  const channel = new Channel(socket, {
    endpoint: 'test:1',
    session: ocpWire().createSession('client', defaultWireLimits),
    clock,
    log,
    metrics: {},
    budget: new WorkBudget(clock),
    frameTimeoutMs: 30_000,
    ...options,
  });
  return {
    channel,
    clock,
    requests,
    controls,
    socket,
    say: (message: ConfMessage, refId: number) => socket.push(server.encode(message, refId)),
    sayBytes: (bytes: Uint8Array) => socket.push(bytes),
    bytesOf: (message: ConfMessage, refId: number) => server.encode(message, refId),
    ping: () => socket.push(server.encodePing(5n)),
    stick: () => {
      isStuck = true;
    },
    ask: (deadlineMs = 5_000, signal?: AbortSignal) =>
      channel
        .exchange({ name: 'RequestReadOperationalMode', body: {} }, expectOne('EventOperationalModeRead'), {
          deadlineAtMs: clock.monotonicMs() + deadlineMs,
          signal,
        })
        .then(
          ({ operationalMode }) => operationalMode,
          (error: ConfigServerError) => error,
        ),
  };
}
