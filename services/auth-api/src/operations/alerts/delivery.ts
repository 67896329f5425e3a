/** Sends what waits in the outbox, again and again with growing pauses, and what is to be sent at once. */
import { setTimeout as wait } from 'node:timers/promises';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import { createDeliveryWorker } from '../../core/delivery-worker.ts';
import type { Core } from '../../core/domain.ts';
import { type Alert, type Channel, type Message, Undelivered } from './channel.ts';
import type { ChannelStates } from './channel-states.ts';
import type { Outbox, Pending } from './outbox.ts';

interface DeliveryOptions {
  channels: readonly Channel[];
  outbox: Outbox;
  states: ChannelStates;
}

const pollMs = 5_000;
/** For one try, whatever the receiver does meanwhile. */
const tryMs = 20_000;
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;
/** Older news helps nobody: the problem is reminded of, or gone. */
const longestTryMs = 86_400_000;

export type Delivery = ReturnType<typeof createDelivery>;

export function createDelivery({ now, log, kit }: Core, { channels, outbox, states }: DeliveryOptions) {
  const outcomes = kit.metrics.counter('auth_alerts_total', 'Attempts to send a message about a problem.', [
    'channel',
    'outcome',
  ]);
  const closing = new AbortController();

  /** Undefined: the channel took it. */
  async function attempt(channel: Channel, message: Message): Promise<Undelivered | undefined> {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(tryMs)]);
    try {
      await channel.send(message, signal);
      return undefined;
    } catch (error) {
      if (error instanceof Undelivered) return error;
      log.error({ err: error, channel: channel.name }, 'a message about a problem could not be made');
      return new Undelivered(say('alert.failed.error'), true, error);
    }
  }

  async function deliver(pending: Pending): Promise<void> {
    const channel = channels.find(({ name }) => name === pending.channel);
    // It was claimed for the channels of this replica alone.
    if (channel === undefined) return;
    const undelivered = await attempt(channel, pending);
    if (undelivered !== undefined && closing.signal.aborted) return outbox.postpone(pending, now());
    if (undelivered === undefined) {
      // First of all: it must not be sent again for what fails afterwards.
      await outbox.remove(pending);
      outcomes.inc({ channel: channel.name, outcome: 'delivered' });
    }
    await states.settle(channel.name, undelivered?.reason, now());
    if (undelivered === undefined) return;
    const { message: problem, isFinal } = undelivered;
    const nextMs = now() + Math.min(firstPauseMs * 2 ** (pending.tries - 1), longestPauseMs);
    if (isFinal || nextMs > pending.createdAtMs + longestTryMs) {
      await outbox.remove(pending);
      log.warn(
        { channel: channel.name, id: pending.id, problem },
        'a message about a problem was not delivered',
      );
      return outcomes.inc({ channel: channel.name, outcome: isFinal ? 'refused' : 'given_up' });
    }
    await outbox.postpone(pending, nextMs);
    log.debug({ channel: channel.name, id: pending.id, problem }, 'a message about a problem has to wait');
    outcomes.inc({ channel: channel.name, outcome: 'postponed' });
  }

  async function sendBy(channel: Channel, alert: Alert): Promise<Said | undefined> {
    const undelivered = await attempt(channel, { id: `alert_${randomToken()}`, alert });
    outcomes.inc({ channel: channel.name, outcome: undelivered === undefined ? 'delivered' : 'postponed' });
    // While PostgreSQL is away nobody reads it either.
    await states.settle(channel.name, undelivered?.reason, now()).catch(() => undefined);
    return undelivered?.reason;
  }

  const worker: ReturnType<typeof createDeliveryWorker> = createDeliveryWorker<Pending>({
    what: 'a message about a problem',
    claim: (nowMs, heldUntilMs) => outbox.claim(nowMs, heldUntilMs),
    // The next one of the channel waits for this one.
    deliver: (pending) => deliver(pending).finally(() => worker.wake()),
    factsOf: ({ channel, id }) => ({ channel, id }),
    pollMs,
    now,
    log,
  });

  return {
    wake: worker.wake,
    start: worker.start,
    /**
     * To every channel at once, without the outbox. `waitMs`: somebody waits for the answer; what is not known by then is
     * found in the state.
     */
    sendNow: (alert: Alert, waitMs?: number) =>
      Promise.all(
        channels.map(async (channel) => {
          const sent = sendBy(channel, alert);
          const problem = await (waitMs === undefined ? sent : Promise.race([sent, unknownAfter(waitMs)]));
          return { channel, problem };
        }),
      ),
    async close(): Promise<void> {
      closing.abort();
      await worker.close();
    },
  };
}

async function unknownAfter(ms: number): Promise<Said> {
  await wait(ms, undefined, { ref: false });
  return say('alert.failed.waiting');
}
