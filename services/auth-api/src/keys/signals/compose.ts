/** Composes shared signals: receivers, intake, outbox and the worker that pushes them. */
import { createAddressPolicy } from '@gatehouse/api-client/http';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Core } from '../../core/core.ts';
import { createDeliveryWorker } from '../../core/delivery-worker.ts';
import type { Domain } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { SigningKeyParts } from '../signing-keys/compose.ts';
import { createDelivery } from './delivery.ts';
import { createIntake } from './intake.ts';
import { createOutbox } from './outbox.ts';
import { receiverEntity } from './receiver-changes.ts';
import { createReceivers } from './receivers.ts';
import { reencryptBearerTokens } from './reencrypt.ts';
import { signalRoutes } from './routes.ts';
import { createEventTokens } from './security-event-token.ts';

interface SignalDependencies {
  config: { outbound: { allowedNetworks: string[]; allowLoopback: boolean } };
  audit: Audit;
  signingKeys: SigningKeyParts;
}

/** Finds what another replica left behind; an own signal wakes the worker at once. */
const pollMs = 5_000;

export function composeSignals(core: Core, { config, audit, signingKeys }: SignalDependencies) {
  const { pool, writer, redis, keyspace, changes, secretBox, issuer, outbound, now, log } = core;
  const outcomes = core.kit.metrics.counter(
    'auth_signals_total',
    'Attempts to push a shared signal to a receiver.',
    ['outcome'],
  );
  const { allowedNetworks, allowLoopback } = config.outbound;
  const receivers = createReceivers({
    pool,
    changes,
    secretBox,
    now,
    addresses: createAddressPolicy(allowedNetworks, allowLoopback),
    audit: audit.writer,
  });
  const outbox = createOutbox(writer);
  const delivery = createDelivery({
    outbox,
    receivers,
    outbound,
    now,
    log,
    sign: createEventTokens(signingKeys.signer, issuer),
    audit: audit.writer,
    onOutcome: (outcome) => outcomes.inc({ outcome }),
  });
  /** Calls per receiver: it gets the next signals when these have ended. */
  const underWay = new Map<string, number>();
  const worker: ReturnType<typeof createDeliveryWorker> = createDeliveryWorker({
    what: 'a shared signal',
    claim: (nowMs, heldUntilMs, count) => outbox.claim({ nowMs, heldUntilMs, count }, [...underWay.keys()]),
    async deliver(pending) {
      const { receiverId } = pending;
      underWay.set(receiverId, (underWay.get(receiverId) ?? 0) + 1);
      try {
        await delivery.deliver(pending);
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
  const intake = createIntake({
    pool: writer,
    redis,
    receivers,
    outbox,
    issuer,
    log,
    waitingKey: keyspace.name('signals-waiting'),
    contactCentersOf: audit.seenPeople.contactCentersOf,
    wake: worker.wake,
  });
  audit.recorded.follow(intake.take);
  const drain = createRepeatingWork({
    log,
    when: 'always',
    intervalMs: pollMs,
    failing: 'shared signals wait in Redis: they could not be stored',
    recovered: 'shared signals are stored again',
    async round() {
      await intake.drain();
      return false;
    },
  });
  const reload = () => {
    receivers
      .reload()
      .catch((error) => log.warn({ err: error }, 'the receivers of signals could not be read again'));
  };
  return {
    services: { receivers },
    mounts: [
      [
        'operators',
        '/auth/v3/ops/signal-receivers',
        (app) => signalRoutes(app, { receivers, test: delivery.test }),
      ],
    ],
    follows: {
      own: { [receiverEntity]: reload },
      ownGap: reload,
      deletedContactCenter: receivers.forgetContactCenter,
    },
    start: [
      {
        name: 'signal-receivers',
        async run() {
          await receivers.reload();
          worker.start();
          drain.start();
        },
      },
    ],
    reencrypt: async () => ({ sealed: await reencryptBearerTokens(pool, secretBox) }),
    async close() {
      await drain.stop();
      await worker.close();
    },
  } satisfies Domain;
}
