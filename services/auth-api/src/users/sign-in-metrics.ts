/** Counts sign-ins by outcome; two names are ones that operators' alert rules know. */
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import type { SignInFailure } from './sign-in-error.ts';

export interface SignInMetrics {
  succeeded(): void;
  failed(contactCenterId: string | undefined, failure: SignInFailure): void;
}

export function createSignInMetrics(metrics: Metrics): SignInMetrics {
  const errors = metrics.counter(
    'auth_system_login_errors_total',
    'Failed sign-ins by contact centre; "unknown" where the tenant is not known.',
    ['contactCenter'],
  );
  const contextErrors = metrics.counter(
    'auth_context_error_total',
    'Sign-ins that failed because the environment of the contact centre could not be used.',
  );
  const outcomes = metrics.counter('gatehouse_sign_ins_total', 'Sign-ins by outcome.', ['outcome']);
  return {
    succeeded: () => outcomes.inc({ outcome: 'success' }),
    failed(contactCenterId, failure) {
      errors.inc({ contactCenter: contactCenterId ?? 'unknown' });
      outcomes.inc({ outcome: failure });
      if (failure === 'try_again') contextErrors.inc();
    },
  };
}
