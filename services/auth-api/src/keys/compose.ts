/** Composes the signing keys and what signs with them. */

import type { Audit } from '../audit/compose.ts';
import type { Core } from '../core.ts';
import { observeKeyAges } from './key-metrics.ts';
import { signingKeysProbe } from './probe.ts';
import { createSigner } from './signer.ts';
import { createSigningKeys } from './signing-keys.ts';

interface KeyDependencies {
  config: { signingKeys: { rotationDays: number }; tokens: { longestAccessTtlSeconds: number } };
  audit: Audit;
}

export type Keys = ReturnType<typeof composeKeys>;

export function composeKeys(core: Core, dependencies: KeyDependencies) {
  const { issuer, pool, changes, secretBox, now } = core;
  const { config, audit } = dependencies;
  const { log, metrics } = core.kit;
  const rotationMs = config.signingKeys.rotationDays * 86_400_000;
  const service = createSigningKeys({
    db: pool,
    changes,
    box: secretBox,
    audit: audit.writer,
    now,
    log,
    rotationMs,
    // An ID token lives as long as the access token beside it.
    maxSignedLifeMs: 1000 * config.tokens.longestAccessTtlSeconds,
  });
  observeKeyAges(metrics, service.keys, now);
  return {
    service,
    signer: createSigner({ keys: service.keys, issuer, refreshKeys: service.refresh }),
    probe: signingKeysProbe({ service, secretBox, now, rotationMs }),
    start: () => service.start(),
    close: () => service.close(),
  };
}
