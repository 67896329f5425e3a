/** Follows the changes of other replicas without a gap, also after an outage of the message channel. */
import type { Logger } from '../observability/logging/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import { changeSchema } from './log.ts';
import { type ChangePositionOptions, createChangePosition } from './position.ts';

export type ChangeSubscriber = ReturnType<typeof createChangeSubscriber>;

export interface ChangeSubscriberOptions extends ChangePositionOptions {
  /** A connection of its own: a subscribed connection can do nothing else. */
  redis: RedisClient;
  channel: string;
  log: Logger;
  /** How often the log is read although no message came: messages are fast, the log is reliable. */
  catchUpIntervalMs?: number;
}

/** Until the first answer nothing is followed. */
const firstRetryMs = 500;

export function createChangeSubscriber(options: ChangeSubscriberOptions) {
  const { redis, channel, log, catchUpIntervalMs = 5000 } = options;
  const position = createChangePosition(options);
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;

  /** Runs one catch-up at a time; a request that comes meanwhile runs afterwards. */
  function catchUp(): Promise<void> {
    if (running) {
      isAskedAgain = true;
      return running;
    }
    running = readMissed().finally(() => {
      running = undefined;
      if (isAskedAgain) {
        isAskedAgain = false;
        void catchUp();
      }
    });
    return running;
  }

  async function readMissed(): Promise<void> {
    try {
      await position.readMissed();
    } catch (error) {
      log.warn({ err: error, channel }, 'changes could not be read; trying again');
      if (position.lastSeq < 0 && !isStopped)
        retryTimer = setTimeout(() => void catchUp(), firstRetryMs).unref();
    }
  }

  function onMessage(from: string, text: string): void {
    if (from !== channel) return;
    const parsed = changeSchema.safeParse(parseJson(text));
    if (parsed.success && parsed.data.seq === position.lastSeq + 1) {
      position.apply(parsed.data);
      return;
    }
    // The log could not be read yet, and what ended must not wait for it.
    if (parsed.success && position.lastSeq < 0) options.onChange(parsed.data);
    void catchUp();
  }

  /** After a reconnect: changes from the time between are in the log. */
  async function subscribeAgain(): Promise<void> {
    try {
      await redis.subscribe(channel);
    } catch (error) {
      // The next connection tries again; until then the log is read at its interval.
      if (!isStopped)
        log.warn({ err: error, channel }, 'changes are not announced until the next connection');
    }
    if (!isStopped) await catchUp();
  }

  const onReady = () => void subscribeAgain();

  return {
    get lastSeq(): number {
      return position.lastSeq;
    },
    /** Subscribes and reads the current position; resolves when no change can be missed any more. May be repeated. */
    async start(): Promise<void> {
      redis.off('message', onMessage).on('message', onMessage);
      redis.off('ready', onReady).on('ready', onReady);
      await redis.subscribe(channel);
      await catchUp();
      timer ??= setInterval(() => void catchUp(), catchUpIntervalMs).unref();
    },
    stop(): void {
      isStopped = true;
      clearInterval(timer);
      clearTimeout(retryTimer);
      redis.off('message', onMessage);
      redis.off('ready', onReady);
      redis.disconnect();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
