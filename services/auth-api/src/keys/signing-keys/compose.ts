/** Composes the signing keys, the signer and the metric of their age. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Metrics } from '@gatehouse/service-kit/observability';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { SigningKeys } from './key-ring.ts';
import { signingKeysProbe } from './probe.ts';
import { reencryptSigningKeys } from './reencrypt.ts';
import { signingKeyRoutes } from './routes.ts';
import { createSigner } from './signer.ts';
import { createSigningKeys, signingKeyEntity } from './signing-keys.ts';

interface SigningKeyDependencies {
  config: { signingKeys: { rotationDays: number }; tokens: { longestAccessTtlSeconds: number } };
  audit: Audit;
}

export type SigningKeyParts = ServicesOf<typeof composeSigningKeys>;

export function composeSigningKeys(core: Core, dependencies: SigningKeyDependencies) {
  const { issuer, pool, changes, secretBox, now, trust, isWritable } = core;
  const { config, audit } = dependencies;
  const { log, metrics } = core.kit;
  const rotationMs = config.signingKeys.rotationDays * 86_400_000;
  const service = createSigningKeys({
    db: pool,
    changes,
    box: secretBox,
    audit: audit.writer,
    now,
    trust,
    log,
    rotationMs,
    isWritable,
    // An ID token lives as long as the access token beside it.
    maxSignedLifeMs: 1000 * config.tokens.longestAccessTtlSeconds,
  });
  observeKeyAges(metrics, service.keys, now);
  return {
    services: { service, signer: createSigner({ keys: service.keys, issuer, refreshKeys: service.refresh }) },
    mounts: [
      ['operators', '/auth/v3/ops/signing-keys', (app) => signingKeyRoutes(app, { signingKeys: service })],
    ],
    follows: { own: { [signingKeyEntity]: service.reload }, ownGap: service.reload },
    start: [{ name: 'signing-keys', run: service.start }],
    probes: [signingKeysProbe({ service, secretBox, now, rotationMs })],
    reencrypt: async () => ({ sealed: await reencryptSigningKeys(pool, secretBox) }),
    close: service.close,
  } satisfies Domain;
}

/** Operators alert on a rotation that did not happen. */
function observeKeyAges(metrics: Metrics, keys: SigningKeys, now: Clock): void {
  metrics.gauge(
    'gatehouse_signing_key_age_seconds',
    'How long the key that signs has been signing.',
    ['algorithm'],
    (gauge) => {
      for (const { state, algorithm, activatedAtMs } of keys.all) {
        if (state === 'active') gauge.set({ algorithm }, (now() - (activatedAtMs ?? now())) / 1000);
      }
    },
  );
}
