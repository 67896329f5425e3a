/** Follows the changes of other replicas without a gap, also after an outage of the message channel. */
import type { Logger } from '../observability/logging/logger.ts';
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

/** How many changes are remembered, to recognise a copy of the log that lags. */
const maxStamps = 1000;
/** Until the first answer nothing is followed. */
const firstRetryMs = 500;

export function createChangeSubscriber(options: ChangeSubscriberOptions) {
  const { redis, channel, log, catchUpIntervalMs = 5000 } = options;
  let lastSeq = -1;
  let running: Promise<void> | undefined;
  let isAskedAgain = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  const stamps = new Map<number, string | undefined>();

  function remember({ seq, stamp }: Change): void {
    stamps.set(seq, stamp);
    stamps.delete(seq - maxStamps);
  }

  /** A restored database counts from an earlier number again, and its changes would pass for known ones. */
  function isOfAnotherHistory({ seq, stamp }: Change): boolean {
    const known = stamps.get(seq);
    return known !== undefined && stamp !== undefined && known !== stamp;
  }

  function apply(change: Change): void {
    if (change.seq <= lastSeq) return;
    lastSeq = change.seq;
    remember(change);
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
        // The newest known one is read again, for its stamp.
        const page = await options.since(Math.max(0, from - 1));
        const [first] = page;
        if (first === undefined && from > 0) return await readBehind(from);
        if (first?.seq === from) {
          if (isOfAnotherHistory(first)) return await beginAgain();
          remember(first);
        }
        const missed = page.filter(({ seq }) => seq > from);
        const [next] = missed;
        if (next === undefined) return;
        // The retention job has deleted the changes in between.
        if (next.seq !== from + 1) return await beginAgain();
        missed.forEach(apply);
      }
    } catch (error) {
      log.warn({ err: error, channel }, 'changes could not be read; trying again');
      if (lastSeq < 0 && !isStopped) retryTimer = setTimeout(() => void catchUp(), firstRetryMs).unref();
    }
  }

  /** The service that answers does not have the newest known change: its copy of the database lags, or was restored. */
  async function readBehind(from: number): Promise<void> {
    const latest = await options.latest();
    // It has caught up.
    if (latest >= from) return;
    const [newest] = latest > 0 ? await options.since(latest - 1) : [];
    // As far as it goes it is the same history: what is missing there is known here.
    if (newest?.seq === latest && newest.stamp !== undefined && stamps.get(latest) === newest.stamp) return;
    await beginAgain();
  }

  async function beginAgain(): Promise<void> {
    lastSeq = await options.latest();
    stamps.clear();
    options.onGap();
  }

  function onMessage(from: string, text: string): void {
    if (from !== channel) return;
    const parsed = changeSchema.safeParse(parseJson(text));
    if (parsed.success && parsed.data.seq === lastSeq + 1) {
      apply(parsed.data);
      return;
    }
    // The log could not be read yet, and what ended must not wait for it.
    if (parsed.success && lastSeq < 0) options.onChange(parsed.data);
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
      return lastSeq;
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
