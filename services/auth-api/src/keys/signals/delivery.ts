/** Signs a waiting signal and pushes it to its receiver (RFC 8935); repeats until it is accepted, refused for good, or a day old. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { z } from 'zod';
import { createDeliveryWorker } from '../../core/delivery-worker.ts';
import type { Core } from '../../core/domain.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Outbox, Pending } from './outbox.ts';
import type { Receiver } from './receiver-store.ts';
import type { Receivers } from './receivers.ts';
import { type EventClaims, type SignEventToken, verificationClaims } from './security-event-token.ts';

interface DeliveryOptions {
  outbox: Outbox;
  receivers: Receivers;
  sign: SignEventToken;
  audit: Pick<AuditWriter, 'write'>;
}

/** Finds what another replica left behind; an own signal wakes the worker at once. */
const pollMs = 5_000;

const firstPauseMs = 1_000;
const longestPauseMs = 300_000;
const longestTryMs = 86_400_000;

/** RFC 8935 section 2.3. A code is a name; whatever else a receiver says would be read by people here. */
const refusal = z.object({ err: z.string().regex(/^[\w.-]{1,64}$/) });
/** Section 2.4: what the operator can put right at either side; the others would be refused again. */
const curable = ['invalid_issuer', 'invalid_audience', 'authentication_failed', 'access_denied'];

interface Answer {
  isAccepted: boolean;
  isFinal: boolean;
  problem: string;
}

export function createDelivery(core: Core, { outbox, receivers, sign, audit }: DeliveryOptions) {
  const { outbound, now, log } = core;
  const outcomes = core.kit.metrics.counter(
    'auth_signals_total',
    'Attempts to push a shared signal to a receiver.',
    ['outcome'],
  );
  const countOutcome = (outcome: 'delivered' | 'postponed' | 'refused' | 'given_up') =>
    outcomes.inc({ outcome });

  async function push(receiver: Receiver, jti: string, claims: EventClaims): Promise<Answer> {
    const token = receivers.bearerOf(receiver);
    const text = await sign(jti, receiver.audience, claims);
    try {
      const { status, text: body } = await outbound.send({
        method: 'POST',
        url: receiver.endpoint,
        content: { type: 'application/secevent+jwt', text },
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        alsoStatuses: [400],
      });
      return status === 400 ? refusalOf(body) : { isAccepted: true, isFinal: true, problem: '' };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return { isAccepted: false, isFinal: false, problem: error.message };
    }
  }

  /** An operator learns of it by the trail, the log and the metric; the signal is lost. */
  async function abandon({ jti, receiverId, tries }: Pending, { isFinal, problem }: Answer): Promise<void> {
    await audit.write({
      name: 'signal_undelivered',
      outcome: 'failure',
      correlationId: jti,
      fields: { receiver: receiverId, attempts: tries, reason: problem },
    });
    await outbox.remove(jti);
    log.warn({ receiverId, jti, attempts: tries, problem }, 'a shared signal was not delivered');
    countOutcome(isFinal ? 'refused' : 'given_up');
  }

  async function deliver(pending: Pending): Promise<void> {
    const { jti, claims, createdAtMs, tries } = pending;
    const receiver = receivers.find(pending.receiverId);
    // Registered a moment ago at another replica; what was removed took its signals along.
    if (receiver === undefined) return outbox.postpone(jti, now() + firstPauseMs);
    const answer = await push(receiver, jti, claims);
    if (answer.isAccepted) {
      await outbox.remove(jti);
      return countOutcome('delivered');
    }
    const nextMs = now() + Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs);
    if (answer.isFinal || nextMs > createdAtMs + longestTryMs) return abandon(pending, answer);
    await outbox.postpone(jti, nextMs);
    log.debug({ receiverId: receiver.id, jti, problem: answer.problem }, 'a shared signal has to wait');
    countOutcome('postponed');
  }

  /** Calls per receiver: it gets the next signals when these have ended. */
  const underWay = new Map<string, number>();
  const worker: ReturnType<typeof createDeliveryWorker> = createDeliveryWorker({
    what: 'a shared signal',
    claim: (nowMs, heldUntilMs, count) => outbox.claim({ nowMs, heldUntilMs, count }, [...underWay.keys()]),
    async deliver(pending) {
      const { receiverId } = pending;
      underWay.set(receiverId, (underWay.get(receiverId) ?? 0) + 1);
      try {
        await deliver(pending);
      } finally {
        const others = (underWay.get(receiverId) ?? 1) - 1;
        if (others > 0) underWay.set(receiverId, others);
        else {
          underWay.delete(receiverId);
          worker.wake();
        }
      }
    },
    factsOf: ({ jti, receiverId }) => ({ jti, receiverId }),
    pollMs,
    now,
    log,
  });

  return {
    worker,
    /** Sends one verification event now. */
    async test(receiver: Receiver): Promise<{ accepted: boolean; problem?: string }> {
      const answer = await push(receiver, randomUuid(), verificationClaims(receiver.id, now()));
      return answer.isAccepted ? { accepted: true } : { accepted: false, problem: answer.problem };
    },
  };
}

function refusalOf(body: string): Answer {
  const { data } = refusal.safeParse(jsonOf(body));
  const problem = data === undefined ? 'answered 400 without an error code' : `answered 400: ${data.err}`;
  return { isAccepted: false, isFinal: data !== undefined && !curable.includes(data.err), problem };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
