/** Counts single sign-on by protocol and outcome; the first two names are those that operators' alert rules know. */
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import type { SsoReason } from './failure.ts';

export interface SsoMetrics {
  succeeded(protocol: string): void;
  failed(protocol: string, contactCenterId: string, reason: SsoReason | 'try_again'): void;
  refused(operation: string, reason: string): void;
  /** Unix seconds at which a certificate ends. */
  certificateEnds(contactCenterId: string, seconds: number): void;
}

export function createSsoMetrics(metrics: Metrics): SsoMetrics {
  const responseErrors = metrics.counter('auth_saml_response_errors', 'SAML responses that were refused.', [
    'contactCenter',
  ]);
  const timingErrors = metrics.counter(
    'auth_saml_timing_errors',
    'SAML responses that came outside of their time: look at the clocks.',
    ['contactCenter'],
  );
  const outcomes = metrics.counter(
    'gatehouse_sso_sign_ins_total',
    'Single sign-on by protocol and outcome.',
    ['protocol', 'outcome'],
  );
  const refused = metrics.counter(
    'gatehouse_sso_refused_total',
    'Messages of single sign-on that were refused and belong to no sign-in under way, by operation and reason.',
    ['operation', 'reason'],
  );
  const certificates = metrics.gauge(
    'gatehouse_sso_certificate_not_after_seconds',
    'End of validity of the signing certificate of an identity provider, in Unix seconds.',
    ['contactCenter'],
  );
  return {
    succeeded: (protocol) => outcomes.inc({ protocol, outcome: 'success' }),
    failed(protocol, contactCenter, reason) {
      outcomes.inc({ protocol, outcome: reason });
      if (protocol !== 'saml') return;
      (reason === 'wrong_time' ? timingErrors : responseErrors).inc({ contactCenter });
    },
    refused: (operation, reason) => refused.inc({ operation, reason }),
    certificateEnds: (contactCenter, seconds) => certificates.set({ contactCenter }, seconds),
  };
}
