/** Follows another replica's changes without a gap, through any outage of the message channel. */
import type { Logger } from '../logging/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import { type Change, changeSchema } from './log.ts';

export interface ChangeSubscriber {
  /** Subscribes and takes the current position; resolves when changes can no longer be missed. */
  start(): Promise<void>;
  stop(): void;
  readonly lastSeq: number;
}

export interface ChangeSubscriberOptions {
  /** A connection of its own: a subscribed one can do nothing else. */
  redis: RedisClient;
  channel: string;
  latest(): Promise<number>;
  since(seq: number): Promise<Change[]>;
  onChange(change: Change): void;
  /** Changes may have been missed and cannot be listed: drop what is cached. */
  onGap(): void;
  log: Logger;
  /** How often the log is asked although no message came; messages are the fast path, this is the sure one. */
  catchUpIntervalMs?: number;
}

export function createChangeSubscriber(options: ChangeSubscriberOptions): ChangeSubscriber {
  const { redis, channel, log, catchUpIntervalMs = 5000 } = options;
  let lastSeq = -1;
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;

  function apply(change: Change): void {
    if (change.seq <= lastSeq) return;
    lastSeq = change.seq;
    options.onChange(change);
  }

  /** One catch-up at a time; a wish that comes meanwhile is served right after. */
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
      // The position was never known, so anything cached until now may be old.
      if (lastSeq < 0) return await beginAgain();
      for (;;) {
        // What is announced while it is asked is applied at once, and comes in the answer too.
        const from = lastSeq;
        const [next, ...others] = await options.since(from);
        if (next === undefined) break;
        // The log is kept for a time only: what came in between is forgotten there.
        if (next.seq !== from + 1) return await beginAgain();
        [next, ...others].forEach(apply);
      }
      // A database that was restored counts from an earlier number again, and its changes would pass for known ones. What is
      // announced while it is asked does not count.
      const known = lastSeq;
      if ((await options.latest()) < known) await beginAgain();
    } catch (error) {
      log.warn({ err: error, channel }, 'changes could not be read; trying again');
    }
  }

  async function beginAgain(): Promise<void> {
    lastSeq = await options.latest();
    options.onGap();
  }

  function onMessage(from: string, text: string): void {
    if (from !== channel) return;
    const parsed = changeSchema.safeParse(parseJson(text));
    if (parsed.success && parsed.data.seq === lastSeq + 1) apply(parsed.data);
    else void catchUp();
  }

  /** After a reconnect. What was said meanwhile is in the log. */
  async function subscribeAgain(): Promise<void> {
    try {
      await redis.subscribe(channel);
    } catch (error) {
      // The next connection brings the next try; until then the log is asked at its interval.
      if (!isStopped)
        log.warn({ err: error, channel }, 'changes are not announced until the next connection');
    }
    if (!isStopped) await catchUp();
  }

  const onReady = () => void subscribeAgain();

  return {
    get lastSeq() {
      return lastSeq;
    },
    async start() {
      redis.on('message', onMessage);
      redis.on('ready', onReady);
      await redis.subscribe(channel);
      await catchUp();
      timer = setInterval(() => void catchUp(), catchUpIntervalMs).unref();
    },
    stop() {
      isStopped = true;
      clearInterval(timer);
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
