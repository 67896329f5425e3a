/** Composes the signing keys, the signer and the metric of their age. */
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import { observeKeyAges, signingKeysProbe } from './probe.ts';
import { reencryptSigningKeys } from './reencrypt.ts';
import { signingKeyRoutes } from './routes.ts';
import { createSigner } from './signer.ts';
import { createSigningKeys, signingKeyEntity } from './signing-keys.ts';

interface SigningKeyDependencies {
  config: Pick<Config, 'signingKeys' | 'tokens'>;
  audit: Audit;
}

export type SigningKeyParts = ServicesOf<typeof composeSigningKeys>;

export function composeSigningKeys(core: Core, { config, audit }: SigningKeyDependencies) {
  const { issuer, pool, changes, secretBox, now, trust, isWritable, kit, log } = core;
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
  observeKeyAges(kit.metrics, service.keys, now);
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
