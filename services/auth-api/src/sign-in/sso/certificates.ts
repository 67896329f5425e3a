/** Reports when certificates expire: always as a metric, and in the log from thirty days before. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { SsoMetrics } from './metrics.ts';
import type { IdentityProvider } from './saml/idp-metadata.ts';
import type { SamlSignOn } from './settings.ts';

export const warnBeforeMs = 30 * 24 * 3_600_000;

export function watchCertificates(metrics: SsoMetrics, log: Logger, now: Clock) {
  return (
    { contactCenterId, location }: SamlSignOn,
    { entityId, certificateEndsMs }: IdentityProvider,
  ): void => {
    // The last one counts: before that there is one that is still good.
    const endsMs = Math.max(...certificateEndsMs);
    metrics.certificateEnds(contactCenterId, Math.floor(endsMs / 1000));
    if (endsMs - now() > warnBeforeMs) return;
    log.warn(
      {
        event: 'certificate_ends',
        contactCenterId,
        location,
        entityId,
        endsAt: new Date(endsMs).toISOString(),
      },
      'the signing certificate of an identity provider ends soon or has ended: get its new metadata',
    );
  };
}
