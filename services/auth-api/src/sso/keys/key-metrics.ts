/** When our certificates towards identity providers end. */
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import type { SsoKey } from './service.ts';

export function observeSsoKeys(metrics: Metrics): (keys: readonly SsoKey[]) => void {
  const ends = metrics.gauge(
    'gatehouse_sso_key_not_after_seconds',
    'End of validity of the certificate that we use towards identity providers, in Unix seconds.',
    ['purpose'],
  );
  return (keys) => {
    for (const { purpose, state, notAfterMs } of keys)
      if (state === 'active') ends.set({ purpose }, Math.floor(notAfterMs / 1000));
  };
}
