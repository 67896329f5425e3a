/** Composes shared signals: receivers, intake, outbox and the worker that pushes them. */
import type { Core, Domain } from '../../core/domain.ts';
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
  audit: Audit;
  signingKeys: SigningKeyParts;
}

export function composeSignals(core: Core, { audit, signingKeys }: SignalDependencies) {
  const { pool, writer, secretBox, issuer } = core;
  const receivers = createReceivers(core, audit.writer);
  const outbox = createOutbox(writer);
  const sign = createEventTokens(signingKeys.signer, issuer);
  const { worker, test } = createDelivery(core, { outbox, receivers, sign, audit: audit.writer });
  const { contactCentersOf } = audit.seenPeople;
  const { take, drain } = createIntake(core, { receivers, outbox, contactCentersOf, wake: worker.wake });
  audit.recorded.follow(take);
  return {
    services: { receivers },
    mounts: [['operators', '/auth/v3/ops/signal-receivers', (app) => signalRoutes(app, { receivers, test })]],
    follows: {
      own: { [receiverEntity]: receivers.follow },
      ownGap: receivers.follow,
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
