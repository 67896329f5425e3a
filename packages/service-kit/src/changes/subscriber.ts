/** Follows the changes of other replicas without a gap, also after an outage of the message channel. */
import type { Logger } from '../logging/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import { type Change, changeSchema } from './log.ts';

export type ChangeSubscriber = ReturnType<typeof createChangeSubscriber>;

export interface ChangeSubscriberOptions {
  /** A connection of its own: a subscribed connection can do nothing else. */
  redis: RedisClient;
  channel: string;
  latest(): Promise<number>;
  since(seq: number): Promise<Change[]>;
  onChange(change: Change): void;
  /** Changes may have been missed and cannot be listed: drop all caches. */
  onGap(): void;
  log: Logger;
  /** How often the log is read although no message came: messages are fast, the log is reliable. */
  catchUpIntervalMs?: number;
}

export function createChangeSubscriber(options: ChangeSubscriberOptions) {
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
      // The position was never known, so everything cached may be old.
      if (lastSeq < 0) return await beginAgain();
      for (;;) {
        // Changes announced meanwhile are applied immediately and are in the answer too.
        const from = lastSeq;
        const [next, ...others] = await options.since(from);
        if (next === undefined) break;
        // The retention job has deleted the changes in between.
        if (next.seq !== from + 1) return await beginAgain();
        [next, ...others].forEach(apply);
      }
      // A restored database counts from an earlier number again, and its changes would pass for known ones. Compares with
      // the number from before the question, because changes are announced meanwhile.
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
      return lastSeq;
    },
    /** Subscribes and reads the current position; resolves when no change can be missed any more. */
    async start(): Promise<void> {
      redis.on('message', onMessage);
      redis.on('ready', onReady);
      await redis.subscribe(channel);
      await catchUp();
      timer = setInterval(() => void catchUp(), catchUpIntervalMs).unref();
    },
    stop(): void {
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
