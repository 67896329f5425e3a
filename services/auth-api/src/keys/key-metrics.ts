/** Exports the age of the active keys, so that operators can alert on a rotation that did not happen. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Metrics } from '@gatehouse/service-kit/metrics/registry';
import type { SigningKeys } from './key-ring.ts';

export function observeKeyAges(metrics: Metrics, keys: SigningKeys, now: Clock): void {
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
