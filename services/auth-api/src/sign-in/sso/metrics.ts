/** Counts single sign-on by protocol and outcome, also for the overview; the first two names are those that operators' alert rules know. */
import type { Metrics } from '@gatehouse/service-kit/observability';
import type { SignInError } from '../../people/directories/sign-in-error.ts';
import type { Activity } from '../../records/activity/compose.ts';
import { SsoError } from './failure.ts';

export type SsoMetrics = ReturnType<typeof createSsoMetrics>;

type SignInCounts = Pick<Activity, 'signInSucceeded' | 'signInFailed'>;

export function createSsoMetrics(metrics: Metrics, activity: SignInCounts) {
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
    /** `startedAtMs`: when the provider's answer was about to be turned into a session. */
    succeeded(protocol: string, contactCenter: string, startedAtMs: number): void {
      outcomes.inc({ protocol, outcome: 'success' });
      activity.signInSucceeded(contactCenter, startedAtMs);
    },
    failed(protocol: string, contactCenter: string, error: SignInError): void {
      const reason = failureReasonOf(error);
      outcomes.inc({ protocol, outcome: reason });
      activity.signInFailed(contactCenter, error.failure);
      if (protocol !== 'saml') return;
      (reason === 'wrong_time' ? timingErrors : responseErrors).inc({ contactCenter });
    },
    refused: (operation: string, reason: string): void => refused.inc({ operation, reason }),
    /** Unix seconds at which a certificate ends. */
    certificateEnds: (contactCenter: string, seconds: number): void =>
      certificates.set({ contactCenter }, seconds),
  };
}

/** The name of what went wrong for operators. */
export const failureReasonOf = (error: SignInError) =>
  error instanceof SsoError ? error.reason : 'try_again';
