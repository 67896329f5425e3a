/** Reads SAML providers, and notes which of their certificates end soon, for the metrics, the log and the overview. */
import type { Core } from '../../../core/domain.ts';
import { watchCertificates } from '../certificates.ts';
import type { SsoMetrics } from '../metrics.ts';
import { createProviderCertificates } from '../provider-certificates.ts';
import type { SsoSettings } from '../settings.ts';
import { createIdentityProviders, createMetadataStore } from './idp-source.ts';

interface WatchedProviders {
  settings: SsoSettings;
  metrics: SsoMetrics;
}

export function createWatchedProviders(core: Core, { settings, metrics }: WatchedProviders) {
  const { redis, keyspace, outbound, now, log } = core;
  const certificates = createProviderCertificates({ redis, keyspace, settings, log });
  const watchEnds = watchCertificates(metrics, log, now);
  const providers = createIdentityProviders({
    outbound,
    store: createMetadataStore(redis, keyspace),
    now,
    onCertificates(chosen, provider) {
      watchEnds(chosen, provider);
      certificates.record(chosen, provider);
    },
  });
  return { providers, endsBefore: (atMs: number) => certificates.endingBefore(atMs, providers.of) };
}
